package main

import "math"

// brush is a flat bristle brush and the paint on it.
type brush struct {
	width  float64 // in picture units
	body   float64 // thickness of the paint: 0 a thin wash, 1 thick
	streak float64 // how much lighter and darker the bristles are, 0 to 1
	dry    float64 // how soon bristles run out of paint: 0 never, 1 at once
	sheer  float64 // how much shows through: 0 nothing, 1 everything
	taper  float64 // how pointed the ends are: 0 hardly, 1 to a point
	round  bool    // round ends; else flat ones, ragged like the bristles
}

// stroke is one movement of a brush. It carries a main colour and, on some of
// its bristles, a second one that was not mixed in well.
type stroke struct {
	brush
	path        []point // the middle of the brush, at least two places
	color, tint color
	seed        uint32  // tells the bristles of strokes apart
	length      float64 // of the path; paint sets it
}

// touch says where in a stroke a pixel lies: along the path from its start,
// and across it from the middle, both in picture units.
type touch struct{ along, across float64 }

// untouched marks a pixel that the stroke has not reached.
var untouched = touch{across: math.Inf(1)}

// hand paints the rows top to bottom of a canvas. touches has one entry for
// each of their pixels, for the stroke it is laying.
type hand struct {
	*canvas
	top, bottom int
	touches     []touch
}

// paint lays the strokes on the canvas in their order.
func (c *canvas) paint(strokes []stroke) {
	for i := range strokes {
		s := &strokes[i]
		s.length = 0
		for n := range len(s.path) - 1 {
			s.length += s.path[n].dist(s.path[n+1])
		}
	}
	c.bands(func(top, bottom int) {
		h := hand{c, top, bottom, make([]touch, c.w*(bottom-top))}
		for i := range strokes {
			h.lay(&strokes[i])
		}
	})
}

// lay paints what falls on the rows of the hand.
func (h hand) lay(s *stroke) {
	box := h.reach(s.width, s.path...)
	for j := box.top; j < box.bottom; j++ {
		for i := box.left; i < box.right; i++ {
			h.touches[(j-h.top)*h.w+i] = untouched
		}
	}
	start := 0.0
	for n := range len(s.path) - 1 {
		h.sweep(s, n, start)
		start += s.path[n].dist(s.path[n+1])
	}
	for j := box.top; j < box.bottom; j++ {
		for i := box.left; i < box.right; i++ {
			if t := h.touches[(j-h.top)*h.w+i]; t != untouched {
				h.dab(s, t, j*h.w+i)
			}
		}
	}
}

// sweep notes which pixels segment n of the stroke reaches. start is the
// length of the path before it.
func (h hand) sweep(s *stroke, n int, start float64) {
	a, b := s.path[n], s.path[n+1]
	length := max(a.dist(b), 1e-6)
	dir := b.minus(a).times(1 / length)
	low, high := 0.0, length
	if n == 0 {
		low = -s.width / 2 // the ends reach past the path
	}
	if n == len(s.path)-2 {
		high += s.width / 2
	}
	box := h.reach(s.width, a, b)
	for j := box.top; j < box.bottom; j++ {
		for i := box.left; i < box.right; i++ {
			d := h.at(i, j).minus(a)
			along, across := d.dot(dir), d.cross(dir)
			slack := 0.3 * math.Abs(across) // closes the wedge at a bend
			if along < low-slack || along > high+slack || math.Abs(across) > s.width/2 {
				continue
			}
			if t := &h.touches[(j-h.top)*h.w+i]; math.Abs(across) < math.Abs(t.across) {
				*t = touch{start + along, across}
			}
		}
	}
}

// dab puts the paint of a stroke on pixel k of the canvas.
func (c *canvas) dab(s *stroke, t touch, k int) {
	half := s.width / 2
	side := math.Abs(t.across) / (half * pressure(clamp(t.along/s.length), s.taper))
	if s.round {
		side = math.Hypot(t.across, max(-t.along, t.along-s.length, 0)) / half
	}
	hair := noise(s.seed, t.across*0.7+50, t.along/(2.5*s.width)) // one bristle
	cover := c.cover(s, t, side, hair)
	if cover <= 0 {
		return
	}
	paint := s.color.mix(s.tint, smooth(0.5, 0.8, noise(s.seed+3, t.across*0.6, t.along/(4*s.width))))
	paint = paint.times(1 + 2*s.streak*(hair-0.5))
	rim := smooth(0.5, 0.9, side) * 0.5 // the brush pushes paint to its sides
	thick := s.body * (0.4 + hair + rim)
	c.pix[k] = c.pix[k].mix(paint, cover)
	c.relief[k] = lerp(c.relief[k], 0.35*c.relief[k]+thick, cover)
}

// cover is how much of a pixel the paint of a stroke hides: less at its sides
// (side is 1 there), where a bristle has landed late or left early, and where
// it has run dry.
func (c *canvas) cover(s *stroke, t touch, side, hair float64) float64 {
	half := s.width / 2
	wobble := 0.25 * noise(s.seed+2, t.along/3, math.Copysign(9, t.across))
	cover := (1 - s.sheer) * smooth(1.02, max(0.92-1.6/(half*c.scale), 0.4), side+wobble)
	if s.round {
		return cover
	}
	late := half * noise(s.seed+1, t.across*0.7+50, 0.5)
	cover *= smooth(-late, 1.2-late, t.along) * smooth(s.length+late, s.length+late-2, t.along)
	if s.dry > 0 {
		cover *= smooth(0, 0.25, hair+1.1-s.dry*(0.5+1.2*clamp(t.along/s.length)))
	}
	return cover
}

// pressure is the width of a stroke at progress 0 to 1 of its way, as a part
// of the full width: the hand lands, leans on the brush and lifts it.
func pressure(progress, taper float64) float64 {
	ends := 0.6 * (1 - taper)
	early := (progress + math.Sqrt(progress)) / 2 // leans most before half way
	return max(lerp(ends, 1, 4*early*(1-early)), 0.02)
}

// box is a rectangle of raster pixels; right and bottom are outside it.
type box struct{ left, top, right, bottom int }

// reach returns the part of the rows of the hand that a brush of that width
// can touch when it visits the places.
func (h hand) reach(width float64, places ...point) box {
	lo, hi := places[0], places[0]
	for _, p := range places {
		lo = point{min(lo.x, p.x), min(lo.y, p.y)}
		hi = point{max(hi.x, p.x), max(hi.y, p.y)}
	}
	pad := 0.75*width + 1
	return box{
		left:   max(int((lo.x-pad)*h.scale), 0),
		top:    max(int((lo.y-pad)*h.scale), h.top),
		right:  min(int((hi.x+pad)*h.scale)+1, h.w),
		bottom: min(int((hi.y+pad)*h.scale)+1, h.bottom),
	}
}
