package textures

import "math"

// noise returns random values whose Fourier transform has the given size at frequency (u, v), in waves a canvas. Size
// must be the same at (-u, -v); what it says of (0, 0) is ignored.
func noise(r *random, size func(u, v float64) float64) field {
	re, im := newField(), newField()
	for i := range re {
		if i == 0 {
			continue
		}
		s := size(frequency(i%Side), frequency(i/Side))
		re[i], im[i] = s*r.normal(), s*r.normal()
	}
	fourier(re, im)
	return re
}

// filter multiplies the Fourier transform of a field by a factor. It turns the field upside down and left to right.
func (z field) filter(factor func(u, v float64) float64) field {
	im := newField()
	fourier(z, im)
	for i := range z {
		f := factor(frequency(i%Side), frequency(i/Side))
		z[i], im[i] = z[i]*f, im[i]*f
	}
	fourier(z, im)
	return z
}

// frequency returns the frequency at an index of a transform, from -Side/2 to Side/2 - 1.
func frequency(i int) float64 {
	if i >= Side/2 {
		i -= Side
	}
	return float64(i)
}

// low returns smooth noise in [-1, 1] with about f waves a canvas.
func low(r *random, f float64) field {
	z := noise(r, func(u, v float64) float64 { return bell(hypot(u, v), f) })
	return z.even().change(func(v float64) float64 { return 2*v - 1 })
}

// bell returns exp(-x²/2w²).
func bell(x, w float64) float64 { return exp(-(x / w) * (x / w) / 2) }

// fourier is the discrete Fourier transform in two dimensions, in place, not scaled.
func fourier(re, im field) {
	var rowRe, rowIm [Side]float64
	for y := range Side {
		transform((*[Side]float64)(re[y*Side:]), (*[Side]float64)(im[y*Side:]))
	}
	for x := range Side {
		for y := range Side {
			rowRe[y], rowIm[y] = re[y*Side+x], im[y*Side+x]
		}
		transform(&rowRe, &rowIm)
		for y := range Side {
			re[y*Side+x], im[y*Side+x] = rowRe[y], rowIm[y]
		}
	}
}

// roots holds the Side-th roots of one: cosine and sine of i/Side turns.
var roots = func() (t [Side][2]float64) {
	for i := range t {
		t[i] = [2]float64{cos(float64(i) / Side), sin(float64(i) / Side)}
	}
	return t
}()

// transform is the fast Fourier transform of one row (Cooley and Tukey 1965).
func transform(re, im *[Side]float64) {
	for i, j := 1, 0; i < Side; i++ { // to the order of reversed bits
		bit := Side / 2
		for ; j&bit != 0; bit /= 2 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			re[i], re[j], im[i], im[j] = re[j], re[i], im[j], im[i]
		}
	}
	for half := 1; half < Side; half *= 2 {
		for start := 0; start < Side; start += 2 * half {
			for k := range half {
				root := &roots[k*(Side/2/half)]
				a, b := start+k, start+k+half
				x := float64(re[b]*root[0]) - float64(im[b]*root[1])
				y := float64(re[b]*root[1]) + float64(im[b]*root[0])
				re[a], re[b] = re[a]+x, re[a]-x
				im[a], im[b] = im[a]+y, im[a]-y
			}
		}
	}
}

// offAxis returns by how many turns a frequency lies off a direction; both directions of an axis count.
func offAxis(u, v, direction float64) float64 {
	d := 2 * (angle(v, u) - direction)
	return math.Abs(d-floor(d+0.5)) / 2
}
