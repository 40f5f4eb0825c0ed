package main

import (
	"math"
	"math/rand/v2"
)

// vortex is a star or a gust of wind, around which the wind turns.
type vortex struct {
	centre point
	radius float64
	turn   float64 // strength; its sign is the sense of rotation
	glow   float64 // radius of the bright core of a star; 0 for a gust
}

// nightVortices are the moon, the stars and two gusts.
var nightVortices = []vortex{
	{point{98, 84}, 44, 50, 26},
	{point{226, 44}, 24, -26, 12},
	{point{300, 108}, 30, 32, 15},
	{point{404, 46}, 26, -28, 13},
	{point{484, 140}, 20, 22, 9},
	{point{34, 196}, 20, -22, 9},
	{point{164, 160}, 16, 18, 7.5},
	{point{338, 26}, 12, 14, 6},
	{point{222, 206}, 52, -105, 0},
	{point{352, 196}, 46, 95, 0},
}

// nightHill returns the y of a skyline at x: n is 0 for the far shore of the lake, 1 for the near one.
func nightHill(n int, x float64) float64 {
	if n == 0 {
		return 284 - 26*math.Sin(x/88+0.6) - 8*math.Sin(x/31)
	}
	return 374 - 14*math.Sin(x/96-0.9) - 4*math.Sin(x/29)
}

// nightLake is the y of the waterline at the far shore.
const nightLake = 318

// nightStream is the stream function of the wind, which blows along the function's level lines. A vortex suppresses the breeze
// at its centre, so that the lines there are rings.
func nightStream(p point) float64 {
	psi := nightBreeze(p)
	for _, w := range nightVortices {
		b := gaussian(p.dist(w.centre), w.radius*0.8)
		psi += (nightBreeze(w.centre) - nightBreeze(p) + w.turn) * b
	}
	return psi
}

// nightBreeze is the stream function between the vortices: long waves.
func nightBreeze(p point) float64 {
	return p.y + 16*math.Sin(p.x/74+p.y/120) + 5*math.Sin(p.x/31-p.y/60)
}

// nightWind returns the direction of the wind at p, in radians.
func nightWind(p point) float64 {
	const e = 0.5
	dx := nightStream(point{p.x + e, p.y}) - nightStream(point{p.x - e, p.y})
	dy := nightStream(point{p.x, p.y + e}) - nightStream(point{p.x, p.y - e})
	return math.Atan2(-dx, dy)
}

var (
	nightBlues = ramp(hexes(0x0b1440, 0x122b78, 0x1d4aa8, 0x2f74c4, 0x6cb0dc, 0xb5dbe6))
	nightGlow  = ramp(hexes(0xfffbe0, 0xffe97a, 0xf8c93a, 0xe0b040, 0x9fb878, 0x4f93b8))
)

// nightSkyColour returns a colour of the sky at p: bands of blue along the wind, paler towards the hills.
func nightSkyColour(r *rand.Rand, p point) colour {
	ribbon := valueNoise(71, nightStream(p)/14, p.x/160+p.y/200)
	t := 0.02 + 0.55*ribbon + (0.12+0.3*ribbon)*smoothstep(120, 300, p.y) + 0.1*r.NormFloat64()
	c := nightBlues.at(t)
	if r.Float64() < 0.14 {
		return c.mix(pick(r, hexes(0x2aa6a0, 0x5a4fb0, 0x86c8b8)), 0.55)
	}
	return c
}

// paintNightSky paints a moon and stars in a turbulent wind over dark hills and a lake.
func paintNightSky(c *canvas) {
	r := rand.New(rand.NewPCG(4, 1))
	c.fill(func(p point, _ colour) colour { return hex(0x0d1a4a) })
	layers := []struct {
		brush
		length, gap float64 // of a stroke, and between strokes
	}{
		{brush{width: 18, body: 0.5, streak: 0.3}, 70, 10},
		{brush{width: 12, body: 1.2, streak: 0.25, dry: 0.1}, 48, 9},
		{brush{width: 8, body: 1.5, streak: 0.25, dry: 0.2}, 30, 10.5},
	}
	for _, l := range layers {
		var strokes []stroke
		for _, p := range scatter(r, c.width, 330, l.gap) {
			strokes = append(strokes, nightStroke(r, l.brush, l.length, p))
		}
		c.paint(strokes)
	}
	for _, w := range nightVortices {
		if w.glow > 0 {
			paintNightGlow(c, r, w)
		}
	}
	paintNightMoon(c, r)
	paintNightHill(c, r, 0)
	paintNightLake(c, r)
	paintNightHill(c, r, 1)
	paintNightTree(c, r, point{452, 392}, 250)
	paintNightTree(c, r, point{418, 398}, 155)
}

// nightStroke returns a stroke of the sky through p. Near a vortex it is shorter and finer, to follow the rings.
func nightStroke(r *rand.Rand, b brush, length float64, p point) stroke {
	for _, w := range nightVortices {
		near := gaussian(p.dist(w.centre), w.radius)
		length = lerp(length, min(length, w.radius*0.9), near)
		if w.glow > 0 {
			b.width = lerp(b.width, min(b.width, w.glow*0.55), near)
		}
	}
	length *= 0.6 + 0.8*r.Float64()
	b.width *= 0.7 + 0.6*r.Float64()
	base := nightSkyColour(r, p)
	return stroke{
		brush: b, path: streamline(p, length, 3, nightWind), seed: r.Uint32(),
		colour: base.jitter(r, 0.04), tint: nightSkyColour(r, p).jitter(r, 0.05),
	}
}

// arc returns a short stroke around the vortex, at distance d from its centre.
func (w vortex) arc(r *rand.Rand, d float64, shade colour) stroke {
	around := func(q point) float64 { q = q.minus(w.centre); return math.Atan2(q.y, q.x) + math.Pi/2 + 0.12 }
	start := w.centre.step(2*math.Pi*r.Float64(), d)
	return stroke{
		brush: brush{width: (3.2 + 0.12*w.glow) * (0.8 + 0.4*r.Float64()), body: 1.3, streak: 0.2}, seed: r.Uint32(),
		path:   streamline(start, min(8+0.5*d, 22), 1.5, around),
		colour: shade.jitter(r, 0.03), tint: shade.mix(hex(0xffd84e), 0.4),
	}
}

// paintNightGlow paints rings of short strokes around a star: a white core, then gold, and outside it fewer and fewer strokes.
func paintNightGlow(c *canvas, r *rand.Rand, w vortex) {
	width := 3.2 + 0.12*w.glow
	var strokes []stroke
	for d := 2.9 * w.glow; d > 0.5; d -= width * 0.62 {
		relative := d / w.glow // 1 at the edge of the core
		for range int(2*math.Pi*d/(width*1.5)) + 1 {
			if r.Float64() < smoothstep(3.3, 1.2, relative) {
				strokes = append(strokes, w.arc(r, d, nightGlow.at(relative/2.7+0.06*r.NormFloat64())))
			}
		}
	}
	for range 7 {
		strokes = append(strokes, w.arc(r, 0.15*w.glow*r.Float64(), nightGlow[0]))
	}
	c.paint(strokes)
}

// paintNightMoon paints the dark side of the moon, then the bright crescent: a disk without a second disk.
func paintNightMoon(c *canvas, r *rand.Rand) {
	moon := nightVortices[0]
	shadow := moon.centre.step(0.5, -11)
	var dark, bright []stroke
	for range 150 {
		s := moon.arc(r, 32*math.Sqrt(r.Float64()), pick(r, hexes(0x2f6fae, 0x3f8fb0, 0x255a9c)))
		s.tint = s.colour.mix(hex(0x8fd0d8), 0.4)
		dark = append(dark, s)
	}
	for range 420 {
		s := moon.arc(r, 26*math.Sqrt(r.Float64()), nightGlow.at(0.15*r.Float64()))
		if s.path[len(s.path)/2].dist(shadow) > 23 {
			s.width = 4.5
			bright = append(bright, s)
		}
	}
	c.paint(append(dark, bright...))
}

// paintNightHill paints hill n in strokes along its slope.
func paintNightHill(c *canvas, r *rand.Rand, n int) {
	shades := [][]colour{
		hexes(0x16305f, 0x1f4a7c, 0x10234f, 0x2e6a8e, 0x2a7a78),
		hexes(0x0a1730, 0x10302f, 0x091022, 0x1c5a40, 0x3a6a34),
	}[n]
	slope := func(p point) float64 {
		return math.Atan2(nightHill(n, p.x+2)-nightHill(n, p.x-2), 4) + 0.25*math.Sin(p.y/9)
	}
	var strokes []stroke
	for _, p := range scatter(r, c.width, c.height, 6) {
		if p.y < nightHill(n, p.x)+4 {
			continue
		}
		strokes = append(strokes, stroke{
			brush: brush{width: 5 + 4*r.Float64(), body: 0.9, streak: 0.35, dry: 0.15}, seed: r.Uint32(),
			path:   streamline(p, 20+20*r.Float64(), 4, slope),
			colour: pick(r, shades).jitter(r, 0.03), tint: pick(r, shades),
		})
	}
	c.paint(strokes)
}

// paintNightLake paints the water in horizontal strokes; the golden ones under each star are its reflection.
func paintNightLake(c *canvas, r *rand.Rand) {
	level := func(p point) float64 { return 0.12 * math.Sin(p.x/17+p.y/5) }
	var strokes []stroke
	for _, p := range scatter(r, c.width, c.height, 6) {
		if p.y < nightLake {
			continue
		}
		t := 0.1 + 0.6*valueNoise(72, p.x/60, p.y/5) + 0.1*r.NormFloat64()
		shade := nightBlues.at(t)
		for _, w := range nightVortices {
			glint := smoothstep(1.6, 0.3, math.Abs(p.x-w.centre.x)/(w.glow+0.1)) * (0.55 + 0.45*math.Sin(p.y*0.75))
			if r.Float64() < glint {
				shade = nightGlow.at(0.2 + 0.5*r.Float64())
			}
		}
		strokes = append(strokes, stroke{
			brush: brush{width: 3.5 + 3*r.Float64(), body: 1.2, streak: 0.25, dry: 0.2}, seed: r.Uint32(),
			path:   streamline(p, 14+18*r.Float64(), 4, level),
			colour: shade.jitter(r, 0.04), tint: nightBlues.at(t + 0.2),
		})
	}
	c.paint(strokes)
}

// paintNightTree paints a tall dark tree whose branches rise like flames.
func paintNightTree(c *canvas, r *rand.Rand, foot point, height float64) {
	greens := hexes(0x07130f, 0x0f2a1c, 0x0a1a2e, 0x244a26, 0x3a3414)
	count := int(height * 2.2)
	var strokes []stroke
	for n := range count {
		up := math.Pow(float64(n)/float64(count), 0.8) // 0 at the foot, 1 at the top
		half := 0.12 * height * math.Pow(1-up, 0.7) * (0.88 + 0.12*math.Sin(up*17))
		side := 2*r.Float64() - 1
		p := point{foot.x + side*half + 6*math.Sin(up*6), foot.y - up*height}
		direction := func(q point) float64 {
			return -math.Pi/2 + 0.3*side + 0.4*math.Sin(q.y/15+2*side)
		}
		strokes = append(strokes, stroke{
			brush: brush{width: (5 + 5*r.Float64()) * (1 - 0.5*up), body: 1.2, streak: 0.5, dry: 0.1}, seed: r.Uint32(),
			path:   streamline(p, 18+24*r.Float64(), 3, direction),
			colour: pick(r, greens).jitter(r, 0.02), tint: pick(r, greens),
		})
	}
	c.paint(strokes)
}
