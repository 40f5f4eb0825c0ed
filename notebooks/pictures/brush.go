package main

import (
	"image"
	"math"
)

// brush is a flat brush of bristles, and the paint on it.
type brush struct {
	width  float64 // in picture units
	body   float64 // thickness of the paint: 0 for a thin wash, 1 for thick paint
	streak float64 // contrast between the bristles, 0 to 1
	dry    float64 // how soon the bristles run dry: 0 never, 1 at once
	sheer  float64 // transparency: 0 opaque, 1 invisible
	taper  float64 // how pointed the ends are: 0 hardly, 1 to a point
	round  bool    // round ends; else flat and ragged ones
}

// stroke is one stroke of a brush. The tint is a second colour, on some of the bristles.
type stroke struct {
	brush
	path         []point // the middle of the stroke, at least two points
	colour, tint colour
	seed         uint32  // of the bristles
	length       float64 // of the path; set by paint
}

// contact is the position of a pixel in a stroke, in picture units: its distance along the path from the start, and across the
// path from its middle.
type contact struct{ along, across float64 }

// noContact is the contact of a pixel outside the stroke.
var noContact = contact{across: math.Inf(1)}

// band is the rows top to bottom of a canvas, and the contact of each of their pixels with the current stroke.
type band struct {
	*canvas
	top, bottom int
	contacts    []contact
}

// paint paints the strokes in their order.
func (c *canvas) paint(strokes []stroke) {
	for i := range strokes {
		s := &strokes[i]
		s.length = 0
		for n := range len(s.path) - 1 {
			s.length += s.path[n].dist(s.path[n+1])
		}
	}
	c.bands(func(top, bottom int) {
		b := band{c, top, bottom, make([]contact, c.w*(bottom-top))}
		for i := range strokes {
			b.paintStroke(&strokes[i])
		}
	})
}

// paintStroke paints what of a stroke is in the band.
func (b band) paintStroke(s *stroke) {
	box := b.bounds(s.width, s.path...)
	for j := box.Min.Y; j < box.Max.Y; j++ {
		for i := box.Min.X; i < box.Max.X; i++ {
			b.contacts[(j-b.top)*b.w+i] = noContact
		}
	}
	start := 0.0
	for n := range len(s.path) - 1 {
		b.markSegment(s, n, start)
		start += s.path[n].dist(s.path[n+1])
	}
	for j := box.Min.Y; j < box.Max.Y; j++ {
		for i := box.Min.X; i < box.Max.X; i++ {
			if t := b.contacts[(j-b.top)*b.w+i]; t != noContact {
				b.paintPixel(s, t, j*b.w+i)
			}
		}
	}
}

// markSegment sets the contacts with segment n of a stroke; start is the length of the path before it.
func (b band) markSegment(s *stroke, n int, start float64) {
	from, to := s.path[n], s.path[n+1]
	length := max(from.dist(to), 1e-6)
	dir := to.minus(from).times(1 / length)
	low, high := 0.0, length
	if n == 0 {
		low = -s.width / 2 // the stroke is longer than the path by half its width
	}
	if n == len(s.path)-2 {
		high += s.width / 2
	}
	box := b.bounds(s.width, from, to)
	for j := box.Min.Y; j < box.Max.Y; j++ {
		for i := box.Min.X; i < box.Max.X; i++ {
			d := b.at(i, j).minus(from)
			along, across := d.dot(dir), d.cross(dir)
			slack := 0.3 * math.Abs(across) // closes the gap at a bend
			if along < low-slack || along > high+slack || math.Abs(across) > s.width/2 {
				continue
			}
			if t := &b.contacts[(j-b.top)*b.w+i]; math.Abs(across) < math.Abs(t.across) {
				*t = contact{start + along, across}
			}
		}
	}
}

// paintPixel paints pixel k with a stroke.
func (c *canvas) paintPixel(s *stroke, t contact, k int) {
	half := s.width / 2
	side := math.Abs(t.across) / (half * pressure(clamp(t.along/s.length), s.taper))
	if s.round {
		side = math.Hypot(t.across, max(-t.along, t.along-s.length, 0)) / half
	}
	bristle := valueNoise(s.seed, t.across*0.7+50, t.along/(2.5*s.width))
	alpha := c.alpha(s, t, side, bristle)
	if alpha <= 0 {
		return
	}
	paint := s.colour.mix(s.tint, smoothstep(0.5, 0.8, valueNoise(s.seed+3, t.across*0.6, t.along/(4*s.width))))
	paint = paint.times(1 + 2*s.streak*(bristle-0.5))
	rim := smoothstep(0.5, 0.9, side) * 0.5 // paint collects at the sides
	thick := s.body * (0.4 + bristle + rim)
	c.pix[k] = c.pix[k].mix(paint, alpha)
	c.relief[k] = lerp(c.relief[k], 0.35*c.relief[k]+thick, alpha)
}

// alpha returns how much of a pixel the paint hides. It is less at the sides of the stroke, where side is 1, at the ragged ends,
// and where a bristle has run dry.
func (c *canvas) alpha(s *stroke, t contact, side, bristle float64) float64 {
	half := s.width / 2
	wobble := 0.25 * valueNoise(s.seed+2, t.along/3, math.Copysign(9, t.across))
	alpha := (1 - s.sheer) * smoothstep(1.02, max(0.92-1.6/(half*c.scale), 0.4), side+wobble)
	if s.round {
		return alpha
	}
	ragged := half * valueNoise(s.seed+1, t.across*0.7+50, 0.5)
	alpha *= smoothstep(-ragged, 1.2-ragged, t.along) * smoothstep(s.length+ragged, s.length+ragged-2, t.along)
	if s.dry > 0 {
		alpha *= smoothstep(0, 0.25, bristle+1.1-s.dry*(0.5+1.2*clamp(t.along/s.length)))
	}
	return alpha
}

// pressure returns the width of a stroke as a fraction of its full width, at a progress from 0, its start, to 1, its end.
func pressure(progress, taper float64) float64 {
	ends := 0.6 * (1 - taper)
	early := (progress + math.Sqrt(progress)) / 2 // the maximum is before the middle
	return max(lerp(ends, 1, 4*early*(1-early)), 0.02)
}

// bounds returns the pixels of the band that a stroke of a width through these points may cover.
func (b band) bounds(width float64, points ...point) image.Rectangle {
	lo, hi := points[0], points[0]
	for _, p := range points {
		lo = point{min(lo.x, p.x), min(lo.y, p.y)}
		hi = point{max(hi.x, p.x), max(hi.y, p.y)}
	}
	pad := 0.75*width + 1
	return image.Rectangle{
		image.Pt(max(int((lo.x-pad)*b.scale), 0), max(int((lo.y-pad)*b.scale), b.top)),
		image.Pt(min(int((hi.x+pad)*b.scale)+1, b.w), min(int((hi.y+pad)*b.scale)+1, b.bottom)),
	}
}
