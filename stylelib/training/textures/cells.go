package textures

import "math"

// distance measures how far (dx, dy) is: along both axes together, in a straight line, or along the longer axis.
type distance func(dx, dy float64) float64

func pickDistance(p *random) distance {
	return [...]distance{
		func(dx, dy float64) float64 { return math.Abs(dx) + math.Abs(dy) },
		hypot, hypot,
		func(dx, dy float64) float64 { return max(math.Abs(dx), math.Abs(dy)) },
	}[p.below(4)]
}

// seeds are points on a canvas and around it, one in each square of a grid, so that the nearest are found fast.
type seeds struct {
	grid  int     // squares a side; there is one more around them
	size  float64 // of a square
	at    [][2]float64
	value []float64
}

// scatter returns n points or so, in rows where disorder is 0.
func scatter(r *random, n, disorder float64) *seeds {
	s := &seeds{grid: max(2, int(sqrt(n)))}
	s.size = Side / float64(s.grid)
	for i := range (s.grid + 4) * (s.grid + 4) {
		x, y := float64(i%(s.grid+4)-2)+0.5, float64(i/(s.grid+4)-2)+0.5
		x, y = x+float64(disorder*r.between(-0.5, 0.5)), y+float64(disorder*r.between(-0.5, 0.5))
		s.at = append(s.at, [2]float64{x * s.size, y * s.size})
		s.value = append(s.value, r.between(0.1, 1))
	}
	return s
}

// nearest returns the nearest point's number and the distances of it and of the next one.
func (s *seeds) nearest(x, y float64, d distance) (best int, first, second float64) {
	first, second = math.Inf(1), math.Inf(1)
	column, row := int(x/s.size)+2, int(y/s.size)+2
	for j := max(row-2, 0); j <= min(row+2, s.grid+3); j++ {
		for i := max(column-2, 0); i <= min(column+2, s.grid+3); i++ {
			k := j*(s.grid+4) + i
			here := d(x-s.at[k][0], y-s.at[k][1])
			if here < first {
				best, first, second = k, here, first
			} else if here < second {
				second = here
			}
		}
	}
	return best, first, second
}

// cells are the distances to the nearest of scattered points (Worley 1996).
func cells(p, r *random) field {
	n, kind, d := p.scale(20, 500), p.below(4), pickDistance(p)
	disorder, way := p.pick(0.6, 1.4), turn(p.direction())
	stretch := sqrt(p.scale(1, 3))
	s := scatter(r, n, disorder)
	long := func(dx, dy float64) float64 {
		dx, dy = way(dx, dy)
		return d(dx/stretch, dy*stretch)
	}
	return each(func(x, y float64) float64 {
		_, first, second := s.nearest(x, y, long)
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

// mosaic is stones of one grey each, shaded or not, with joints or without.
func mosaic(p, r *random) field {
	n, d, disorder := p.scale(30, 600), pickDistance(p), p.pick(0.3, 0.8, 1.4)
	joint, shaded := p.pick(0, 0, 2, 4), p.pick(0, 0.5)
	s := scatter(r, n, disorder)
	return each(func(x, y float64) float64 {
		k, first, second := s.nearest(x, y, d)
		value := s.value[k] * (1 - float64(shaded*min(first/s.size, 1)))
		if joint > 0 {
			value *= clamp((second - first) / joint)
		}
		return value
	})
}

// crystals are stones with a slope each, as light falls on broken rock.
func crystals(p, r *random) field {
	n, disorder, steep, light := p.scale(20, 300), p.pick(0.6, 1.4), p.between(0.3, 1), p.unit()
	c, s := cos(light), sin(light)
	stones := scatter(r, n, disorder)
	return each(func(x, y float64) float64 {
		k, first, second := stones.nearest(x, y, hypot)
		dx, dy := (x-stones.at[k][0])/stones.size, (y-stones.at[k][1])/stones.size
		slope := float64(c*dx) + float64(s*dy)
		edge := 0.85 + float64(0.15*clamp((second-first)/2))
		return clamp((float64(0.7*stones.value[k]) + 0.15 + float64(steep*slope)) * edge)
	})
}
