package main

import (
	"math"
	"math/rand/v2"
)

var (
	inkBlack = hex(0x16161c)
	inkRice  = hex(0xf2ead8)
	inkSeal  = hex(0xb8281e)
)

// inkRidge returns the y of mountain ridge n at x; a larger n is nearer.
func inkRidge(n int, x float64) float64 {
	peak := []point{{270, 150}, {90, 190}, {330, 262}, {150, 330}}[n]
	rise := []float64{96, 92, 84, 66}[n]
	wide := []float64{74, 62, 84, 96}[n]
	d := (x - peak.x) / wide
	crag := fractalNoise(uint32(90+n), x/34, 0) - 0.5
	return peak.y + rise*(1-1/(1+d*d)) - 0.35*rise + crag*rise*0.55
}

// inkBleed returns how dark ridge n is at p: darkest along its edge, fading into mist below, with blotches.
func inkBleed(n int, p point) float64 {
	wet := 7 * (fractalNoise(100, p.x/12, p.y/12) - 0.5) // the ink bleeds into wet paper
	depth := p.y - inkRidge(n, p.x) + wet
	if depth < 0 {
		return 0
	}
	reach := []float64{60, 72, 80, 52}[n]
	body := math.Exp(-depth/reach) * (0.55 + 0.9*fractalNoise(uint32(110+n), p.x/46, p.y/70))
	rim := 0.35 * math.Exp(-depth/2.2) // pigment gathers at the edge of a wash
	return (body + rim) * []float64{0.3, 0.42, 0.58, 0.85}[n] * smoothstep(0, 1.6, depth)
}

// paintInkWash paints mountains in mist, bamboo, a boat, a red sun and a seal, in ink on rice paper.
func paintInkWash(c *canvas) {
	r := rand.New(rand.NewPCG(51, 7))
	c.fill(func(p point, _ colour) colour { return inkPaperAt(p) })
	c.fill(func(p point, old colour) colour {
		edge := 27 + 3*(fractalNoise(120, p.x/14, p.y/14)-0.5)
		d := p.dist(point{112, 92})
		return old.mix(hex(0xc83a22), smoothstep(edge, edge-2, d)*(0.6+0.5*fractalNoise(121, p.x/20, p.y/20)))
	})
	for n := range 4 {
		c.fill(func(p point, old colour) colour {
			dark := clamp(inkBleed(n, p))
			mist := 0.75 * smoothstep(-6, 60, p.y-inkRidge(n, p.x)) * (1 - dark)
			return old.mix(inkPaperAt(p), mist*0.6).filter(colour{1, 1, 1}.mix(hex(0x2a2c38), dark))
		})
		inkTexture(c, r, n)
	}
	inkBamboo(c, r)
	inkBoat(c, r)
	inkStamp(c)
	c.fill(func(p point, old colour) colour { return old.times(0.97 + 0.06*valueNoise(122, p.x*1.1, p.y*1.1)) })
}

// inkPaperAt returns the colour of the rice paper at p, with long pale fibres.
func inkPaperAt(p point) colour {
	fibre := valueNoise(123, p.x/26+2*valueNoise(124, p.x/9, p.y/9), p.y/1.4)
	return inkRice.times(0.93 + 0.05*fibre + 0.05*fractalNoise(125, p.x/120, p.y/120))
}

// inkTexture paints the rock of ridge n in dry strokes that run down from its edge.
func inkTexture(c *canvas, r *rand.Rand, n int) {
	var strokes []stroke
	for range 160 + 80*n {
		x := 420*r.Float64() - 10
		down := r.Float64() * r.Float64() * 70
		p := point{x, inkRidge(n, x) + 4 + down}
		slope := math.Atan2(inkRidge(n, x+6)-inkRidge(n, x-6), 12)
		steep := math.Pi/2 - 0.5*slope + 0.3*r.NormFloat64()
		strokes = append(strokes, stroke{
			brush: brush{width: 1.5 + (1.5+float64(n))*r.Float64(), streak: 0.3, dry: 0.8, sheer: 0.7 - 0.12*float64(n), taper: 0.3},
			seed:  r.Uint32(), path: streamline(p, 8+20*r.Float64(), 3, func(q point) float64 { return steep + 0.3*math.Sin(q.y/9) }),
			colour: inkBlack, tint: hex(0x3a3c48),
		})
	}
	c.paint(strokes)
}

// inkBamboo paints the stalks, from joint to joint, and clusters of leaves.
func inkBamboo(c *canvas, r *rand.Rand) {
	for _, stalk := range []struct{ x, lean, width, ink float64 }{{330, -0.05, 13, 0.5}, {372, -0.1, 17, 0.12}, {296, 0.03, 8, 0.62}} {
		shade := inkBlack.mix(hex(0x9a9a98), stalk.ink)
		p := point{stalk.x, 530}
		for p.y > -30 {
			length := 70 + 14*r.Float64()
			next := p.step(-math.Pi/2+stalk.lean+0.02*r.NormFloat64(), length)
			mid := p.plus(next).times(0.5)
			c.paint([]stroke{{
				brush: brush{width: stalk.width, streak: 0.5, dry: 0.7, sheer: 0.1}, seed: r.Uint32(),
				path: []point{p.step(-math.Pi/2, 5), mid, next.step(math.Pi/2, 5)}, colour: shade, tint: shade.mix(inkRice, 0.5),
			}, {
				brush: brush{width: 4, sheer: 0.05, taper: 0.5}, seed: r.Uint32(),
				path:   []point{next.plus(point{-stalk.width * 0.6, -1}), next.plus(point{0, 2}), next.plus(point{stalk.width * 0.6, -1})},
				colour: inkBlack, tint: inkBlack,
			}})
			if r.Float64() < 0.75 {
				inkCluster(c, r, next, shade)
			}
			p = next
		}
	}
	twig := []point{{345, 20}, {310, 14}, {270, 22}, {236, 40}, {214, 62}}
	c.paint([]stroke{{brush: brush{width: 3.4, streak: 0.2, taper: 0.3}, path: twig, colour: inkBlack, tint: inkBlack}})
	for _, p := range twig[1:] {
		inkCluster(c, r, p, inkBlack)
	}
}

// inkCluster paints leaves that hang from a joint, each of them one pointed stroke.
func inkCluster(c *canvas, r *rand.Rand, joint point, shade colour) {
	toLeft := math.Pi/2 + 0.9
	if r.Float64() < 0.3 {
		toLeft = math.Pi/2 - 0.9
	}
	tip := joint.step(toLeft-0.5, 22)
	strokes := []stroke{{brush: brush{width: 2.4, streak: 0.2}, seed: r.Uint32(), path: []point{joint, tip}, colour: shade, tint: shade}}
	for range 4 + r.IntN(4) {
		angle := toLeft + 0.55*r.NormFloat64()
		start := joint.step(toLeft-0.5, 24*r.Float64())
		length := 36 + 30*r.Float64()
		ink := shade.mix(hex(0x8a8a8c), 0.7*r.Float64()*r.Float64())
		bend := 0.012 * r.NormFloat64()
		path := []point{start}
		for d := 0.0; d < length; d += 4 {
			path = append(path, path[len(path)-1].step(angle+bend*d, 4))
		}
		strokes = append(strokes, stroke{
			brush: brush{width: 8 + 4*r.Float64(), streak: 0.35, dry: 0.25, sheer: 0.08, taper: 1}, seed: r.Uint32(),
			path: path, colour: ink, tint: ink.mix(inkRice, 0.25),
		})
	}
	c.paint(strokes)
}

// inkBoat paints a boat with a boatman, and ripples.
func inkBoat(c *canvas, r *rand.Rand) {
	mark := func(width, dry, sheer float64, path ...point) stroke {
		return stroke{
			brush: brush{width: width, dry: dry, sheer: sheer, taper: 0.8, streak: 0.3}, seed: r.Uint32(),
			path: path, colour: inkBlack, tint: hex(0x3a3a44),
		}
	}
	c.paint([]stroke{
		mark(6, 0.1, 0, point{132, 430}, point{150, 438}, point{178, 440}, point{206, 436}, point{222, 428}),
		mark(7, 0, 0.1, point{186, 436}, point{187, 424}, point{184, 414}),
		mark(4.5, 0, 0.05, point{177, 414}, point{185, 408}, point{193, 413}),
		mark(1.8, 0.2, 0.1, point{200, 384}, point{192, 420}, point{183, 462}),
		mark(5, 0.9, 0.4, point{140, 449}, point{180, 450}, point{216, 448}),
		mark(3, 0.9, 0.5, point{96, 462}, point{150, 460}, point{190, 463}),
		mark(3, 0.9, 0.6, point{170, 474}, point{220, 473}, point{262, 475}),
	})
}

// inkStamp draws the red seal, a square with a pattern.
func inkStamp(c *canvas) {
	c.fill(func(p point, old colour) colour {
		u, v := p.x-34, p.y-452
		if min(u, v, 30-u, 30-v) < 0.8*valueNoise(126, p.x/2, p.y/2) {
			return old
		}
		cut := min(math.Abs(math.Hypot(u-15, v-15)-9), math.Abs(u-15)+smoothstep(6, 8, math.Abs(v-15)), math.Abs(v-20)+smoothstep(8, 6, math.Abs(u-15)))
		worn := smoothstep(0.75, 0.6, fractalNoise(127, p.x/5, p.y/5))
		return old.mix(inkSeal, 0.9*smoothstep(1, 1.8, cut)*worn)
	})
}
