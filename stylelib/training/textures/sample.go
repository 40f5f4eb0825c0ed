package textures

import (
	"image"
	"sync"
)

// Generator makes labelled pictures: a texture, or a texture with one or two shapes of other textures on it. It keeps every
// canvas that it has drawn, 64 kB each, at most Classes x Canvases of them. Several goroutines may use it at once.
type Generator struct {
	Classes  int // the textures are of classes 0 to Classes-1
	Canvases int // of each class
	Seed     uint64

	once  sync.Once
	kept  []keptCanvas
	masks [Shapes][variants]mask
}

type keptCanvas struct {
	once   sync.Once
	canvas Canvas
}

// Sample is a picture and its labels, for three regions: region 0 is the background texture, regions 1 and 2 are the shapes
// on it. A region's coverage is the fraction of an area where the region is visible, in [0, 1]; it is 0 for a region that the
// picture does not have.
type Sample struct {
	Pixels []float32 // [size, size, 3]: RGB, degraded; in [0, 1], but for noise and JPEG's blocks

	Class      [3]int          // of each region's texture
	Palette    [3]int          // of each region
	Coverage   [3]float32      // of each region, in the whole picture
	Coverage8  [3][]float32    // [size/8, size/8]: in each square of 8x8 pixels
	Coverage16 [3][]float32    // [size/16, size/16]: in each square of 16x16 pixels
	Shapes     [Shapes]float32 // 1 for the kinds of shapes that cover more than 0.03 of the picture, else 0
}

// Sample returns picture n of the seed. Size is a multiple of 16 up to 128; shapes is the number of shapes, 0 to 2.
func (g *Generator) Sample(n uint64, size, shapes int) *Sample {
	g.once.Do(func() {
		g.kept = make([]keptCanvas, g.Classes*g.Canvases)
		g.masks = masks()
	})
	r := seeded(80, g.Seed, n)
	s := &Sample{}
	var visible [3][]float32 // [size, size] each: how much of a pixel the region covers; nil: no such region
	visible[0] = make([]float32, size*size)
	for i := range visible[0] {
		visible[0][i] = 1
	}
	picture := g.texture(r, s, 0, size)
	kinds := make([]int, 3)
	for region := 1; region <= shapes; region++ {
		kinds[region] = r.intN(Shapes)
		alpha := g.shape(r, kinds[region], size)
		composite(picture, g.texture(r, s, region, size), alpha)
		for below := range region {
			for i, a := range alpha {
				visible[below][i] *= 1 - a
			}
		}
		visible[region] = alpha
	}
	for region := range visible {
		s.Coverage8[region], s.Coverage16[region] = coverage(visible[region], size, 8), coverage(visible[region], size, 16)
		for _, v := range s.Coverage16[region] {
			s.Coverage[region] += v / float32(len(s.Coverage16[region]))
		}
		if region > 0 && s.Coverage[region] > 0.03 {
			s.Shapes[kinds[region]] = 1
		}
	}
	adjust(r, picture)
	s.Pixels = degrade(r, picture, size)
	return s
}

// Picture returns the sample's pixels as a picture, size pixels a side.
func (s *Sample) Picture(size int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	for i := range size * size {
		picture.SetNRGBA(i%size, i/size, toColour(s.Pixels[3*i:]))
	}
	return picture
}

// canvas returns a canvas, which it draws when it is first asked for.
func (g *Generator) canvas(class, n int) Canvas {
	k := &g.kept[class*g.Canvases+n]
	k.once.Do(func() { k.canvas, _ = Draw(class, n) }) // class and n are not negative
	return k.canvas
}

// texture returns a random piece of a random canvas [size, size, 3]: slightly rotated, scaled, coloured, and lit from one
// side. It sets the region's labels.
func (g *Generator) texture(r *random, s *Sample, region, size int) []float32 {
	s.Class[region], s.Palette[region] = r.intN(g.Classes), r.intN(Palettes)
	canvas, colours := g.canvas(s.Class[region], r.intN(g.Canvases)), &palettes[s.Palette[region]]
	scale, rotate := r.logUniform(0.7, 1.35), rotation(r.between(-0.024, 0.024))
	room := max(0, side/2-float64(0.75*float64(size)*scale))
	cx, cy := side/2+r.between(-room, room), side/2+r.between(-room, room)
	light, strength := r.uniform(), r.between(0, 0.35)
	lx, ly := strength*cos(light), strength*sin(light)
	out := make([]float32, 0, size*size*3)
	middle := float64(float64(size-1) / 2)
	for i := range size * size {
		dx, dy := float64(i%size)-middle, float64(i/size)-middle
		x, y := rotate(dx*scale, dy*scale)
		colour := &colours[canvas.bilinear(cx+x, cy+y)]
		lit := float32(1 + (float64(lx*dx)+float64(ly*dy))/middle)
		out = append(out, colour[0]*lit, colour[1]*lit, colour[2]*lit)
	}
	return out
}

// bilinear interpolates at (x, y), rounded down to a 256th of a pixel; outside the canvas it is mirrored.
func (c Canvas) bilinear(x, y float64) uint8 {
	fx, fy := int(floor(x*256)), int(floor(y*256))
	i, j, u, v := fx>>8, fy>>8, fx&255, fy&255
	i, i2, j, j2 := mirror(i), mirror(i+1), mirror(j)*side, mirror(j+1)*side
	top := int(c[j+i])*(256-u) + int(c[j+i2])*u
	bottom := int(c[j2+i])*(256-u) + int(c[j2+i2])*u
	return uint8((top*(256-v) + bottom*v + 1<<15) >> 16)
}

// mirror reflects an index at the edges of the canvas.
func mirror(i int) int {
	if i < 0 {
		i = -1 - i
	}
	if i >= side {
		i = 2*side - 1 - i
	}
	return min(max(i, 0), side-1)
}

// shape returns the alpha mask [size, size] of a shape of a kind: randomly placed, scaled and slightly rotated.
func (g *Generator) shape(r *random, kind, size int) []float32 {
	m := g.masks[kind][r.intN(variants)]
	scale := r.logUniform(1, 2.7) * maskSide / float64(size)
	rotate := rotation(r.between(-0.055, 0.055))
	reach := 0.3 * float64(size)
	cx, cy := float64(float64(size)/2)+r.between(-reach, reach), float64(float64(size)/2)+r.between(-reach, reach)
	alpha := make([]float32, size*size)
	for i := range alpha {
		x, y := rotate((float64(i%size)-cx)*scale, (float64(i/size)-cy)*scale)
		alpha[i] = m.bilinear(x+maskSide/2, y+maskSide/2)
	}
	return alpha
}

// composite blends a texture over a picture, [size, size, 3] both, with alpha [size, size].
func composite(picture, texture, alpha []float32) {
	for i := range picture {
		picture[i] += float32(alpha[i/3] * (texture[i] - picture[i]))
	}
}

// coverage averages a region's visible [size, size] over squares of so many pixels a side; for nil it returns zeros.
func coverage(visible []float32, size, square int) []float32 {
	n := size / square
	out := make([]float32, n*n)
	for i, v := range visible {
		out[i/size/square*n+i%size/square] += float32(v / float32(square*square))
	}
	return out
}
