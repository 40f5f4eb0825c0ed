package main

import (
	"math"
	"math/rand/v2"
)

// The regions of the mosaic's design.
const (
	stoneSea = iota
	stoneBorder
	stoneSun
	stoneRay
	stoneFish
	stoneBelly
	stoneFin
	stoneEye
	stonePupil
)

// The size of the mosaic, in picture units.
const mosaicWidth, mosaicHeight = 512, 400

// stoneSize is the side of a stone and the width of a row of stones.
const stoneSize = 8.5

// mosaicFish is a fish: its centre, the direction from nose to tail, and half its length.
type mosaicFish struct {
	centre point
	angle  float64
	half   float64
}

var mosaicFishes = []mosaicFish{
	{point{190, 250}, -0.35, 118},
	{point{372, 322}, 2.85, 74},
	{point{96, 128}, 0.25, 52},
}

var mosaicSun = point{392, 118}

// region returns the region of the fish at p, or stoneSea.
func (f mosaicFish) region(p point) int {
	d := p.minus(f.centre)
	along := heading(f.angle)
	u, v := d.dot(along)/f.half, (d.cross(along))/f.half // -1 is the nose
	back := -0.42 * math.Pow(math.Sin(math.Pi*math.Pow(clamp((u+1)/1.75), 0.8)), 0.8)
	fork := 0.25 * smoothstep(0.3, 0, math.Abs(v))
	switch {
	case math.Hypot(u+0.62, v+0.07)*f.half < 3.6:
		return stonePupil
	case math.Hypot(u+0.62, v+0.07)*f.half < 11:
		return stoneEye
	case u > 0.55 && u < 1.1-fork && math.Abs(v) < lerp(0.08, 0.44, smoothstep(0.58, 1.05, u)):
		return stoneFin
	case math.Abs(v) < -back && math.Abs(u+0.12) < 0.16 && v > 0.1+math.Abs(u+0.12):
		return stoneFin
	case math.Abs(v) < -back && v > 0.1+0.04*math.Sin(9*u):
		return stoneBelly
	case math.Abs(v) < -back:
		return stoneFish
	case u > -0.25 && u < 0.4 && v < 0 && v > back-0.16*math.Sin(math.Pi*(u+0.25)/0.65):
		return stoneFin
	}
	return stoneSea
}

// mosaicRegion returns the region of the design at p.
func mosaicRegion(p point) int {
	if min(p.x, p.y, mosaicWidth-p.x, mosaicHeight-p.y) < 3*stoneSize {
		return stoneBorder
	}
	for _, f := range mosaicFishes {
		if region := f.region(p); region != stoneSea {
			return region
		}
	}
	d := p.minus(mosaicSun)
	switch distance := math.Hypot(d.x, d.y); {
	case distance < 42:
		return stoneSun
	case distance < 66+14*math.Cos(12*math.Atan2(d.y, d.x)):
		return stoneRay
	}
	return stoneSea
}

// mosaicColour returns the colour of a stone at p, in a row that is counted from the outline of the stone's region.
func mosaicColour(r *rand.Rand, p point, region, row int) colour {
	switch region {
	case stoneBorder:
		return mosaicBorder(r, p)
	case stoneSun:
		return ramp(hexes(0xfff8c8, 0xffe060, 0xf8b030)).at(p.dist(mosaicSun)/40 + 0.1*r.NormFloat64())
	case stoneRay:
		return pick(r, hexes(0xf08a28, 0xe86a24, 0xf4a838))
	case stoneFish:
		return ramp(hexes(0xb83028, 0xe06428, 0xf4a038)).at(0.35*float64(row) + 0.15*r.NormFloat64())
	case stoneBelly:
		return pick(r, hexes(0xf6d890, 0xf0c068, 0xf8e8b8))
	case stoneFin:
		return pick(r, hexes(0xb82c38, 0xd04038, 0x982440))
	case stoneEye:
		return hex(0xfffbe8)
	case stonePupil:
		return hex(0x181c30)
	}
	switch row { // the sea has a dark and a pale row along each outline
	case 0:
		return pick(r, hexes(0x16203c, 0x1c2a4c, 0x221f40))
	case 1:
		return pick(r, hexes(0xbfe4d8, 0x9ad4d0, 0xd8eede))
	}
	sea := ramp(hexes(0x123c7a, 0x1a5c9c, 0x1f8fb4, 0x6cc8c8))
	return sea.at(0.8*smoothstep(0.2, 0.8, valueNoise(31, float64(row)*0.6, p.x/70+p.y/90)) + 0.25*smoothstep(170, 60, p.dist(mosaicSun)) + 0.1*r.NormFloat64())
}

// mosaicBorder returns the colour of a stone of the frame, which has red and pale blocks.
func mosaicBorder(r *rand.Rand, p point) colour {
	if math.Mod(p.x+p.y+2, 48) < 24 {
		return pick(r, hexes(0xb8432c, 0xa63a2a, 0xc85a38))
	}
	return pick(r, hexes(0xe8d8b0, 0xdccaa0, 0xf0e4c4))
}

// paintMosaic draws three fish and a sun as a mosaic. Each region is divided into rows along its outline, one stone wide, as in
// Roman mosaics; the stones of a row have about the same size.
func paintMosaic(c *canvas) {
	r := rand.New(rand.NewPCG(21, 4))
	outline := c.borderDistance(c.label(mosaicRegion))
	row := func(p point) int { return int(outline[c.index(p)] / stoneSize) }
	region := func(p point) int { return mosaicRegion(p)*100 + row(p) }
	var sites []site
	for _, p := range scatter(r, c.width, c.height, stoneSize/3) {
		sites = addSite(sites, site{point: p, region: region(p), square: true}, 0.92*stoneSize)
	}
	for range 6 {
		for i, s := range sites {
			sites[i].angle = c.gradient(outline, s.point)
		}
		c.relax(sites, stoneSize, region)
	}
	c.setStones(r, sites, c.voronoi(sites, stoneSize, region))
}

// gradient returns the direction, in radians, in which the values increase around p.
func (c *canvas) gradient(values []float64, p point) float64 {
	const e = 2
	at := func(dx, dy float64) float64 { return values[c.index(point{p.x + dx, p.y + dy})] }
	return math.Atan2(at(0, e)-at(0, -e), at(e, 0)-at(-e, 0))
}

// setStones draws the stones and the grout between them. Each stone is slightly tilted, with rounded edges.
func (c *canvas) setStones(r *rand.Rand, sites []site, owner []int) {
	faces := make([]colour, len(sites))
	tilts := make([]point, len(sites))
	for i, s := range sites {
		faces[i] = mosaicColour(r, s.point, s.region/100, s.region%100).jitter(r, 0.035)
		tilts[i] = heading(2 * math.Pi * r.Float64()).times(0.25 * r.Float64())
	}
	seam := c.borderDistance(owner)
	c.light = 0.9
	c.fill(func(p point, _ colour) colour {
		k := c.index(p)
		grout := hex(0xa89878).times(0.5 + 0.4*fractalNoise(40, p.x/4, p.y/4))
		n := owner[k]
		if n < 0 {
			return grout
		}
		stone := smoothstep(0.4, 0.9, seam[k])
		c.relief[k] = 0.9*smoothstep(0.3, 1.8, seam[k]) + stone*tilts[n].dot(p.minus(sites[n].point))
		return grout.mix(faces[n].times(0.84+0.3*fractalNoise(uint32(n), p.x/5, p.y/5)), stone)
	})
}
