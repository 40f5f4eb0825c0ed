package main

import (
	"math"
	"math/rand/v2"
)

// The heights of the meadow's scene, in picture units.
const (
	meadowHorizon = 168 // where the meadow meets the far trees
	meadowNear    = 200 // where the flowers begin
)

// meadowColour returns the mean colour of the dots around p.
func meadowColour(p point) colour {
	if leaf, lit := meadowTree(p); leaf {
		return ramp(hexes(0x1c3a6a, 0x1f6a4c, 0x6cac34, 0xe8dc5c)).at(lit)
	}
	trees := meadowHorizon - 4 - 44*meadowCrown(p.x)
	hills := meadowHorizon - 18 - 12*math.Sin(p.x/80+1) - 5*math.Sin(p.x/33)
	switch {
	case p.y < min(trees, hills):
		return meadowSky(p)
	case p.y < trees:
		return hex(0x7480d0).mix(hex(0x90b4a8), smoothstep(hills, meadowHorizon, p.y))
	case p.y < meadowHorizon+6:
		lit := smoothstep(trees+26, trees, p.y)
		return hex(0x28407c).mix(hex(0x9cb83c), lit*(0.4+valueNoise(52, p.x/8, p.y/8)))
	}
	return meadowGround(p)
}

// meadowSky returns the colour of the sky at p: warm near the horizon, with clouds and a low sun.
func meadowSky(p point) colour {
	c := ramp(hexes(0x3f78d0, 0x6ea6e4, 0xb4d0e8, 0xf8d8a8, 0xf8b890)).at(p.y / meadowHorizon)
	c = c.mix(hex(0xfff0e0), smoothstep(0.5, 0.68, fractalNoise(51, p.x/120, p.y/38)))
	return c.mix(hex(0xffe45c), min(1, 1.3*gaussian(p.dist(point{136, 92}), 26)))
}

// meadowGround returns the colour of the ground at p: grass, a path, and the blue shadow of the large tree.
func meadowGround(p point) colour {
	shade := p.minus(point{372, 300})
	shadow := smoothstep(1.1, 0.8, math.Hypot(shade.x/150, shade.y/34)+0.5*(valueNoise(58, p.x/20, p.y/7)-0.5))
	if meadowPath(p) {
		return hex(0xf8d898).mix(hex(0x9a78b8), max(0.9*shadow, smoothstep(0.45, 0.65, fractalNoise(53, p.x/30, p.y/9))))
	}
	grass := ramp(hexes(0xf0dc60, 0xb8cc3c, 0x5ca434, 0x2a7c48))
	c := grass.at((p.y-meadowHorizon)/280 + 1.2*(fractalNoise(54, p.x/60, p.y/14)-0.45))
	return c.mix(hex(0x27509a), 0.85*shadow)
}

// meadowPath returns whether p is on the path.
func meadowPath(p point) bool {
	middle := 226 + 44*math.Sin(p.y/58) + (p.y-meadowHorizon)*0.1
	return math.Abs(p.x-middle) < 3+(p.y-meadowHorizon)*0.14
}

// meadowTree returns whether p is on the large tree at the right, and how much sun is there, 0 to 1.
func meadowTree(p point) (leaf bool, lit float64) {
	if math.Abs(p.x-(428+4*math.Sin(p.y/30))) < 9+smoothstep(270, 310, p.y)*10 && p.y > 150 && p.y < 306 {
		return true, 0.3 * smoothstep(436, 420, p.x)
	}
	for _, t := range []point{{380, 70}, {440, 52}, {494, 96}, {404, 116}, {466, 132}, {352, 104}, {428, 150}} {
		d := p.minus(t)
		turn := math.Atan2(d.y, d.x)
		if math.Hypot(d.x, d.y) < 44+8*valueNoise(59, 5+2.5*turn, t.x) {
			leaf = true
			lit = max(lit, 0.5-0.009*d.x-0.012*d.y)
		}
	}
	return leaf, clamp(lit + 0.5*(valueNoise(50, p.x/13, p.y/13)-0.5))
}

// meadowCrown returns the height of the far trees at x, 0 to 1.
func meadowCrown(x float64) float64 {
	sum := 0.12 * valueNoise(56, x/14, 0)
	for _, t := range []point{{10, 1}, {48, 0.7}, {84, 0.5}, {210, 0.45}, {250, 0.7}, {290, 0.5}} {
		d := (x - t.x) / 28
		sum = max(sum, t.y*math.Sqrt(max(0, 1-d*d))+0.1*valueNoise(57, x/5, 0))
	}
	return sum
}

// meadowBloom returns the probability of a flower at p, and the colours of its kind. Flowers of a kind grow together.
func meadowBloom(p point) (chance float64, kind []colour) {
	kinds := [][]colour{
		hexes(0xe8283c, 0xf04848, 0xc81840), // poppies
		hexes(0x3c48d0, 0x5a6ae8, 0x7a50c8), // cornflowers
		hexes(0xffd828, 0xffe870, 0xf8b820), // buttercups
		hexes(0xfff8f0, 0xf8e8f4, 0xf4b4d0), // daisies
	}
	best, n := 0.0, 0
	for k := range kinds {
		if v := fractalNoise(60+uint32(k), p.x/70, p.y/26); v > best {
			best, n = v, k
		}
	}
	return 0.75 * smoothstep(0.53, 0.66, best) * smoothstep(meadowHorizon+8, meadowNear+50, p.y), kinds[n]
}

// paintMeadow paints a summer meadow in dots of pure colour (pointillism), which have the right colour only on average.
func paintMeadow(c *canvas) {
	r := rand.New(rand.NewPCG(31, 5))
	c.fill(func(p point, _ colour) colour { return meadowColour(p).mix(hex(0xf4e8d0), 0.35) })
	for _, size := range []float64{11, 8.5, 7} {
		var dots []stroke
		for _, p := range scatter(r, c.width, c.height, size*0.8) {
			depth := 0.75 + 0.4*smoothstep(meadowHorizon, c.height, p.y) // nearer is larger
			dots = append(dots, meadowDot(r, p, size*depth, meadowColour(p)))
		}
		c.paint(dots)
	}
	var flowers []stroke
	for _, p := range scatter(r, c.width, c.height, 7) {
		if chance, kind := meadowBloom(p); r.Float64() < chance && !meadowPath(p) {
			size := 4 + 6*smoothstep(meadowNear, c.height, p.y)
			flowers = append(flowers, meadowDot(r, p, size*(0.7+0.5*r.Float64()), pick(r, kind)))
		}
	}
	c.paint(flowers)
}

// meadowDot returns a dot whose hue is near that of the wanted colour or, sometimes, the complementary one.
func meadowDot(r *rand.Rand, p point, size float64, wanted colour) stroke {
	shift := 0.4 * r.NormFloat64()
	c := wanted.rotateHue(shift).saturate(1.3).jitter(r, 0.07)
	if r.Float64() < 0.1 {
		c = wanted.rotateHue(math.Pi).mix(wanted, 0.45)
	}
	angle := 2 * math.Pi * r.Float64()
	return stroke{
		brush: brush{width: size, body: 0.7, streak: 0.1, round: true}, seed: r.Uint32(),
		path:   []point{p.step(angle, -0.1*size), p.step(angle, 0.1*size)},
		colour: c, tint: c.jitter(r, 0.06),
	}
}
