package main

import (
	"math"
	"math/rand/v2"
)

// The size of the window, in picture units.
const glassWidth, glassHeight = 400, 512

// The regions of the window. The rings of the sky have the numbers from glassSky on.
const (
	glassFrame = iota
	glassSun
	glassHillFar
	glassHillNear
	glassRiver
	glassLeaf
	glassPetal // one region for each petal: 3 flowers of 3
	glassSky   = glassPetal + 9
)

var glassSunCentre = point{214, 168}

// glassRegion returns the region of the design at p.
func glassRegion(p point) int {
	if min(p.x, p.y, glassWidth-p.x, glassHeight-p.y) < 22 {
		return glassFrame
	}
	for f, flower := range []point{{84, 400}, {150, 446}, {324, 420}} {
		if petal := glassFlower(p.minus(flower)); petal >= 0 {
			return glassPetal + 3*f + petal
		}
		stem := flower.x + 8*math.Sin((p.y-flower.y)/40)
		if p.y > flower.y+28 && math.Abs(p.x-stem) < 6.5 {
			return glassLeaf
		}
	}
	if p.y > 388+20*math.Sin(p.x/60-0.5) {
		river := 238 + 34*math.Sin((p.y-330)/40)
		if math.Abs(p.x-river) < 8+(p.y-370)*0.3 {
			return glassRiver
		}
		return glassHillNear
	}
	if p.y > 318-34*math.Sin(p.x/75+0.3) {
		return glassHillFar
	}
	d := p.dist(glassSunCentre)
	if d < 38 {
		return glassSun
	}
	turn := math.Atan2(p.y-glassSunCentre.y, p.x-glassSunCentre.x)
	d += 0.14 * (d - 38) * math.Cos(5*turn+d/45)
	return glassSky + int(math.Pow((d-38)/24, 0.86))
}

// glassFlower returns the petal of a tulip at d from its centre: 0 for the middle one, 1 and 2 for the outer ones, -1 for none.
func glassFlower(d point) int {
	petal := func(d point, tilt float64) bool {
		up := heading(tilt - math.Pi/2)
		u, v := d.dot(up), -d.cross(up)
		u = (u + 32) / 78
		return u > 0 && u < 1 && math.Abs(v) < 22*math.Pow(math.Sin(math.Pi*math.Sqrt(u)), 0.8)
	}
	switch {
	case petal(d, 0):
		return 0
	case petal(d.plus(point{11, 0}), -0.35):
		return 1
	case petal(d.minus(point{11, 0}), 0.35):
		return 2
	}
	return -1
}

// glassGap returns the distance between the pieces of a region.
func glassGap(region int) float64 {
	switch {
	case region == glassSun:
		return 26
	case region == glassLeaf:
		return 24
	case region >= glassSky:
		return 24 + 4*float64(region-glassSky)
	case region >= glassPetal:
		return 40
	}
	return 32
}

// glassColours returns the colours of a region's pieces.
func glassColours(region int) []colour {
	switch region {
	case glassFrame:
		return hexes(0x16307c, 0x1d4fa6, 0x5a1a78, 0x128078, 0xb01c34)
	case glassSun:
		return hexes(0xfff0a0, 0xffe060, 0xffd040)
	case glassHillFar:
		return hexes(0x1f7a6a, 0x2a9a78, 0x176a80, 0x3aa86a)
	case glassHillNear:
		return hexes(0x2e8a2a, 0x58a828, 0x1c6a3a, 0x8abf34)
	case glassRiver:
		return hexes(0x2ab8d8, 0x58d0e8, 0x1a90c8, 0x9ae8f0)
	case glassLeaf:
		return hexes(0x146a2a, 0x208a30)
	}
	if region < glassSky {
		return [][]colour{hexes(0xe8203a, 0xf04050), hexes(0xb01030, 0xc81c3c), hexes(0xd01838, 0xa80c34)}[(region-glassPetal)%3]
	}
	rings := [][]colour{
		hexes(0xffc828, 0xffb41c, 0xffd84a),
		hexes(0xff9a18, 0xffae2c, 0xf8861a),
		hexes(0xf06a20, 0xf88028, 0xe85424),
		hexes(0xe04038, 0xd83a58, 0xf06a40),
		hexes(0xb83478, 0xc84888, 0x9a2c80),
		hexes(0x7a34a0, 0x6a44b8, 0x9040a0),
		hexes(0x3a48b8, 0x2a5cc8, 0x5048b0),
	}
	return rings[min(region-glassSky, len(rings)-1)]
}

// paintStainedGlass draws a window of stained glass and lead: a rising sun over hills, a river and tulips.
func paintStainedGlass(c *canvas) {
	c.light = 1.1
	r := rand.New(rand.NewPCG(11, 2))
	var sites []site
	for _, p := range scatter(r, c.width, c.height, 3) {
		if n := glassRegion(p); n != glassFrame {
			sites = addSite(sites, site{point: p, region: n}, 0.8*glassGap(n))
		}
	}
	for n := range 16 { // the frame has blocks of equal size
		along := (float64(n) + 0.5) / 16
		for _, p := range []point{
			{11, glassHeight * along}, {glassWidth - 11, glassHeight * along},
			{glassWidth * along, 11}, {glassWidth * along, glassHeight - 11},
		} {
			sites = append(sites, site{point: p, region: glassFrame})
		}
	}
	for range 4 {
		c.relax(sites, 25, glassRegion)
	}
	glass := make([]colour, len(sites))
	grain := make([]float64, len(sites)) // direction of the streaks
	for i, s := range sites {
		glass[i] = pick(r, glassColours(s.region)).jitter(r, 0.05)
		grain[i] = 2 * math.Pi * r.Float64()
	}
	owner := c.voronoi(sites, 25, glassRegion)
	seam := c.borderDistance(owner)
	outline := c.borderDistance(c.label(glassRegion))
	c.fill(func(p point, _ colour) colour {
		k := c.index(p)
		if owner[k] < 0 {
			return colour{}
		}
		return glassLight(p, glass[owner[k]], uint32(owner[k]), grain[owner[k]]).times(lerp(0.5, 1, smoothstep(1, 6, seam[k])))
	})
	c.lead(seam, 1.4)
	c.lead(outline, 2.6)
}

// glassLight returns the colour of a piece of glass at p: with streaks, ripples, small bubbles, and brighter near the sun.
func glassLight(p point, glass colour, seed uint32, grain float64) colour {
	along := heading(grain)
	u, v := p.dot(along), -p.cross(along)
	streak := fractalNoise(seed, u/70, v/9)
	ripple := valueNoise(seed+9, u/6, v/4)
	light := 0.6 + 1.05*streak + 0.3*(ripple-0.5)
	light *= 1.15 - 0.2*smoothstep(60, 330, p.dist(glassSunCentre))
	if bubble := valueNoise(seed+5, p.x/2.2, p.y/2.2); bubble > 0.9 {
		light += 2.5 * (bubble - 0.9)
	}
	c := glass.times(light)
	return c.mix(colour{1, 1, 0.95}, 0.6*smoothstep(1.1, 1.65, light))
}

// lead draws a rounded strip of lead where distance is below half.
func (c *canvas) lead(distance []float64, half float64) {
	for k, d := range distance {
		cover := smoothstep(half+0.5, half-0.3, d)
		if cover == 0 {
			continue
		}
		p := c.at(k%c.w, k/c.w)
		grey := 0.09 + 0.1*fractalNoise(300, p.x/5, p.y/5)
		c.pix[k] = c.pix[k].mix(colour{grey, grey, grey * 1.15}, cover)
		c.relief[k] = max(c.relief[k], 1.4*math.Sqrt(max(0, half*half-d*d)))
	}
}
