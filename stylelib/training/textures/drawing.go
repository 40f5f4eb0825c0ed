package textures

import "slices"

// point is a point of the canvas, in pixels.
type point struct{ x, y float64 }

// drawing is a grey image of twice the canvas's resolution [fineSide, fineSide]. Its averages over 2x2 pixels have
// antialiased edges.
type drawing []uint8

const fineSide = 2 * side

func newDrawing() drawing { return make(drawing, fineSide*fineSide) }

// raster returns the drawing at the canvas's resolution, in [0, 1].
func (d drawing) raster() raster {
	return perPixel(func(x, y float64) float64 {
		i := 2*int(y)*fineSide + 2*int(x)
		return float64(int(d[i])+int(d[i+1])+int(d[i+fineSide])+int(d[i+fineSide+1])) / (4 * 255)
	})
}

// polygon fills a polygon by the even-odd rule, row by row (scan-line conversion).
func (d drawing) polygon(value uint8, corners ...point) {
	top, bottom := corners[0].y, corners[0].y
	for _, c := range corners {
		top, bottom = min(top, c.y), max(bottom, c.y)
	}
	var crossings []float64
	for row := int(max(0, floor(2*top-0.5))); row < int(min(fineSide, 2*bottom+1)); row++ {
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
			d.span(row, crossings[i], crossings[i+1], value)
		}
	}
}

// span fills the pixels of a row whose centres lie between two coordinates.
func (d drawing) span(row int, from, to float64, value uint8) {
	first := int(floor(min(max(2*from+0.5, 0), fineSide)))
	last := int(floor(min(max(2*to+0.5, 0), fineSide)))
	for i := first; i < last; i++ {
		d[row*fineSide+i] = value
	}
}

// line draws a line through the points, with octagons as joints where it is wide.
func (d drawing) line(value uint8, width float64, points ...point) {
	for i, b := range points[1:] {
		a := points[i]
		dx, dy := b.x-a.x, b.y-a.y
		length := hypot(dx, dy)
		if length == 0 {
			continue
		}
		dx, dy = float64(dx/length*width/2), float64(dy/length*width/2)
		d.polygon(value, point{a.x - dy, a.y + dx}, point{b.x - dy, b.y + dx}, point{b.x + dy, b.y - dx}, point{a.x + dy, a.y - dx})
		if i > 0 && width > 1.5 {
			d.polygon(value, regular(a, width/2, 8, 0)...)
		}
	}
}

// regular returns the corners of a regular polygon around c, the first of them in a direction in turns.
func regular(c point, radius float64, corners int, direction float64) []point {
	return star(c, radius, 1, corners, direction)
}

// star returns the corners of a polygon as regular does, with every second radius multiplied by inner.
func star(c point, radius, inner float64, corners int, direction float64) []point {
	points := make([]point, corners)
	for i := range points {
		at, r := direction+float64(i)/float64(corners), radius
		if i%2 == 1 {
			r *= inner
		}
		points[i] = point{c.x + float64(r*cos(at)), c.y + float64(r*sin(at))}
	}
	return points
}

// flattened multiplies, in place, the points' distances from a line by a factor; the line goes through c in a direction.
func flattened(points []point, c point, direction, factor float64) []point {
	rotate, back := rotation(direction), rotation(-direction)
	for i, q := range points {
		u, v := rotate(q.x-c.x, q.y-c.y)
		x, y := back(u, v*factor)
		points[i] = point{c.x + x, c.y + y}
	}
	return points
}

// polar returns the point at a distance from p in a direction, in turns.
func (p point) polar(distance, turns float64) point {
	return point{p.x + float64(distance*cos(turns)), p.y + float64(distance*sin(turns))}
}
