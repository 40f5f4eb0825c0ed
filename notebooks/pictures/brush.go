package main

import "math"

// brush is a flat bristle brush and the paint on it.
type brush struct {
	width  float64 // in picture units
	length float64 // of a stroke, in picture units
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
	seed        uint32 // tells the bristles of strokes apart
}

// touch says where in a stroke a pixel lies: along the path from its start,
// and across it from the middle, both in picture units.
type touch struct{ along, across float64 }

// untouched marks a pixel that the stroke has not reached.
var untouched = touch{across: math.Inf(1)}

// paint lays the strokes on the canvas in their order.
func (c *canvas) paint(strokes []stroke) {
	c.bands(func(top, bottom int) {
		touches := make([]touch, c.w*(bottom-top))
		for i := range strokes {
			c.lay(&strokes[i], top, bottom, touches)
		}
	})
}

// lay paints the part of one stroke that falls on the rows top to bottom.
// touches has one entry for each pixel of these rows.
func (c *canvas) lay(s *stroke, top, bottom int, touches []touch) {
	box := c.reach(s.width, s.path...).within(c.w, top, bottom)
	for j := box.top; j < box.bottom; j++ {
		for i := box.left; i < box.right; i++ {
			touches[(j-top)*c.w+i] = untouched
		}
	}
	length := 0.0
	for n := range s.path[1:] {
		c.sweep(s, n, length, touches, top, bottom)
		length += s.path[n].dist(s.path[n+1])
	}
	for j := box.top; j < box.bottom; j++ {
		for i := box.left; i < box.right; i++ {
			if t := touches[(j-top)*c.w+i]; t != untouched {
				c.dab(s, t, length, j*c.w+i)
			}
		}
	}
}

// sweep notes which pixels segment n of the stroke reaches. start is the
// length of the path before it.
func (c *canvas) sweep(s *stroke, n int, start float64, touches []touch, top, bottom int) {
	a, b := s.path[n], s.path[n+1]
	length := max(a.dist(b), 1e-6)
	dir := b.minus(a).times(1 / length)
	low, high := 0.0, length
	if n == 0 {
		low = -s.width / 2 // ragged ends reach past the path
	}
	if n == len(s.path)-2 {
		high += s.width / 2
	}
	box := c.reach(s.width, a, b).within(c.w, top, bottom)
	for j := box.top; j < box.bottom; j++ {
		for i := box.left; i < box.right; i++ {
			d := c.at(i, j).minus(a)
			along, across := d.dot(dir), d.x*-dir.y+d.y*dir.x
			slack := 0.3 * math.Abs(across) // closes the wedge at a bend
			if along < low-slack || along > high+slack || math.Abs(across) > s.width/2 {
				continue
			}
			t := &touches[(j-top)*c.w+i]
			if math.Abs(across) < math.Abs(t.across) {
				*t = touch{start + along, across}
			}
		}
	}
}

// dab puts the paint of a stroke on pixel k. length is that of the path.
func (c *canvas) dab(s *stroke, t touch, length float64, k int) {
	half := s.width / 2
	side := math.Abs(t.across) / (half * pressure(clamp(t.along/length), s.taper))
	if s.round {
		side = math.Hypot(t.across, max(-t.along, t.along-length, 0)) / half
	}
	hair := noise(s.seed, t.across*0.7+50, t.along/(2.5*s.width)) // one bristle
	cover := c.cover(s, t, length, side, hair)
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
func (c *canvas) cover(s *stroke, t touch, length, side, hair float64) float64 {
	half := s.width / 2
	wobble := 0.25 * noise(s.seed+2, t.along/3, math.Copysign(9, t.across))
	cover := (1 - s.sheer) * smooth(1.02, max(0.92-1.6/(half*c.scale), 0.4), side+wobble)
	if s.round {
		return cover
	}
	late := half * noise(s.seed+1, t.across*0.7+50, 0.5)
	cover *= smooth(-late, 1.2-late, t.along) * smooth(length+late, length+late-2, t.along)
	if s.dry > 0 {
		cover *= smooth(0, 0.25, hair+1.1-s.dry*(0.5+1.2*clamp(t.along/length)))
	}
	return cover
}

// pressure is the width of a stroke at progress 0 to 1 of its way, as a part
// of the full width: the hand lands, leans on the brush and lifts it.
func pressure(progress, taper float64) float64 {
	ends := 0.6 * (1 - taper)
	return max(lerp(ends, 1, math.Sin(math.Pi*math.Pow(progress, 0.7))), 0.02)
}

// box is a rectangle of raster pixels; right and bottom are outside it.
type box struct{ left, top, right, bottom int }

// reach returns the raster box that a brush of that width can touch when it
// visits the places.
func (c *canvas) reach(width float64, places ...point) box {
	lo, hi := places[0], places[0]
	for _, p := range places {
		lo = point{min(lo.x, p.x), min(lo.y, p.y)}
		hi = point{max(hi.x, p.x), max(hi.y, p.y)}
	}
	pad := 0.75*width + 1
	return box{
		int((lo.x - pad) * c.scale), int((lo.y - pad) * c.scale),
		int((hi.x+pad)*c.scale) + 1, int((hi.y+pad)*c.scale) + 1,
	}
}

// within cuts the box to the rows top to bottom of a raster w pixels wide.
func (b box) within(w, top, bottom int) box {
	return box{max(b.left, 0), max(b.top, top), min(b.right, w), min(b.bottom, bottom)}
}
