package main

import (
	"math"
	"math/rand/v2"
)

// whirl is a place the night wind turns around: a star or a gust.
type whirl struct {
	center point
	radius float64 // of the turning air
	turn   float64 // strength; the sign is the sense of rotation
	glow   float64 // radius of the lit core, 0 for a gust without a star
}

// nightWhirls are the moon (the first), the stars and two gusts.
var nightWhirls = []whirl{
	{point{98, 84}, 44, 50, 26},
	{point{226, 44}, 24, -26, 12},
	{point{300, 108}, 30, 32, 15},
	{point{404, 46}, 26, -28, 13},
	{point{484, 140}, 20, 22, 9},
	{point{34, 196}, 20, -22, 9},
	{point{164, 160}, 16, 18, 7.5},
	{point{338, 26}, 12, 14, 6},
	{point{214, 218}, 40, -60, 0},
	{point{384, 188}, 46, 66, 0},
}

// nightHill is the height y of the skyline of hill n (0 the farthest) at x.
func nightHill(n int, x float64) float64 {
	switch n {
	case 0:
		return 292 - 26*math.Sin(x/88+0.6) - 8*math.Sin(x/31)
	case 1:
		return 322 + 20*math.Sin(x/70+0.4) + 5*math.Sin(x/23+1)
	default:
		return 362 - 17*math.Sin(x/96-0.5) - 4*math.Sin(x/29)
	}
}

// nightStream is the stream function of the wind: the air moves along the
// lines on which it is constant. A whirl levels the breeze that blows at its
// centre, so that nothing but rings remains there.
func nightStream(p point) float64 {
	psi := nightBreeze(p)
	for _, w := range nightWhirls {
		b := bump(p.dist(w.center), w.radius*0.8)
		psi += (nightBreeze(w.center) - nightBreeze(p) + w.turn) * b
	}
	return psi
}

// nightBreeze is the stream function of the long waves between the whirls.
func nightBreeze(p point) float64 {
	return p.y + 16*math.Sin(p.x/74+p.y/120) + 5*math.Sin(p.x/31-p.y/60)
}

// nightWind is the direction of the wind: along the lines of nightStream.
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

// nightSkyColor is the colour of the sky at p: ribbons of blue that follow
// the wind, paler towards the hills, and light around the stars.
func nightSkyColor(r *rand.Rand, p point) color {
	ribbon := noise(71, nightStream(p)/11, p.x/160+p.y/200)
	t := 0.02 + 0.55*ribbon + (0.12+0.3*ribbon)*smooth(120, 300, p.y) + 0.1*r.NormFloat64()
	c := nightBlues.at(t)
	for _, w := range nightWhirls {
		if w.glow == 0 {
			continue
		}
		d := p.dist(w.center) / w.glow
		ring := 0.5 + 0.5*math.Cos(d*6.5)
		c = c.mix(nightGlow.at(d/2.7+0.08*r.NormFloat64()), smooth(3, 1, d)*lerp(ring, 1, smooth(1.2, 0.6, d)))
	}
	return c
}

// paintNightSky paints stars and a moon in a turning wind over dark hills.
func paintNightSky(c *canvas) {
	r := rand.New(rand.NewPCG(4, 1))
	c.fill(func(p point, _ color) color { return hex(0x0d1a4a) })
	layers := []struct {
		brush
		gap float64
	}{
		{brush{width: 18, length: 70, body: 0.5, streak: 0.3}, 10},
		{brush{width: 10, length: 44, body: 1, streak: 0.3, dry: 0.15}, 8},
		{brush{width: 6.5, length: 26, body: 1.2, streak: 0.3, dry: 0.3}, 9},
	}
	for _, l := range layers {
		var strokes []stroke
		for _, p := range scatter(r, c.width, 330, l.gap) {
			strokes = append(strokes, nightStroke(r, l.brush, p))
		}
		c.paint(strokes)
	}
	paintNightMoon(c, r)
	for n := range 3 {
		paintNightHill(c, r, n)
	}
	paintNightTree(c, r, point{452, 392}, 250, 30)
	paintNightTree(c, r, point{418, 398}, 150, 20)
}

// nightStroke is one stroke of the sky through p. Near a star it is shorter
// and finer, to turn with the ring.
func nightStroke(r *rand.Rand, b brush, p point) stroke {
	for _, w := range nightWhirls {
		near := bump(p.dist(w.center), w.radius)
		b.length = lerp(b.length, min(b.length, w.radius*0.9), near)
		if w.glow > 0 {
			b.width = lerp(b.width, min(b.width, w.glow*0.55), near)
		}
	}
	b.length *= 0.6 + 0.8*r.Float64()
	b.width *= 0.7 + 0.6*r.Float64()
	base := nightSkyColor(r, p)
	return stroke{
		brush: b, path: trace(p, b.length, 3, nightWind), seed: r.Uint32(),
		color: base.jitter(r, 0.03), tint: nightSkyColor(r, p).jitter(r, 0.05),
	}
}

// paintNightMoon lays the bright crescent over its halo.
func paintNightMoon(c *canvas, r *rand.Rand) {
	moon := nightWhirls[0].center
	around := func(q point) float64 { q = q.minus(moon); return math.Atan2(q.y, q.x) + math.Pi/2 }
	lay := func(count int, paint func() (d, angle float64, c color)) {
		var strokes []stroke
		for range count {
			d, angle, shade := paint()
			strokes = append(strokes, stroke{
				brush: brush{width: 5, body: 1.3, streak: 0.15}, seed: r.Uint32(),
				path:  trace(moon.step(angle, d), 13, 2, around),
				color: shade.jitter(r, 0.02), tint: hex(0xffd84e),
			})
		}
		c.paint(strokes)
	}
	lay(70, func() (d, angle float64, c color) { // the dark of the moon
		return 15 * math.Sqrt(r.Float64()), 2 * math.Pi * r.Float64(), hex(0xd08a1e)
	})
	lay(110, func() (d, angle float64, c color) { // the crescent, thick in its middle
		angle = 1.5 * (2*r.Float64() - 1)
		return 20 - 10*math.Cos(angle)*r.Float64(), angle + 0.5, nightGlow.at(0.15 * r.Float64())
	})
}

// paintNightHill lays hill n in strokes that follow its slope.
func paintNightHill(c *canvas, r *rand.Rand, n int) {
	shades := [][]color{
		hexes(0x16305f, 0x1f4a7c, 0x10234f, 0x2e6a8e),
		hexes(0x10294a, 0x17424f, 0x0c1c3c, 0x27605e),
		hexes(0x0a1730, 0x10302f, 0x091022, 0x1c4a3c),
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
			path:  trace(p, 20+20*r.Float64(), 4, slope),
			color: pick(r, shades).jitter(r, 0.03), tint: pick(r, shades),
		})
	}
	c.paint(strokes)
}

// paintNightTree lays a tall dark tree whose boughs lick upwards like flames.
func paintNightTree(c *canvas, r *rand.Rand, foot point, height, spread float64) {
	greens := hexes(0x07130f, 0x0f2a1c, 0x0a1a2e, 0x244a26, 0x3a3414)
	count := int(height * 2.2)
	var strokes []stroke
	for n := range count {
		up := math.Pow(float64(n)/float64(count), 0.8) // 0 at the foot, 1 at the top
		half := spread * math.Pow(1-up, 0.7) * (0.8 + 0.2*math.Sin(up*17))
		side := 2*r.Float64() - 1
		p := point{foot.x + side*half + 6*math.Sin(up*6), foot.y - up*height}
		lick := func(q point) float64 {
			return -math.Pi/2 + 0.3*side + 0.4*math.Sin(q.y/15+2*side)
		}
		strokes = append(strokes, stroke{
			brush: brush{width: (5 + 5*r.Float64()) * (1 - 0.5*up), body: 1.2, streak: 0.5, dry: 0.1}, seed: r.Uint32(),
			path:  trace(p, 18+24*r.Float64(), 3, lick),
			color: pick(r, greens).jitter(r, 0.02), tint: pick(r, greens),
		})
	}
	c.paint(strokes)
}
