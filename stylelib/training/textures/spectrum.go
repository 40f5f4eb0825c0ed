package textures

import "math"

// spectralNoise returns Gaussian noise: its Fourier transform has normally distributed coefficients of the given amplitude
// at frequency (u, v), in waves per canvas. The amplitude must be the same at (-u, -v); at (0, 0) it is taken as 0.
func spectralNoise(r *random, amplitude func(u, v float64) float64) raster {
	re, im := newRaster(), newRaster()
	for i := range re {
		if i == 0 {
			continue
		}
		s := amplitude(frequency(i%side), frequency(i/side))
		re[i], im[i] = s*r.normal(), s*r.normal()
	}
	fft2(re, im)
	return re
}

// filter multiplies the raster's Fourier transform by a factor, in place. The result is rotated by half a turn, because both
// transforms are forward ones, and not scaled.
func (z raster) filter(factor func(u, v float64) float64) raster {
	im := newRaster()
	fft2(z, im)
	for i := range z {
		f := factor(frequency(i%side), frequency(i/side))
		z[i], im[i] = z[i]*f, im[i]*f
	}
	fft2(z, im)
	return z
}

// frequency returns the frequency that an index of a transform stands for, from -side/2 to side/2 - 1.
func frequency(i int) float64 {
	if i >= side/2 {
		i -= side
	}
	return float64(i)
}

// smoothNoise returns low-pass noise, uniformly distributed in [-1, 1], with frequencies up to about f waves per canvas.
func smoothNoise(r *random, f float64) raster {
	z := spectralNoise(r, func(u, v float64) float64 { return gaussian(hypot(u, v), f) })
	return z.equalise().apply(func(v float64) float64 { return 2*v - 1 })
}

// gaussian returns exp(-x²/2w²).
func gaussian(x, w float64) float64 { return exp(-(x / w) * (x / w) / 2) }

// fft2 computes the discrete Fourier transform in two dimensions, in place and not scaled.
func fft2(re, im raster) {
	var rowRe, rowIm [side]float64
	for y := range side {
		fft((*[side]float64)(re[y*side:]), (*[side]float64)(im[y*side:]))
	}
	for x := range side {
		for y := range side {
			rowRe[y], rowIm[y] = re[y*side+x], im[y*side+x]
		}
		fft(&rowRe, &rowIm)
		for y := range side {
			re[y*side+x], im[y*side+x] = rowRe[y], rowIm[y]
		}
	}
}

// roots are the side-th roots of unity: cosine and sine of i/side turns.
var roots = func() (t [side][2]float64) {
	for i := range t {
		t[i] = [2]float64{cos(float64(i) / side), sin(float64(i) / side)}
	}
	return t
}()

// fft computes the fast Fourier transform of one row in place (Cooley and Tukey 1965).
func fft(re, im *[side]float64) {
	for i, j := 1, 0; i < side; i++ { // bit-reversed order
		bit := side / 2
		for ; j&bit != 0; bit /= 2 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			re[i], re[j], im[i], im[j] = re[j], re[i], im[j], im[i]
		}
	}
	for half := 1; half < side; half *= 2 {
		for start := 0; start < side; start += 2 * half {
			for k := range half {
				root := &roots[k*(side/2/half)]
				a, b := start+k, start+k+half
				x := float64(re[b]*root[0]) - float64(im[b]*root[1])
				y := float64(re[b]*root[1]) + float64(im[b]*root[0])
				re[a], re[b] = re[a]+x, re[a]-x
				im[a], im[b] = im[a]+y, im[a]-y
			}
		}
	}
}

// angularDistance returns the angle, in [0, 1/4] turns, between the frequency (u, v) and a line of that direction.
func angularDistance(u, v, direction float64) float64 {
	d := 2 * (angle(v, u) - direction)
	return math.Abs(d-floor(d+0.5)) / 2
}
