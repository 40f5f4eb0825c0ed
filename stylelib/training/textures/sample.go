package textures

import "sync"

// Painter paints pictures to learn from. A picture is one texture, or a texture with one or two shapes of other textures on it.
// It keeps the canvases it has painted: 64 kB each, Classes x Canvases at most. It may be used by several goroutines.
type Painter struct {
	Classes  int // textures come from classes 0 to Classes-1
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

// Sample is a picture and the truth about it. Layer 0 is the texture below, 1 and 2 the shapes on it.
type Sample struct {
	Pixels []float32 // [size, size, 3]: RGB in [0, 1], blurred, noisy or with the blocks of JPEG
	Clean  []float32 // [size/2, size/2, 3]: before that, at half the size

	Class   [3]int          // of each layer's texture
	Palette [3]int          // of each layer's colours
	Visible [3]float32      // the part of the picture where a layer is seen
	Eighth  [3][]float32    // [size/8, size/8]: the part of each square of 8x8 pixels where a layer is seen
	Coarse  [3][]float32    // [size/16, size/16]: the same for 16x16
	Shapes  [Shapes]float32 // 1 for kinds of shapes that are seen
}

// Paint returns picture n of the seed. Size is a multiple of 16 up to 128; shapes is the number of shapes on it, 0 to 2.
func (p *Painter) Paint(n uint64, size, shapes int) *Sample {
	p.once.Do(func() {
		p.kept = make([]keptCanvas, p.Classes*p.Canvases)
		p.masks = masks()
	})
	r := seeded(80, p.Seed, n)
	s := &Sample{}
	seen := make([][]float32, 3) // [size, size] each
	seen[0] = make([]float32, size*size)
	for i := range seen[0] {
		seen[0][i] = 1
	}
	picture := p.texture(r, s, 0, size)
	for layer := 1; layer <= shapes; layer++ {
		kind := r.below(Shapes)
		cover := p.shape(r, kind, size)
		lay(picture, p.texture(r, s, layer, size), cover)
		for below := range layer {
			for i, c := range cover {
				seen[below][i] *= 1 - c
			}
		}
		seen[layer] = cover
		defer func() { // when the layers above are known
			if s.Visible[layer] > 0.03 {
				s.Shapes[kind] = 1
			}
		}()
	}
	for layer := range seen {
		s.Eighth[layer], s.Coarse[layer] = shares(seen[layer], size, 8), shares(seen[layer], size, 16)
		for _, v := range s.Coarse[layer] {
			s.Visible[layer] += v / float32(len(s.Coarse[layer]))
		}
	}
	expose(r, picture)
	s.Clean = half(picture, size)
	s.Pixels = wear(r, picture, size)
	return s
}

// canvas returns a canvas, painted when it is first wanted.
func (p *Painter) canvas(class, n int) Canvas {
	k := &p.kept[class*p.Canvases+n]
	k.once.Do(func() { k.canvas, _ = Paint(class, n) }) // both are from 0 on
	return k.canvas
}

// texture returns a piece of a random canvas [size, size, 3], turned a little, scaled, coloured and lit.
func (p *Painter) texture(r *random, s *Sample, layer, size int) []float32 {
	s.Class[layer], s.Palette[layer] = r.below(p.Classes), r.below(Palettes)
	canvas, colours := p.canvas(s.Class[layer], r.below(p.Canvases)), &palettes[s.Palette[layer]]
	scale, way := r.scale(0.7, 1.35), turn(r.between(-0.024, 0.024))
	room := max(0, Side/2-float64(0.75*float64(size)*scale))
	cx, cy := Side/2+r.between(-room, room), Side/2+r.between(-room, room)
	light, strength := r.unit(), r.between(0, 0.35)
	lx, ly := strength*cos(light), strength*sin(light)
	out := make([]float32, 0, size*size*3)
	middle := float64(float64(size-1) / 2)
	for i := range size * size {
		dx, dy := float64(i%size)-middle, float64(i/size)-middle
		x, y := way(dx*scale, dy*scale)
		colour := &colours[canvas.blend(cx+x, cy+y)]
		lit := float32(1 + (float64(lx*dx)+float64(ly*dy))/middle)
		out = append(out, colour[0]*lit, colour[1]*lit, colour[2]*lit)
	}
	return out
}

// blend returns the grey at a place between pixels, in steps of a 256th of a pixel; beyond the edge the canvas is mirrored.
func (c Canvas) blend(x, y float64) uint8 {
	fx, fy := int(floor(x*256)), int(floor(y*256))
	i, j, u, v := fx>>8, fy>>8, fx&255, fy&255
	i, i2, j, j2 := mirror(i), mirror(i+1), mirror(j)*Side, mirror(j+1)*Side
	top := int(c[j+i])*(256-u) + int(c[j+i2])*u
	bottom := int(c[j2+i])*(256-u) + int(c[j2+i2])*u
	return uint8((top*(256-v) + bottom*v + 1<<15) >> 16)
}

func mirror(i int) int {
	if i < 0 {
		i = -1 - i
	}
	if i >= Side {
		i = 2*Side - 1 - i
	}
	return min(max(i, 0), Side-1)
}

// shape returns how much of each pixel [size, size] a shape of a kind covers.
func (p *Painter) shape(r *random, kind, size int) []float32 {
	m := p.masks[kind][r.below(variants)]
	scale := r.scale(1, 2.7) * maskSide / float64(size)
	way := turn(r.between(-0.055, 0.055))
	reach := 0.3 * float64(size)
	cx, cy := float64(float64(size)/2)+r.between(-reach, reach), float64(float64(size)/2)+r.between(-reach, reach)
	cover := make([]float32, size*size)
	for i := range cover {
		x, y := way((float64(i%size)-cx)*scale, (float64(i/size)-cy)*scale)
		cover[i] = m.at(x+maskSide/2, y+maskSide/2)
	}
	return cover
}

// at returns the mask between pixels, 0 beyond its edge.
func (m mask) at(x, y float64) float32 {
	if x < 0 || y < 0 || x >= maskSide-1 || y >= maskSide-1 {
		return 0
	}
	i := int(y)*maskSide + int(x)
	u, v := float32(x-floor(x)), float32(y-floor(y))
	top := m[i] + float32(u*(m[i+1]-m[i]))
	bottom := m[i+maskSide] + float32(u*(m[i+maskSide+1]-m[i+maskSide]))
	return top + float32(v*(bottom-top))
}

// lay puts a texture on a picture where it is covered.
func lay(picture, texture, cover []float32) {
	for i := range picture {
		picture[i] += float32(cover[i/3] * (texture[i] - picture[i]))
	}
}

// shares averages a layer over squares of so many pixels a side; nil stands for a layer that is not there.
func shares(seen []float32, size, square int) []float32 {
	n := size / square
	out := make([]float32, n*n)
	for i, v := range seen {
		out[i/size/square*n+i%size/square] += float32(v / float32(square*square))
	}
	return out
}
