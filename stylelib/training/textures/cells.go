package textures

import "math"

// The families of this file divide the canvas into the cells of random points.

// distance is a norm of (dx, dy).
type distance func(dx, dy float64) float64

// pickDistance returns the Manhattan, the Euclidean (twice as often) or the Chebyshev distance.
func pickDistance(p *random) distance {
	return [...]distance{
		func(dx, dy float64) float64 { return math.Abs(dx) + math.Abs(dy) },
		hypot, hypot,
		func(dx, dy float64) float64 { return max(math.Abs(dx), math.Abs(dy)) },
	}[p.intN(4)]
}

// jitteredGrid has one random point in each square of a grid that covers the canvas and two squares around it. Only the
// squares nearby need to be searched for the nearest point.
type jitteredGrid struct {
	n       int     // squares along a side of the canvas
	spacing float64 // side of a square, in pixels
	at      [][2]float64
	value   []float64 // random greys of the points, in [0.1, 1)
}

// scatter returns about n points; disorder 0 puts them into the centres of their squares.
func scatter(r *random, n, disorder float64) *jitteredGrid {
	s := &jitteredGrid{n: max(2, int(sqrt(n)))}
	s.spacing = side / float64(s.n)
	for i := range (s.n + 4) * (s.n + 4) {
		x, y := float64(i%(s.n+4)-2)+0.5, float64(i/(s.n+4)-2)+0.5
		x, y = x+float64(disorder*r.between(-0.5, 0.5)), y+float64(disorder*r.between(-0.5, 0.5))
		s.at = append(s.at, [2]float64{x * s.spacing, y * s.spacing})
		s.value = append(s.value, r.between(0.1, 1))
	}
	return s
}

// nearest returns the index of the point nearest to (x, y), and the distances of the nearest two.
func (s *jitteredGrid) nearest(x, y float64, d distance) (best int, first, second float64) {
	first, second = math.Inf(1), math.Inf(1)
	column, row := int(x/s.spacing)+2, int(y/s.spacing)+2
	for j := max(row-2, 0); j <= min(row+2, s.n+3); j++ {
		for i := max(column-2, 0); i <= min(column+2, s.n+3); i++ {
			k := j*(s.n+4) + i
			distance := d(x-s.at[k][0], y-s.at[k][1])
			if distance < first {
				best, first, second = k, distance, first
			} else if distance < second {
				second = distance
			}
		}
	}
	return best, first, second
}

// cells is cellular noise (Worley 1996): F1, F2 - F1, F2 - F1 cut off, or F1/F2, of the distances to the nearest two points.
func cells(p, r *random) raster {
	n, kind, d := p.logUniform(20, 500), p.intN(4), pickDistance(p)
	disorder, rotate := p.pick(0.6, 1.4), rotation(p.orientation())
	stretch := sqrt(p.logUniform(1, 3))
	s := scatter(r, n, disorder)
	elongated := func(dx, dy float64) float64 {
		dx, dy = rotate(dx, dy)
		return d(dx/stretch, dy*stretch)
	}
	return perPixel(func(x, y float64) float64 {
		_, first, second := s.nearest(x, y, elongated)
		switch kind {
		case 0:
			return first
		case 1:
			return second - first
		case 2:
			return min(second-first, 4)
		}
		return first / second
	}).stretch()
}

// mosaic is Voronoi cells of one grey each, shaded or not, with joints or without.
func mosaic(p, r *random) raster {
	n, d, disorder := p.logUniform(30, 600), pickDistance(p), p.pick(0.3, 0.8, 1.4)
	joint, shaded := p.pick(0, 0, 2, 4), p.pick(0, 0.5)
	s := scatter(r, n, disorder)
	return perPixel(func(x, y float64) float64 {
		k, first, second := s.nearest(x, y, d)
		value := s.value[k] * (1 - float64(shaded*min(first/s.spacing, 1)))
		if joint > 0 {
			value *= clamp((second - first) / joint)
		}
		return value
	})
}

// crystals is Voronoi cells, each an inclined plane under oblique light.
func crystals(p, r *random) raster {
	n, disorder, steepness, light := p.logUniform(20, 300), p.pick(0.6, 1.4), p.between(0.3, 1), p.uniform()
	c, s := cos(light), sin(light)
	points := scatter(r, n, disorder)
	return perPixel(func(x, y float64) float64 {
		k, first, second := points.nearest(x, y, hypot)
		dx, dy := (x-points.at[k][0])/points.spacing, (y-points.at[k][1])/points.spacing
		slope := float64(c*dx) + float64(s*dy)
		edge := 0.85 + float64(0.15*clamp((second-first)/2))
		return clamp((float64(0.7*points.value[k]) + 0.15 + float64(steepness*slope)) * edge)
	})
}
