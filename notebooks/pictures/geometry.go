package main

import (
	"math"
	"math/rand/v2"
)

// point is a point or a vector, in picture units.
type point struct{ x, y float64 }

func (a point) plus(b point) point    { return point{a.x + b.x, a.y + b.y} }
func (a point) minus(b point) point   { return point{a.x - b.x, a.y - b.y} }
func (a point) times(k float64) point { return point{a.x * k, a.y * k} }
func (a point) dot(b point) float64   { return a.x*b.x + a.y*b.y }

// cross returns how far a lies to the right of a unit vector b.
func (a point) cross(b point) float64 { return a.y*b.x - a.x*b.y }

func (a point) dist(b point) float64 { return math.Hypot(a.x-b.x, a.y-b.y) }

// heading returns the unit vector in a direction, in radians.
func heading(angle float64) point { return point{math.Cos(angle), math.Sin(angle)} }

// step returns the point at a distance from a in a direction, in radians.
func (a point) step(angle, length float64) point { return a.plus(heading(angle).times(length)) }

// lerp interpolates linearly from a at t = 0 to b at t = 1.
func lerp(a, b, t float64) float64 { return a + (b-a)*t }

// clamp clamps v to [0, 1].
func clamp(v float64) float64 { return min(max(v, 0), 1) }

// smoothstep rises from 0 at v = a to 1 at v = b, with slope 0 at both; if a is above b, it falls.
func smoothstep(a, b, v float64) float64 {
	t := clamp((v - a) / (b - a))
	return t * t * (3 - 2*t)
}

// gaussian returns exp(-d²/2w²).
func gaussian(d, w float64) float64 { return math.Exp(-d * d / (2 * w * w)) }

// streamline follows the direction, in radians, that the function returns for each point: from start half the length forwards
// and half of it backwards, in steps of about step units.
func streamline(start point, length, step float64, direction func(point) float64) []point {
	n := max(int(length/step/2), 1)
	path := make([]point, 2*n+1)
	path[n] = start
	for i := n; i < 2*n; i++ {
		path[i+1] = path[i].step(direction(path[i]), step)
	}
	for i := n; i > 0; i-- {
		path[i-1] = path[i].step(direction(path[i]), -step)
	}
	return path
}

// scatter returns the points of a jittered grid, about gap units apart, in random order. They cover width x height; some lie
// just outside.
func scatter(r *rand.Rand, width, height, gap float64) []point {
	var points []point
	for y := -gap; y < height+gap; y += gap {
		for x := -gap; x < width+gap; x += gap {
			points = append(points, point{x + r.Float64()*gap, y + r.Float64()*gap})
		}
	}
	r.Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	return points
}
