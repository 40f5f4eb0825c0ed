package textures

import "slices"

// point is a place on a canvas.
type point struct{ x, y float64 }

// page is a canvas to draw on, twice as fine as it will be, so that edges come out soft.
type page []uint8

const fine = 2 * Side

func newPage() page { return make(page, fine*fine) }

// field returns the page in [0, 1].
func (p page) field() field {
	return each(func(x, y float64) float64 {
		i := 2*int(y)*fine + 2*int(x)
		return float64(int(p[i])+int(p[i+1])+int(p[i+fine])+int(p[i+fine+1])) / (4 * 255)
	})
}

// polygon fills the inside of a closed line; what it runs around twice is outside.
func (p page) polygon(value uint8, corners ...point) {
	top, bottom := corners[0].y, corners[0].y
	for _, c := range corners {
		top, bottom = min(top, c.y), max(bottom, c.y)
	}
	var crossings []float64
	for row := int(max(0, floor(2*top-0.5))); row < int(min(fine, 2*bottom+1)); row++ {
		y := float64((float64(row) + 0.5) / 2)
		crossings = crossings[:0]
		a := corners[len(corners)-1]
		for _, b := range corners {
			if (a.y <= y) != (b.y <= y) {
				crossings = append(crossings, a.x+float64((y-a.y)/(b.y-a.y)*(b.x-a.x)))
			}
			a = b
		}
		slices.Sort(crossings)
		for i := 0; i+1 < len(crossings); i += 2 {
			p.span(row, crossings[i], crossings[i+1], value)
		}
	}
}

// span fills the pixels of a row whose middles lie between two places.
func (p page) span(row int, from, to float64, value uint8) {
	first := int(floor(min(max(2*from+0.5, 0), fine)))
	last := int(floor(min(max(2*to+0.5, 0), fine)))
	for i := first; i < last; i++ {
		p[row*fine+i] = value
	}
}

// line draws a line through the points, with round joints where it is wide.
func (p page) line(value uint8, width float64, points ...point) {
	for i, b := range points[1:] {
		a := points[i]
		dx, dy := b.x-a.x, b.y-a.y
		length := hypot(dx, dy)
		if length == 0 {
			continue
		}
		dx, dy = float64(dx/length*width/2), float64(dy/length*width/2)
		p.polygon(value, point{a.x - dy, a.y + dx}, point{b.x - dy, b.y + dx}, point{b.x + dy, b.y - dx}, point{a.x + dy, a.y - dx})
		if i > 0 && width > 1.5 {
			p.polygon(value, regular(a, width/2, 8, 0)...)
		}
	}
}

// regular returns the corners of a regular polygon around c; the first lies in a direction in turns.
func regular(c point, radius float64, corners int, direction float64) []point {
	return star(c, radius, 1, corners, direction)
}

// star is regular with every second corner drawn in to a part of the radius.
func star(c point, radius, in float64, corners int, direction float64) []point {
	points := make([]point, corners)
	for i := range points {
		at, r := direction+float64(i)/float64(corners), radius
		if i%2 == 1 {
			r *= in
		}
		points[i] = point{c.x + float64(r*cos(at)), c.y + float64(r*sin(at))}
	}
	return points
}

// flattened returns points whose distance from the line through c in a direction is multiplied by a factor.
func flattened(points []point, c point, direction, factor float64) []point {
	way, back := turn(direction), turn(-direction)
	for i, q := range points {
		u, v := way(q.x-c.x, q.y-c.y)
		x, y := back(u, v*factor)
		points[i] = point{c.x + x, c.y + y}
	}
	return points
}

// place returns a point on the canvas or up to margin beyond it.
func (r *random) place(margin float64) point {
	return point{r.between(-margin, Side+margin), r.between(-margin, Side+margin)}
}

// ink returns a random grey from least to 255.
func (r *random) ink(least int) uint8 { return uint8(least + r.below(256-least)) }

// polar returns the point at a distance from p in a direction in turns.
func (p point) polar(distance, turns float64) point {
	return point{p.x + float64(distance*cos(turns)), p.y + float64(distance*sin(turns))}
}
