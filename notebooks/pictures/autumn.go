package main

import (
	"math"
	"math/rand/v2"
)

// The heights of the autumn scene, in picture units.
const (
	autumnShore = 300 // where the forest floor meets the pond
	autumnFloor = 262 // where the forest floor begins
)

// autumnGlow is where the low sun is.
var autumnGlow = point{292, 150}

// birch is a trunk: the x of its foot, its width, and its slope from the vertical.
type birch struct{ x, width, lean float64 }

// autumnTrunks are the birches from left to right.
var autumnTrunks = []birch{
	{52, 19, 0.05}, {112, 11, -0.04}, {150, 7, 0.03}, {206, 8, -0.06}, {236, 6, 0.02},
	{352, 7, 0.05}, {384, 12, -0.05}, {446, 22, 0.04}, {484, 10, -0.02},
}

// autumnLeaves returns a colour of the foliage at p: yellow near the sun, then orange and red, and violet far from it.
func autumnLeaves(r *rand.Rand, p point) colour {
	leaves := ramp(hexes(0xfff2a0, 0xffd23c, 0xf89a1c, 0xe4581c, 0xb02a28, 0x642048, 0x2c1c4c))
	d := p.minus(autumnGlow)
	t := math.Hypot(d.x/330, d.y/260) + 0.9*(fractalNoise(81, p.x/85, p.y/60)-0.45)
	c := leaves.at(t + 0.09*r.NormFloat64())
	if r.Float64() < 0.1 {
		return c.mix(pick(r, hexes(0x1c6a74, 0x2e8a6a, 0x3a4a9a)), 0.75)
	}
	return c
}

// paintAutumn paints birches behind a pond in the short thick marks of a palette knife.
func paintAutumn(c *canvas) {
	r := rand.New(rand.NewPCG(41, 6))
	c.light = 0.6
	c.fill(func(point, colour) colour { return hex(0x4a1f3c) })
	for _, size := range []float64{24, 16, 11} {
		autumnFoliage(c, r, size)
	}
	autumnGround(c, r)
	autumnPond(c, r)
	for _, t := range autumnTrunks {
		autumnTrunk(c, r, t)
	}
	autumnSprays(c, r)
}

// knife returns a mark of a palette knife of a size, without its colours.
func knife(r *rand.Rand, p point, angle, size float64) stroke {
	half := size * (0.4 + 0.3*r.Float64())
	return stroke{
		brush: brush{width: size * (0.75 + 0.45*r.Float64()), body: 1.6, streak: 0.16, dry: 0.1}, seed: r.Uint32(),
		path: []point{p.step(angle, -half), p.step(angle+0.1*r.NormFloat64(), half)},
	}
}

// with returns the stroke in two colours.
func (s stroke) with(shade, tint colour) stroke {
	s.colour, s.tint = shade, tint
	return s
}

// autumnFoliage paints the leaves in marks that point away from the sun.
func autumnFoliage(c *canvas, r *rand.Rand, size float64) {
	var marks []stroke
	for _, p := range scatter(r, c.width, autumnFloor+20, size*0.7) {
		d := p.minus(autumnGlow)
		angle := math.Atan2(d.y, d.x) + 0.6*r.NormFloat64()
		marks = append(marks, knife(r, p, angle, size).with(autumnLeaves(r, p), autumnLeaves(r, p)))
	}
	c.paint(marks)
}

// autumnGround paints the fallen leaves in horizontal marks.
func autumnGround(c *canvas, r *rand.Rand) {
	var marks []stroke
	for _, p := range scatter(r, c.width, c.height, 8) {
		if p.y < autumnFloor+6*math.Sin(p.x/40) || p.y > autumnShore+5*math.Sin(p.x/60) {
			continue
		}
		near := gaussian((p.x-autumnGlow.x)/90, 1)
		leaves := ramp(hexes(0x5a1f3c, 0xa83424, 0xe06a20, 0xf8b838))
		shade := leaves.at(0.2 + 0.6*near + 0.2*r.NormFloat64())
		marks = append(marks, knife(r, p, 0.15*r.NormFloat64(), 13).with(shade, leaves.at(r.Float64())))
	}
	c.paint(marks)
}

// autumnPond paints the water in horizontal marks: the mirrored colours of the wood, darker, with some blue.
func autumnPond(c *canvas, r *rand.Rand) {
	var marks []stroke
	for _, p := range scatter(r, c.width, c.height, 6.5) {
		if p.y < autumnShore+5*math.Sin(p.x/60) {
			continue
		}
		depth := (p.y - autumnShore) / (c.height - autumnShore)
		above := point{p.x + 7*r.NormFloat64(), autumnFloor - 230*depth}
		shade := autumnLeaves(r, above).filter(hex(0xd8b0d8)).mix(hex(0x24307c), 0.1+0.25*depth).saturate(1.25)
		for _, t := range autumnTrunks {
			if math.Abs(p.x-t.x+4*math.Sin(p.y/5)) < t.width*0.55 && r.Float64() < 0.8-0.5*depth {
				shade = hex(0xe4dcd8).mix(hex(0x6a6aa8), r.Float64()*0.7)
			}
		}
		if r.Float64() < 0.12+0.35*smoothstep(0.5, 0.65, fractalNoise(83, p.x/50, p.y/7)) {
			shade = pick(r, hexes(0x2c5ab8, 0x1c3c90, 0x6aa8d8, 0x3478b8))
		}
		marks = append(marks, knife(r, p, 0.06*r.NormFloat64(), 8+6*depth).with(shade, shade.jitter(r, 0.12)))
	}
	c.paint(marks)
}

// autumnTrunk paints a birch from its foot upwards: white towards the sun, blue-grey on the other side, with dark scars.
func autumnTrunk(c *canvas, r *rand.Rand, t birch) {
	foot := autumnShore - 22 + 12*r.Float64() + t.width*0.5
	toLight := 1.0
	if t.x > autumnGlow.x {
		toLight = -1
	}
	var marks []stroke
	for y := foot; y > -10; y -= t.width * 0.22 {
		thin := t.width * (0.55 + 0.45*y/foot)
		p := point{t.x + t.lean*(foot-y) + 2*math.Sin(y/37+t.x), y}
		side := 2*r.Float64() - 1
		bark := ramp(hexes(0x5a5a90, 0xa8a0b8, 0xf4ead8, 0xfff6d8)).at(0.5 + 0.45*side*toLight + 0.1*r.NormFloat64())
		pull := knife(r, point{p.x + side*thin*0.3, p.y}, math.Pi/2+0.2*r.NormFloat64(), thin*0.6+2)
		marks = append(marks, pull.with(bark, hex(0xf8e0b0)))
		if r.Float64() < 0.13 {
			scar := knife(r, point{p.x + 0.3*thin*r.NormFloat64(), p.y}, 0.25*r.NormFloat64(), thin*0.7)
			scar.width = 2 + 0.12*t.width
			marks = append(marks, scar.with(hex(0x2a1c2c), hex(0x5a3038)))
		}
	}
	c.paint(marks)
}

// autumnSprays paints bright leaves in front of the trunks and a few on the water.
func autumnSprays(c *canvas, r *rand.Rand) {
	bright := hexes(0xffdc48, 0xffb428, 0xf87c1c, 0xe83c20, 0xfff0a0)
	var marks []stroke
	for _, p := range scatter(r, c.width, c.height, 9) {
		chance := 0.9 * smoothstep(0.55, 0.75, fractalNoise(82, p.x/70, p.y/50)) * smoothstep(250, 120, p.y)
		if p.y > autumnShore {
			chance = 0.05
		}
		if r.Float64() < chance {
			marks = append(marks, knife(r, p, math.Pi*r.Float64(), 8).with(pick(r, bright), pick(r, bright)))
		}
	}
	c.paint(marks)
}
