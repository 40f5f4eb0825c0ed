package textures

// The families of this file draw many copies of a figure at random points or in rows.

// leaves is the dead leaves model (Lee, Mumford and Huang 2001): polygons, discs or stars that cover one another, with sizes
// that follow a power law.
func leaves(p, r *random) raster {
	corners, least := int(p.pick(3, 4, 5, 6, 24, 24)), p.logUniform(3, 12)
	largest, aspect := least*p.logUniform(1.2, 8), p.pick(1, 1, 0.5, 0.25)
	direction, spread, outlined, inner := p.orientation(), p.pick(0.016, 0.6), p.coin(), p.pick(1, 1, 0.5)
	if corners%2 == 1 {
		inner = 1
	}
	n := int(min(2500, 6*side*side/(least*largest*aspect)))
	ofLargest, ofLeast := pow(largest, -1.5), pow(least, -1.5)
	d := newDrawing()
	for range n {
		size := pow(lerp(ofLeast, ofLargest, r.uniform()), -1/1.5)
		a, c := direction+float64(spread*r.between(-1, 1)), r.point(0)
		leaf := flattened(star(c, size, inner, corners, a), c, a, aspect)
		d.polygon(r.grey(0), leaf...)
		if outlined {
			d.line(0, 0.7, append(leaf, leaf[0])...)
		}
	}
	return d.raster()
}

// tree is binary trees: each branch forks into two shorter and thinner ones.
func tree(p, r *random) raster {
	fork, shrink, length, width := p.between(0.03, 0.14), p.between(0.65, 0.85), p.logUniform(12, 45), p.between(1.5, 6)
	n, inverse, depth, direction, spread := 12+p.intN(30), p.coin(), 4+p.intN(3), p.uniform(), p.pick(0.05, 0.5)
	d := newDrawing()
	var grow func(from point, a, length, width float64, level int)
	grow = func(from point, a, length, width float64, level int) {
		to := from.polar(length, a)
		d.line(uint8(255-20*level), max(width, 0.5), from, to)
		if level == depth {
			return
		}
		for _, sign := range []float64{-1, 1} {
			grow(to, a+float64(sign*fork)+float64(0.024*r.normal()), length*shrink, width*0.75, level+1)
		}
	}
	for range n {
		grow(r.point(0), direction+float64(spread*r.between(-1, 1)), length, width, 0)
	}
	return d.raster().inverted(inverse)
}

// bubbles is balls under oblique light, under frontal light, or transparent with a bright rim.
func bubbles(p, r *random) raster {
	least := p.logUniform(4, 14)
	largest, light, kind := least*p.logUniform(1.1, 3), p.uniform(), p.intN(3)
	c, s := cos(light), sin(light)
	n := int(min(900, 2.5*side*side/(least*largest*3)))
	z := newRaster()
	for range n {
		radius, at := r.between(least, largest), r.point(0)
		for y := int(max(0, at.y-radius)); y < int(min(side, at.y+radius+1)); y++ {
			for x := int(max(0, at.x-radius)); x < int(min(side, at.x+radius+1)); x++ {
				dx, dy := (float64(x)-at.x)/radius, (float64(y)-at.y)/radius
				d := float64(dx*dx) + float64(dy*dy)
				if d >= 1 {
					continue
				}
				height := sqrt(1 - d)
				value := height
				switch {
				case kind == 0:
					facing := float64(c*dx) + float64(s*dy)
					value = 0.25 + float64(0.6*clamp(float64(0.7*(facing+height))))
				case kind == 1 && d > 0.7:
					value = 1
				case kind == 1:
					value = 0.3 + float64(0.3*height)
				}
				z[y*side+x] = value
			}
		}
	}
	return z
}

// glyphs is text in an invented script, in lines or scattered: each glyph is a path through three to five points of a 3x3 grid.
func glyphs(p, r *random) raster {
	size, direction, spacing := p.logUniform(9, 45), p.pick(0, 0, p.between(-0.25, 0.25)), p.between(0.8, 1.3)
	scattered, inverse, weight, rectilinear := p.coin(), p.coin(), p.between(0.08, 0.2), p.coin()
	alphabet := randomScript(p)
	rotate, d := rotation(-direction), newDrawing()
	glyph := func(x, y float64) {
		x, y = rotate(x-side/2, y-side/2)
		corner := point{x + side/2, y + side/2}
		var line []point
		for _, at := range alphabet[r.intN(len(alphabet))] {
			to := corner.polar(float64(at%3)*size*0.3, direction).polar(float64(at/3)*size*0.4, direction+0.25)
			if rectilinear && len(line) > 0 { // first along x, then along y
				line = append(line, point{to.x, line[len(line)-1].y})
			}
			line = append(line, to)
		}
		value := uint8(255)
		if scattered {
			value = r.grey(90)
		}
		d.line(value, max(0.7, weight*size), line...)
	}
	if scattered {
		for range int(1.2 * side * side / (size * size) * 2) {
			c := r.point(10)
			glyph(c.x, c.y)
		}
		return d.raster().inverted(inverse)
	}
	shift := r.uniform()
	for y := -0.4 * side; y < 1.4*side; y += float64(size * spacing) {
		for x := -0.4*side - float64(shift*size); x < 1.4*side; x += float64(size * 0.8) {
			if r.intN(6) > 0 { // else a space between words
				glyph(x, y)
			}
		}
	}
	return d.raster().inverted(inverse)
}

// randomScript returns ten glyphs, each the grid points of its path: 0 to 8, row by row.
func randomScript(p *random) [][]int {
	glyphs := make([][]int, 10)
	for i := range glyphs {
		for range 3 + p.intN(3) {
			glyphs[i] = append(glyphs[i], p.intN(9))
		}
	}
	return glyphs
}

// grass is blades in rows, the front rows over the back ones.
func grass(p, r *random) raster {
	rows, height, width, lean := 8+p.intN(14), p.logUniform(30, 90), p.logUniform(1, 5), p.between(-0.1, 0.1)
	spread, bend, direction := p.pick(0.02, 0.08), p.between(-0.1, 0.1), p.pick(0, 0, p.uniform())
	rotate, d := rotation(direction), newDrawing()
	for row := range rows {
		base := side*1.3*(float64(row)+1)/float64(rows) - 0.15*side
		for range int(2.5 * side / width) {
			x, y := rotate(r.between(-0.8*side, 0.8*side), base-side/2)
			root := point{x + side/2, y + side/2}
			a := -0.25 - direction + lean + float64(spread*r.normal())
			length := height * r.between(0.6, 1.2)
			middle := root.polar(length*0.6, a)
			tip := middle.polar(length*0.4, a+bend)
			d.polygon(r.grey(50), root.polar(width/2, a+0.25), middle.polar(width/2.5, a+0.25), tip,
				middle.polar(width/2.5, a-0.25), root.polar(width/2, a-0.25))
		}
	}
	return d.raster().apply(func(v float64) float64 { return sqrt(v) })
}
