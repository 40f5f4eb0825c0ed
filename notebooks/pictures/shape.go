package main

import (
	"image"
	"math"

	"golang.org/x/image/vector"
)

// fillShapes fills polygons with the colours that shade returns for each position. Where polygons of the same orientation
// overlap, they fill their union (non-zero winding rule).
func (c *canvas) fillShapes(shapes [][]point, shade func(p point) colour) {
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

// solid is the shade of a single colour.
func solid(shade colour) func(point) colour { return func(point) colour { return shade } }

// knot is a point of a spine, and half the width of the shape there.
type knot struct {
	point
	half float64
}

// spine interpolates the knots by a Catmull-Rom curve, with steps points from each knot to the next.
func spine(knots []knot, steps int) []knot {
	var out []knot
	get := func(i int) knot { return knots[min(max(i, 0), len(knots)-1)] }
	for i := range len(knots) - 1 {
		a, b, c, d := get(i-1), get(i), get(i+1), get(i+2)
		for n := range steps {
			t := float64(n) / float64(steps)
			interpolate := func(a, b, c, d float64) float64 {
				return b + t*((c-a)/2+t*((a-2.5*b+2*c-0.5*d)+t*(1.5*(b-c)+0.5*(d-a))))
			}
			out = append(out, knot{
				point{interpolate(a.x, b.x, c.x, d.x), interpolate(a.y, b.y, c.y, d.y)},
				interpolate(a.half, b.half, c.half, d.half),
			})
		}
	}
	return append(out, knots[len(knots)-1])
}

// offset returns the point side half-widths to the right of point i of a spine (to the left if side is below 0).
func offset(s []knot, i int, side float64) point {
	d := s[min(i+1, len(s)-1)].minus(s[max(i-1, 0)].point)
	n := math.Hypot(d.x, d.y)
	return point{s[i].x - d.y/n*s[i].half*side, s[i].y + d.x/n*s[i].half*side}
}

// ribbon is the polygon along a spine between two sides, which may change from its start, t = 0, to its end, t = 1.
func ribbon(s []knot, left, right func(t float64) float64) []point {
	n := len(s)
	out := make([]point, 2*n)
	for i := range s {
		t := float64(i) / float64(n-1)
		out[i] = offset(s, i, left(t))
		out[2*n-1-i] = offset(s, i, right(t))
	}
	return out
}

// line is a ribbon of a width along a path, narrower at the ends.
func line(path []point, width float64) []point {
	s := make([]knot, len(path))
	for i, p := range path {
		t := float64(i) / float64(len(path)-1)
		s[i] = knot{p, width / 2 * (0.5 + 0.5*math.Pow(math.Sin(math.Pi*t), 0.5))}
	}
	return ribbon(s, constant(-1), constant(1))
}

// disk is a circle of 40 corners, in the orientation of a ribbon.
func disk(centre point, radius float64) []point {
	out := make([]point, 40)
	for i := range out {
		out[i] = centre.step(2*math.Pi*float64(i)/40, radius)
	}
	return out
}

// constant is a side of a ribbon that does not change.
func constant(side float64) func(float64) float64 { return func(float64) float64 { return side } }
