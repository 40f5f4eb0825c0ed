package main

import (
	"math"
	"math/rand/v2"
)

// point is a place, or a direction, in picture units.
type point struct{ x, y float64 }

func (a point) plus(b point) point    { return point{a.x + b.x, a.y + b.y} }
func (a point) minus(b point) point   { return point{a.x - b.x, a.y - b.y} }
func (a point) times(k float64) point { return point{a.x * k, a.y * k} }
func (a point) dot(b point) float64   { return a.x*b.x + a.y*b.y }

// cross says how far a lies to the right of the direction b (of length 1),
// for somebody who looks along it.
func (a point) cross(b point) float64 { return a.y*b.x - a.x*b.y }

func (a point) dist(b point) float64             { return math.Hypot(a.x-b.x, a.y-b.y) }
func heading(angle float64) point                { return point{math.Cos(angle), math.Sin(angle)} }
func (a point) step(angle, length float64) point { return a.plus(heading(angle).times(length)) }

// lerp goes from a to b as t goes from 0 to 1.
func lerp(a, b, t float64) float64 { return a + (b-a)*t }

// clamp limits v to 0 … 1.
func clamp(v float64) float64 { return min(max(v, 0), 1) }

// smooth rises from 0 at a to 1 at b with a soft start and a soft landing;
// with a above b it falls.
func smooth(a, b, v float64) float64 {
	t := clamp((v - a) / (b - a))
	return t * t * (3 - 2*t)
}

// bump is the bell exp(-d²/2w²): 1 at d = 0, nearly 0 beyond 3w.
func bump(d, w float64) float64 { return math.Exp(-d * d / (2 * w * w)) }

// hash turns a lattice place and a seed into a number from 0 to 1 that looks
// random (integer arithmetic only: the same on every machine).
func hash(seed uint32, x, y int) float64 {
	h := seed*0x9e3779b1 ^ uint32(x)*0x85ebca6b ^ uint32(y)*0xc2b2ae35
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h) / math.MaxUint32
}

// noise is value noise: random values at whole coordinates, blended smoothly
// between them. It lies between 0 and 1, with features about 1 unit wide.
func noise(seed uint32, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j := int(fx), int(fy)
	tx, ty := x-fx, y-fy
	tx, ty = tx*tx*(3-2*tx), ty*ty*(3-2*ty)
	top := lerp(hash(seed, i, j), hash(seed, i+1, j), tx)
	bottom := lerp(hash(seed, i, j+1), hash(seed, i+1, j+1), tx)
	return lerp(top, bottom, ty)
}

// cloud adds four octaves of noise: structure at several scales, between 0
// and 1, the largest about 1 unit wide.
func cloud(seed uint32, x, y float64) float64 {
	sum, gain := 0.0, 0.5
	for octave := range uint32(4) {
		sum += gain * noise(seed+octave, x, y)
		x, y, gain = 2.03*x+17.3, 2.03*y+5.1, gain/2
	}
	return sum / 0.9375
}

// trace follows the direction field from start for length units, half of it
// forwards and half of it backwards, in steps of about step units.
func trace(start point, length, step float64, direction func(point) float64) []point {
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

// scatter returns places that cover width x height evenly but not regularly,
// about gap units apart, in random order. Some lie just outside the edges.
func scatter(r *rand.Rand, width, height, gap float64) []point {
	var places []point
	for y := -gap; y < height+gap; y += gap {
		for x := -gap; x < width+gap; x += gap {
			places = append(places, point{x + r.Float64()*gap, y + r.Float64()*gap})
		}
	}
	r.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
	return places
}
