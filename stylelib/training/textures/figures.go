package textures

// leaves are pieces of paper dropped on each other, many small and few large ones: polygons, discs, stars.
func leaves(p, r *random) field {
	corners, least := int(p.pick(3, 4, 5, 6, 24, 24)), p.scale(3, 12)
	largest, aspect := least*p.scale(1.2, 8), p.pick(1, 1, 0.5, 0.25)
	direction, spread, outlined, in := p.direction(), p.pick(0.016, 0.6), p.coin(), p.pick(1, 1, 0.5)
	if corners%2 == 1 {
		in = 1
	}
	n := int(min(2500, 6*Side*Side/(least*largest*aspect)))
	rare, common := pow(largest, -1.5), pow(least, -1.5)
	page := newPage()
	for range n {
		size := pow(mix2(common, rare, r.unit()), -1/1.5)
		a, c := direction+float64(spread*r.between(-1, 1)), r.place(0)
		leaf := flattened(star(c, size, in, corners, a), c, a, aspect)
		page.polygon(r.ink(0), leaf...)
		if outlined {
			page.line(0, 0.7, append(leaf, leaf[0])...)
		}
	}
	return page.field()
}

// tree is branches that fork and fork again.
func tree(p, r *random) field {
	fork, shrink, length, width := p.between(0.03, 0.14), p.between(0.65, 0.85), p.scale(12, 45), p.between(1.5, 6)
	n, inverse, depth, direction, spread := 12+p.below(30), p.coin(), 4+p.below(3), p.unit(), p.pick(0.05, 0.5)
	page := newPage()
	var grow func(from point, a, length, width float64, level int)
	grow = func(from point, a, length, width float64, level int) {
		to := from.polar(length, a)
		page.line(uint8(255-20*level), max(width, 0.5), from, to)
		if level == depth {
			return
		}
		for _, side := range []float64{-1, 1} {
			grow(to, a+float64(side*fork)+float64(0.024*r.normal()), length*shrink, width*0.75, level+1)
		}
	}
	for range n {
		grow(r.place(0), direction+float64(spread*r.between(-1, 1)), length, width, 0)
	}
	return page.field().inverted(inverse)
}

// bubbles are balls, lit from the side, or from the front, or hollow.
func bubbles(p, r *random) field {
	least := p.scale(4, 14)
	largest, light, kind := least*p.scale(1.1, 3), p.unit(), p.below(3)
	c, s := cos(light), sin(light)
	n := int(min(900, 2.5*Side*Side/(least*largest*3)))
	z := newField()
	for range n {
		radius, at := r.between(least, largest), r.place(0)
		for y := int(max(0, at.y-radius)); y < int(min(Side, at.y+radius+1)); y++ {
			for x := int(max(0, at.x-radius)); x < int(min(Side, at.x+radius+1)); x++ {
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
				z[y*Side+x] = value
			}
		}
	}
	return z
}

// glyphs are rows, or a jumble, of signs of a script that nobody writes: each sign is two to four strokes between the
// nine places of a square.
func glyphs(p, r *random) field {
	size, direction, spacing := p.scale(9, 45), p.pick(0, 0, p.between(-0.25, 0.25)), p.between(0.8, 1.3)
	jumble, inverse, heavy, bent := p.coin(), p.coin(), p.between(0.08, 0.2), p.coin()
	alphabet := inventScript(p)
	way, page := turn(-direction), newPage()
	sign := func(x, y float64) {
		x, y = way(x-Side/2, y-Side/2)
		corner := point{x + Side/2, y + Side/2}
		var line []point
		for _, place := range alphabet[r.below(len(alphabet))] {
			to := corner.polar(float64(place%3)*size*0.3, direction).polar(float64(place/3)*size*0.4, direction+0.25)
			if bent && len(line) > 0 { // strokes along the axes, then across
				line = append(line, point{to.x, line[len(line)-1].y})
			}
			line = append(line, to)
		}
		value := uint8(255)
		if jumble {
			value = r.ink(90)
		}
		page.line(value, max(0.7, heavy*size), line...)
	}
	if jumble {
		for range int(1.2 * Side * Side / (size * size) * 2) {
			c := r.place(10)
			sign(c.x, c.y)
		}
		return page.field().inverted(inverse)
	}
	shift := r.unit()
	for y := -0.4 * Side; y < 1.4*Side; y += float64(size * spacing) {
		for x := -0.4*Side - float64(shift*size); x < 1.4*Side; x += float64(size * 0.8) {
			if r.below(6) > 0 { // else a gap between words
				sign(x, y)
			}
		}
	}
	return page.field().inverted(inverse)
}

// inventScript makes up ten signs, each the places that its line visits.
func inventScript(p *random) [][]int {
	signs := make([][]int, 10)
	for i := range signs {
		for range 3 + p.below(3) {
			signs[i] = append(signs[i], p.below(9))
		}
	}
	return signs
}

// grass is blades that grow from rows behind each other, or leaves along stems.
func grass(p, r *random) field {
	rows, height, width, lean := 8+p.below(14), p.scale(30, 90), p.scale(1, 5), p.between(-0.1, 0.1)
	spread, bend, direction := p.pick(0.02, 0.08), p.between(-0.1, 0.1), p.pick(0, 0, p.unit())
	way, page := turn(direction), newPage()
	for row := range rows {
		base := Side*1.3*(float64(row)+1)/float64(rows) - 0.15*Side
		for range int(2.5 * Side / width) {
			x, y := way(r.between(-0.8*Side, 0.8*Side), base-Side/2)
			root := point{x + Side/2, y + Side/2}
			a := -0.25 - direction + lean + float64(spread*r.normal())
			length := height * r.between(0.6, 1.2)
			middle := root.polar(length*0.6, a)
			tip := middle.polar(length*0.4, a+bend)
			page.polygon(r.ink(50), root.polar(width/2, a+0.25), middle.polar(width/2.5, a+0.25), tip, middle.polar(width/2.5, a-0.25), root.polar(width/2, a-0.25))
		}
	}
	return page.field().change(func(v float64) float64 { return sqrt(v) })
}
