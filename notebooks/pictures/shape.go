package main

import (
	"image"
	"math"

	"golang.org/x/image/vector"
)

// cut fills closed shapes with flat paint, the way a cut block prints: shade
// gives the colour at each place. Shapes may overlap; none of them punches a
// hole in another if all turn the same way round.
func (c *canvas) cut(shapes [][]point, shade func(p point) color) {
	z := vector.NewRasterizer(c.w, c.h)
	for _, shape := range shapes {
		at := func(p point) (float32, float32) { return float32(p.x * c.scale), float32(p.y * c.scale) }
		z.MoveTo(at(shape[0]))
		for _, p := range shape[1:] {
			z.LineTo(at(p))
		}
		z.ClosePath()
	}
	mask := image.NewAlpha(image.Rect(0, 0, c.w, c.h))
	z.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	c.bands(func(top, bottom int) {
		for k := top * c.w; k < bottom*c.w; k++ {
			if a := mask.Pix[k]; a > 0 {
				c.pix[k] = c.pix[k].mix(shade(c.at(k%c.w, k/c.w)), float64(a)/255)
			}
		}
	})
}

// flat is the shade of a single colour.
func flat(shade color) func(point) color { return func(point) color { return shade } }

// knot is a place on a spine, and half the width of the shape there.
type knot struct {
	point
	half float64
}

// spine runs smoothly through the knots (a Catmull-Rom curve), with steps
// places between two of them.
func spine(knots []knot, steps int) []knot {
	var out []knot
	get := func(i int) knot { return knots[min(max(i, 0), len(knots)-1)] }
	for i := range len(knots) - 1 {
		a, b, c, d := get(i-1), get(i), get(i+1), get(i+2)
		for n := range steps {
			t := float64(n) / float64(steps)
			through := func(a, b, c, d float64) float64 {
				return b + t*((c-a)/2+t*((a-2.5*b+2*c-0.5*d)+t*(1.5*(b-c)+0.5*(d-a))))
			}
			out = append(out, knot{
				point{through(a.x, b.x, c.x, d.x), through(a.y, b.y, c.y, d.y)},
				through(a.half, b.half, c.half, d.half),
			})
		}
	}
	return append(out, knots[len(knots)-1])
}

// beside returns the place that lies side half-widths to the left (below 0)
// or to the right (above 0) of place i of a spine, seen along it.
func beside(s []knot, i int, side float64) point {
	d := s[min(i+1, len(s)-1)].minus(s[max(i-1, 0)].point)
	n := math.Hypot(d.x, d.y)
	return point{s[i].x - d.y/n*s[i].half*side, s[i].y + d.x/n*s[i].half*side}
}

// ribbon is the shape along a spine between two sides, each of which may
// change along the way (t goes from 0 to 1).
func ribbon(s []knot, left, right func(t float64) float64) []point {
	n := len(s)
	out := make([]point, 2*n)
	for i := range s {
		t := float64(i) / float64(n-1)
		out[i] = beside(s, i, left(t))
		out[2*n-1-i] = beside(s, i, right(t))
	}
	return out
}

// line is a ribbon of the given width along a path, thinner at its ends.
func line(path []point, width float64) []point {
	s := make([]knot, len(path))
	for i, p := range path {
		t := float64(i) / float64(len(path)-1)
		s[i] = knot{p, width / 2 * (0.5 + 0.5*math.Pow(math.Sin(math.Pi*t), 0.5))}
	}
	return ribbon(s, constant(-1), constant(1))
}

// disk is a round shape, which turns the same way round as a ribbon.
func disk(center point, radius float64) []point {
	out := make([]point, 40)
	for i := range out {
		out[i] = center.step(2*math.Pi*float64(i)/40, radius)
	}
	return out
}

// constant is the side of a ribbon that does not change.
func constant(side float64) func(float64) float64 { return func(float64) float64 { return side } }
