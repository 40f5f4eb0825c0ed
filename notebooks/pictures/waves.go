package main

import (
	"math"
	"math/rand/v2"
)

// The inks of the woodblock print.
var (
	printLine  = hex(0x14234a)
	printDeep  = hex(0x1f3f78)
	printBlue  = hex(0x3d73a8)
	printPale  = hex(0x9cc4cf)
	printFoam  = hex(0xf6efdc)
	printPaper = hex(0xecdcb8)
)

// paintWaves draws a breaking wave and a low sun as a woodblock print: flat inks, dark outlines, a gradient in the sky, and the
// grain of the paper.
func paintWaves(c *canvas) {
	r := rand.New(rand.NewPCG(5, 3))
	c.fill(func(p point, _ colour) colour { return waveSky(p) })
	paintClouds(c, r)
	sun := disk(point{246, 236}, 54)
	c.fillShapes([][]point{sun}, func(p point) colour {
		return hex(0xd8452e).mix(hex(0xf0a050), smoothstep(215, 300, p.y))
	})
	c.fillShapes([][]point{line(append(sun, sun[0]), 1.6)}, solid(printLine))
	paintSea(c, 282, []colour{printPale, printBlue, printPale, printBlue, printDeep})
	paintWave(c, r, 11, []knot{ // a far wave
		{point{60, 440}, 150}, {point{46, 340}, 84}, {point{26, 280}, 50}, {point{-14, 244}, 28}, {point{-60, 244}, 10},
	})
	paintWave(c, r, 23, []knot{ // the large one
		{point{476, 470}, 230}, {point{444, 300}, 124}, {point{404, 172}, 80}, {point{334, 90}, 54},
		{point{248, 80}, 38}, {point{190, 126}, 24}, {point{180, 180}, 3},
	})
	paintWave(c, r, 15, []knot{ // one in front
		{point{270, 480}, 170}, {point{216, 384}, 84}, {point{166, 316}, 44}, {point{106, 292}, 28}, {point{66, 318}, 14}, {point{60, 346}, 2},
	})
	printGrain(c)
}

// paintSea draws horizontal bands of water from the horizon at y downwards.
func paintSea(c *canvas, y float64, inks []colour) {
	for n, ink := range inks {
		var top []point
		for x := -10.0; x <= c.width+10; x += 4 {
			swell := 3 + 2*float64(n)
			top = append(top, point{x, y + 16*float64(n) + swell*math.Sin(x/(30+9*float64(n))+2*float64(n))})
		}
		down := append(append([]point{}, top...), point{c.width + 10, c.height + 10}, point{-10, c.height + 10})
		c.fillShapes([][]point{down}, solid(ink))
		c.fillShapes([][]point{line(top, 1.5)}, solid(printLine))
	}
}

// paintClouds draws long horizontal clouds with round ends.
func paintClouds(c *canvas, r *rand.Rand) {
	for _, left := range []point{{-40, 70}, {30, 84}, {-30, 98}, {70, 148}, {-10, 162}, {400, 60}, {440, 46}, {36, 176}, {-20, 216}} {
		s := []knot{{left, 7}, {left.plus(point{110 + 60*r.Float64(), 0}), 7}}
		shape := [][]point{ribbon(s, constant(-1), constant(1)), disk(s[0].point, 7), disk(s[1].point, 7)}
		outline := [][]point{disk(s[0].point, 8.2), disk(s[1].point, 8.2)}
		s[0].half, s[1].half = 8.2, 8.2
		c.fillShapes(append(outline, ribbon(s, constant(-1), constant(1))), solid(hex(0x8f8a88)))
		c.fillShapes(shape, func(p point) colour { return printFoam.mix(hex(0xe8b898), smoothstep(left.y-2, left.y+8, p.y)) })
	}
}

// waveSky returns the colour of the sky at p: dark at the top, then paper, and haze near the horizon.
func waveSky(p point) colour {
	c := printPaper.mix(hex(0x40598a), smoothstep(56, -14, p.y+5*valueNoise(1, p.x/90, 0)))
	c = c.mix(hex(0xf0c890), 0.8*smoothstep(120, 230, p.y))
	return c.mix(hex(0x6f9fb4), smoothstep(236, 330, p.y))
}

// paintWave draws a wave along its knots, from its foot to its crest: bands of water, then foam on the crest.
func paintWave(c *canvas, r *rand.Rand, bands int, knots []knot) {
	s := spine(knots, 24)
	inks := []colour{printDeep, printBlue, printDeep, printPale, printBlue, printPale}
	edges := make([]func(t float64) float64, bands+1)
	at := make([]float64, bands+1)
	for n := range bands {
		at[n+1] = at[n] + 0.4 + r.Float64()
	}
	for n := range edges {
		f := at[n] / at[bands]
		edges[n] = func(t float64) float64 {
			return lerp(-1, 1, f) + 0.1*math.Sin(6*t+1.3*float64(n))*math.Sin(math.Pi*f)
		}
	}
	c.fillShapes([][]point{ribbon(s, constant(-1), constant(1))}, solid(printDeep))
	for n := range bands {
		c.fillShapes([][]point{ribbon(s, edges[n], edges[n+1])}, solid(inks[n%len(inks)]))
		c.fillShapes([][]point{line(edge(s, edges[n]), 1.4)}, solid(printLine))
	}
	c.fillShapes([][]point{line(edge(s, constant(-1)), 2.6), line(edge(s, constant(1)), 2.6)}, solid(printLine))
	paintFoam(c, r, s[len(s)*4/10:])
}

// edge returns the path along one side of a spine.
func edge(s []knot, at func(t float64) float64) []point {
	path := make([]point, len(s))
	for i := range s {
		path[i] = offset(s, i, at(float64(i)/float64(len(s)-1)))
	}
	return path
}

// foamRim is the lower side of the foam along a crest: no foam at its start, t = 0, and nothing but foam at its tip, t = 1.
func foamRim(t float64) float64 {
	return lerp(1, -0.75, smoothstep(0, 0.6, t)) + 0.16*math.Sin(19*t)*smoothstep(0, 0.2, t)
}

// paintFoam draws the foam of a crest: claws, drops in front of them, and a white cap.
func paintFoam(c *canvas, r *rand.Rand, crest []knot) {
	last := len(crest) - 1
	before := crest[0].point
	for i := 5; i <= last; i++ {
		t := float64(i) / float64(last)
		rim := offset(crest, i, foamRim(t))
		size := (0.8*crest[i].half + 24) * smoothstep(0, 0.3, t) * (0.75 + 0.5*r.Float64())
		if rim.dist(before) < 0.32*size+3 {
			continue // too close to the previous claw
		}
		before = rim
		forward := crest[i].minus(crest[i-1].point)
		angle := math.Atan2(forward.y, forward.x) - 1.25 + 0.6*t + 0.2*r.NormFloat64()
		paintClaw(c, r, claw{rim.step(angle, -0.3*size), angle, size})
		for range 4 {
			paintDrop(c, r, rim.step(angle+0.6*r.NormFloat64(), 34+44*r.Float64()))
		}
	}
	c.fillShapes([][]point{ribbon(crest, foamRim, constant(1))}, solid(printFoam))
	for _, f := range []float64{0.25, 0.5, 0.75} { // folds in the cap
		fold := func(t float64) float64 { return lerp(1, foamRim(t), f) }
		c.fillShapes([][]point{line(edge(crest[len(crest)/5:len(crest)*4/5], fold), 2)}, solid(printPale))
	}
	c.fillShapes([][]point{line(append(edge(crest, constant(1)), offset(crest, last, -1)), 2.6)}, solid(printLine))
}

// paintDrop draws a drop of spray.
func paintDrop(c *canvas, r *rand.Rand, p point) {
	radius := 0.7 + 1.5*r.Float64()*r.Float64()
	c.fillShapes([][]point{disk(p, radius+0.9)}, solid(printLine))
	c.fillShapes([][]point{disk(p, radius)}, solid(printFoam))
}

// claw is a curling finger of foam: its root, its direction there, in radians, and its length.
type claw struct {
	root        point
	angle, size float64
}

// paintClaw draws a claw and its smaller claws: white with a pale shadow and a dark outline.
func paintClaw(c *canvas, r *rand.Rand, w claw) {
	var outer, inner, shadow [][]point
	for _, f := range w.grow(r, 2) {
		outer = append(outer, ribbon(f, constant(-1), constant(1)))
		inner = append(inner, ribbon(thinner(f, 1.1), constant(-1), constant(1)))
		shadow = append(shadow, ribbon(thinner(f, 1.1), constant(0.1), constant(0.8)))
	}
	c.fillShapes(outer, solid(printLine))
	c.fillShapes(inner, solid(printFoam))
	c.fillShapes(shadow, solid(printPale))
}

// grow returns the spines of a claw and of the smaller claws on it, down to depth generations.
func (w claw) grow(r *rand.Rand, depth int) [][]knot {
	const n = 14
	bend := -(0.06 + 0.08*r.Float64())
	own := make([]knot, n)
	var all [][]knot
	p := w.root
	for i := range n {
		t := float64(i) / (n - 1)
		own[i] = knot{p, w.size * 0.2 * math.Sqrt(1-0.98*t*t)}
		if depth > 0 && (i == 5 || i == 9) {
			child := claw{p, w.angle + 0.8*float64(i/2-3), w.size * 0.6}
			all = append(all, child.grow(r, depth-1)...)
		}
		w.angle += bend * (0.3 + 2*t)
		p = p.step(w.angle, w.size/n*1.2)
	}
	return append(all, own)
}

// thinner returns a spine without its tip, narrower by width on both sides.
func thinner(s []knot, width float64) []knot {
	out := make([]knot, len(s)-1)
	for i := range out {
		out[i] = knot{s[i].point, max(s[i].half-width, 0.2)}
	}
	return out
}

// printGrain adds the grain of the woodblock and the fibres of the paper to the inks.
func printGrain(c *canvas) {
	c.fill(func(p point, ink colour) colour {
		wood := valueNoise(21, p.x/90, p.y/1.6+6*valueNoise(22, p.x/140, p.y/60))
		mottle := fractalNoise(23, p.x/14, p.y/14)
		fibre := valueNoise(24, p.x*1.3, p.y*1.3)
		bare := 0.1*wood + 0.12*(mottle-0.3) + 0.06*fibre
		return ink.mix(hex(0xfff4d8), clamp(bare)).times(0.97 + 0.05*fibre)
	})
}
