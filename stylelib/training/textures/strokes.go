package textures

// The families of this file draw lines in random greys, one over another.

// strokes is straight brush strokes in one direction, in two directions that cross, or in all directions.
func strokes(p, r *random) raster {
	direction, spread, length, width := p.orientation(), p.pick(0.016, 0.064, 0.6), p.logUniform(15, 150), p.logUniform(1, 7)
	full, cross := p.coin(), p.pick(0, 0, 0.25)
	n := int(min(2000, 3*side*side/(length*width)))
	if !full {
		n = max(20, n/12)
	}
	d := newDrawing()
	for range n {
		a := direction + float64(spread*r.between(-1, 1)) + float64(cross*float64(r.intN(2)))
		c := r.point(20)
		d.line(r.grey(40), width, c.polar(-length/2, a), c.polar(length/2, a))
	}
	return d.raster()
}

// flow is strokes that follow smoothly changing directions, with vortices or without.
func flow(p, r *random) raster {
	f, turns, direction, vortices := p.logUniform(1, 5), p.between(0.08, 0.5), p.orientation(), p.coin()
	width, links, density, correlated := p.logUniform(1.5, 7), 4+p.intN(10), p.pick(0.6, 2.5), p.coin()
	directions := smoothNoise(r, f).apply(func(v float64) float64 { return direction + float64(turns*v) })
	if vortices {
		for range 3 {
			directions.vortex(r.point(0), r.between(20, 60))
		}
	}
	n := int(min(3000, density*4*side*side/(float64(links)*14*width)))
	tone := smoothNoise(r, 2)
	d := newDrawing()
	for range n {
		line := []point{r.point(10)}
		for range links {
			last := line[len(line)-1]
			line = append(line, last.polar(3.5, directions.at(last.x, last.y)))
		}
		value := r.grey(40)
		if correlated { // strokes nearby have similar greys
			value = uint8(clamp(0.5+float64(0.43*tone.at(line[0].x, line[0].y))+float64(0.08*r.normal())) * 255)
		}
		d.line(value, width, line...)
	}
	return d.raster()
}

// vortex makes a raster of directions circulate around a point.
func (z raster) vortex(c point, radius float64) {
	for i := range z {
		dx, dy := float64(i%side)-c.x, float64(i/side)-c.y
		z[i] = lerp(z[i], angle(dy, dx)+0.25, gaussian(hypot(dx, dy), radius))
	}
}

// hair is thin lines, straight or curved.
func hair(p, r *random) raster {
	direction, spread, bend := p.orientation(), p.pick(0.016, 0.05, 0.13), p.pick(0, 0.008, 0.03)
	n, width, links, inverse := int(p.logUniform(150, 1500)), float64(2+p.intN(3))/2, 8+p.intN(12), p.coin()
	d := newDrawing()
	for range n {
		a, curvature := direction+float64(spread*r.normal()), float64(bend*r.normal())
		line := []point{r.point(20)}
		for range links {
			line = append(line, line[len(line)-1].polar(3, a))
			a += curvature
		}
		d.line(r.grey(60), width, line...)
	}
	return d.raster().inverted(inverse)
}

// hatching draws the tones of smooth noise with up to three layers of parallel lines in different directions.
func hatching(p, r *random) raster {
	step, direction, width := p.logUniform(3, 12), p.orientation(), p.between(0.5, 1.5)
	layers, f, inverse, wobble := 1+p.intN(3), p.logUniform(1, 4), p.coin(), p.pick(0.2, 1)
	tone := smoothNoise(r, f)
	d := newDrawing()
	for layer := range layers {
		a := direction + float64(float64(layer)/6)
		threshold := 1.2*float64(layer)/float64(layers) - 0.7
		for at := -1.5 * side; at < 1.5*side; at += step {
			start := point{side / 2, side / 2}.polar(at+float64(wobble*r.normal()), a+0.25).polar(-0.75*side, a)
			for piece := range 48 {
				from := start.polar(float64(piece)*8, a)
				to := from.polar(8.5, a+float64(0.004*wobble*r.normal()))
				if tone.at(from.x, from.y) > threshold {
					d.line(255, width, from, to)
				}
			}
		}
	}
	return d.raster().inverted(inverse)
}

// impasto is thick paint under oblique light: strokes with a relief of bristle marks.
func impasto(p, r *random) raster {
	direction, spread, length, width := p.orientation(), p.pick(0.03, 0.12, 0.6), p.logUniform(15, 60), p.logUniform(5, 16)
	light, strength := p.uniform(), p.logUniform(0.06, 0.2)
	n := int(min(1500, 3*side*side/(length*width)))
	tones, heights := newDrawing(), newDrawing()
	for range n {
		a, c, value := direction+float64(spread*r.between(-1, 1)), r.point(20), r.grey(40)
		tones.line(value, width, c.polar(-length/2, a), c.polar(length/2, a))
		for at := -width / 2; at < width/2; at++ {
			bristle := c.polar(at, a+0.25)
			heights.line(r.grey(60), 1.2, bristle.polar(-length/2, a), bristle.polar(length/2, a))
		}
	}
	lit, tone := relief(heights.raster().blur(1), light, strength), tones.raster()
	return perPixel(func(x, y float64) float64 {
		return clamp(float64(tone.at(x, y)*0.75) + float64(lit.at(x, y)*0.5) - 0.125)
	})
}
