package textures

// The families of this file are fractals.

// julia is the escape time of z → z² + c (Julia 1918), as smooth greys or as bands.
func julia(p, r *random) raster {
	a, radius := p.uniform(), 0.7885+float64(0.03*p.normal())
	zoom, banded, shift := p.logUniform(0.25, 1.2), p.coin(), p.between(-0.5, 0.5)
	cx, cy := float64(radius*cos(a))+float64(0.003*r.normal()), float64(radius*sin(a))
	rotate := rotation(r.between(-0.03, 0.03))
	return perPixel(func(px, py float64) float64 {
		x, y := rotate(float64(px-side/2)/(side/2)*zoom, float64(py-side/2)/(side/2)*zoom)
		x += shift
		count := 0
		for ; count < 32; count++ {
			xx, yy := float64(x*x), float64(y*y)
			if xx+yy > 16 {
				break
			}
			x, y = xx-yy+cx, float64(2*x*y)+cy
		}
		if banded {
			v := float64(float64(count) * 0.13)
			return v - floor(v)
		}
		return pow(float64(count)/32, 0.6)
	})
}

// affine is the map (x, y) -> (a·x + b·y + e, c·x + d·y + f).
type affine struct{ a, b, c, d, e, f float64 }

// fern is the attractor of a random iterated function system, drawn by the chaos game (Barnsley 1988): ferns, dust, coral.
func fern(p, r *random) raster {
	maps := make([]affine, 2+p.intN(3))
	for i := range maps {
		first, second := p.uniform(), p.uniform() // a rotation, a scaling along the axes, and another rotation
		long, short := p.between(0.5, 0.9), p.between(0.3, 0.85)
		c1, s1, c2, s2 := cos(first), sin(first), cos(second), sin(second)
		maps[i] = affine{
			a: float64(long*c1*c2) - float64(short*s1*s2), b: -float64(long*c1*s2) - float64(short*s1*c2),
			c: float64(long*s1*c2) + float64(short*c1*s2), d: float64(short*c1*c2) - float64(long*s1*s2),
			e: p.between(-1, 1), f: p.between(-1, 1),
		}
		maps[i].a += float64(0.01 * r.normal())
		maps[i].d += float64(0.01 * r.normal())
	}
	const count = 100_000
	xs, ys := make([]float64, count), make([]float64, count)
	var x, y float64
	for i := range count + 20 {
		m := maps[r.intN(len(maps))]
		x, y = float64(m.a*x)+float64(m.b*y)+m.e, float64(m.c*x)+float64(m.d*y)+m.f
		if i >= 20 {
			xs[i-20], ys[i-20] = x, y
		}
	}
	return density(xs, ys, r.between(0.9, 1.2))
}

// density is a histogram of points: it counts how many fall on each pixel. At zoom 1 nearly all points fall on the canvas.
func density(xs, ys []float64, zoom float64) raster {
	lowX, highX := percentiles(xs)
	lowY, highY := percentiles(ys)
	z := newRaster()
	for i := range xs {
		x := float64(((xs[i]-lowX)/(highX-lowX+1e-9)-0.5)*zoom) + 0.5
		y := float64(((ys[i]-lowY)/(highY-lowY+1e-9)-0.5)*zoom) + 0.5
		if x >= 0 && x < 1 && y >= 0 && y < 1 {
			z[int(y*side)*side+int(x*side)]++
		}
	}
	return z.blur(1).apply(func(v float64) float64 { return log2(1 + v) }).stretch()
}
