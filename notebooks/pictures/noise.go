package main

import "math"

// hash returns a pseudorandom number in [0, 1] for a lattice point and a seed, the same on every machine.
func hash(seed uint32, x, y int) float64 {
	h := seed*0x9e3779b1 ^ uint32(x)*0x85ebca6b ^ uint32(y)*0xc2b2ae35
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h) / math.MaxUint32
}

// valueNoise interpolates random values at integer coordinates by smoothstep. It is in [0, 1], with features about 1 unit wide.
func valueNoise(seed uint32, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j := int(fx), int(fy)
	tx, ty := x-fx, y-fy
	tx, ty = tx*tx*(3-2*tx), ty*ty*(3-2*ty)
	top := lerp(hash(seed, i, j), hash(seed, i+1, j), tx)
	bottom := lerp(hash(seed, i, j+1), hash(seed, i+1, j+1), tx)
	return lerp(top, bottom, ty)
}

// fractalNoise is the sum of four octaves of value noise, in [0, 1]; the largest features are about 1 unit wide.
func fractalNoise(seed uint32, x, y float64) float64 {
	sum, gain := 0.0, 0.5
	for octave := range uint32(4) {
		sum += gain * valueNoise(seed+octave, x, y)
		x, y, gain = 2.03*x+17.3, 2.03*y+5.1, gain/2
	}
	return sum / 0.9375
}
