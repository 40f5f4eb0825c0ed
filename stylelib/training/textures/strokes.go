package textures

// strokes are straight brush strokes, of one direction, of two, or of all.
func strokes(p, r *random) field {
	direction, spread, length, width := p.direction(), p.pick(0.016, 0.064, 0.6), p.scale(15, 150), p.scale(1, 7)
	full, cross := p.coin(), p.pick(0, 0, 0.25)
	n := int(min(2000, 3*Side*Side/(length*width)))
	if !full {
		n = max(20, n/12)
	}
	page := newPage()
	for range n {
		a := direction + float64(spread*r.between(-1, 1)) + float64(cross*float64(r.below(2)))
		c := r.place(20)
		page.line(r.ink(40), width, c.polar(-length/2, a), c.polar(length/2, a))
	}
	return page.field()
}

// flow is strokes that follow a field of directions, with vortices or without.
func flow(p, r *random) field {
	f, turns, direction, vortices := p.scale(1, 5), p.between(0.08, 0.5), p.direction(), p.coin()
	width, links, dense, kin := p.scale(1.5, 7), 4+p.below(10), p.pick(0.6, 2.5), p.coin()
	way := low(r, f).change(func(v float64) float64 { return direction + float64(turns*v) })
	if vortices {
		for range 3 {
			way.vortex(r.place(0), r.between(20, 60))
		}
	}
	n := int(min(3000, dense*4*Side*Side/(float64(links)*14*width)))
	tone := low(r, 2)
	page := newPage()
	for range n {
		line := []point{r.place(10)}
		for range links {
			last := line[len(line)-1]
			line = append(line, last.polar(3.5, way.at(last.x, last.y)))
		}
		value := r.ink(40)
		if kin { // neighbours have similar greys
			value = uint8(clamp(0.5+float64(0.43*tone.at(line[0].x, line[0].y))+float64(0.08*r.normal())) * 255)
		}
		page.line(value, width, line...)
	}
	return page.field()
}

// vortex turns the directions of a field around a point.
func (z field) vortex(c point, radius float64) {
	for i := range z {
		dx, dy := float64(i%Side)-c.x, float64(i/Side)-c.y
		z[i] = mix2(z[i], angle(dy, dx)+0.25, bell(hypot(dx, dy), radius))
	}
}

// hair is thin lines, bent or not.
func hair(p, r *random) field {
	direction, spread, bend := p.direction(), p.pick(0.016, 0.05, 0.13), p.pick(0, 0.008, 0.03)
	n, width, links, inverse := int(p.scale(150, 1500)), float64(2+p.below(3))/2, 8+p.below(12), p.coin()
	page := newPage()
	for range n {
		a, turning := direction+float64(spread*r.normal()), float64(bend*r.normal())
		line := []point{r.place(20)}
		for range links {
			line = append(line, line[len(line)-1].polar(3, a))
			a += turning
		}
		page.line(r.ink(60), width, line...)
	}
	return page.field().inverted(inverse)
}

// inverted turns light and dark about, if asked to.
func (z field) inverted(yes bool) field {
	if !yes {
		return z
	}
	return z.change(func(v float64) float64 { return 1 - v })
}

// hatching draws tones with bundles of parallel lines, crossed where it is dark.
func hatching(p, r *random) field {
	step, direction, width := p.scale(3, 12), p.direction(), p.between(0.5, 1.5)
	layers, f, inverse, wobble := 1+p.below(3), p.scale(1, 4), p.coin(), p.pick(0.2, 1)
	tone := low(r, f)
	page := newPage()
	for layer := range layers {
		a := direction + float64(float64(layer)/6)
		dark := 1.2*float64(layer)/float64(layers) - 0.7
		for at := -1.5 * Side; at < 1.5*Side; at += step {
			start := point{Side / 2, Side / 2}.polar(at+float64(wobble*r.normal()), a+0.25).polar(-0.75*Side, a)
			for piece := range 48 {
				from := start.polar(float64(piece)*8, a)
				to := from.polar(8.5, a+float64(0.004*wobble*r.normal()))
				if tone.at(from.x, from.y) > dark {
					page.line(255, width, from, to)
				}
			}
		}
	}
	return page.field().inverted(inverse)
}

// impasto is thick paint, lit from the side: strokes that stand out, each with the furrows of the brush.
func impasto(p, r *random) field {
	direction, spread, length, width := p.direction(), p.pick(0.03, 0.12, 0.6), p.scale(15, 60), p.scale(5, 16)
	light, strength := p.unit(), p.scale(0.06, 0.2)
	n := int(min(1500, 3*Side*Side/(length*width)))
	tones, heights := newPage(), newPage()
	for range n {
		a, c, value := direction+float64(spread*r.between(-1, 1)), r.place(20), r.ink(40)
		tones.line(value, width, c.polar(-length/2, a), c.polar(length/2, a))
		for at := -width / 2; at < width/2; at++ {
			side := c.polar(at, a+0.25)
			heights.line(r.ink(60), 1.2, side.polar(-length/2, a), side.polar(length/2, a))
		}
	}
	lit, tone := relief(heights.field().blur(1), light, strength), tones.field()
	return each(func(x, y float64) float64 {
		return clamp(float64(tone.at(x, y)*0.75) + float64(lit.at(x, y)*0.5) - 0.125)
	})
}
