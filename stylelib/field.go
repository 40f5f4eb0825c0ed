package stylelib

import (
	"fmt"
	"image"

	"stylenet/weights"
)

// field says, along an axis, which pixels position i of a layer stands for, those from i·stride to (i+1)·stride - 1, and
// which it sees, its receptive field, those from i·stride - before to i·stride + after.
type field struct{ stride, before, after int }

// fieldOf returns the field of a layer's positions.
func (v *VGG) fieldOf(layer string) field {
	f := field{stride: 1}
	if layer == PictureLayer {
		return f
	}
	for i, c := range v.Weights.Convs {
		f.before += f.stride
		f.after += f.stride
		if layer == c.Name || layer == reluName(c.Name) {
			break
		}
		pool := v.poolAfter(i)
		if pool != "" {
			f.after += f.stride
			f.stride *= 2
		}
		if layer == pool {
			break
		}
	}
	return f
}

// positions returns how many positions with a field there are along an axis of n pixels.
func (v *VGG) positions(f field, n int) int {
	if v.DropOdd {
		return n / f.stride
	}
	return (n + f.stride - 1) / f.stride
}

// checkTorus finds out whether the edges of a picture that is to be seamless fit one another at the term's layers too: its
// sides must be halved without remainder.
func (t *Term) checkTorus(vgg *VGG, picture image.Image) error {
	if vgg.Padding != weights.CircularPadding {
		return nil
	}
	size, n, deepest := picture.Bounds().Size(), 1, ""
	for _, layer := range t.layers() {
		if stride := vgg.fieldOf(layer.Layer).stride; stride > n {
			n, deepest = stride, layer.Layer
		}
	}
	if size.X%n+size.Y%n > 0 {
		near := func(side int) int { return max(n, (side+n/2)/n*n) }
		return fmt.Errorf("stylelib: for layer %s with circular padding the picture's sides must be multiples of %d pixels, such as %dx%d; found %dx%d",
			deepest, n, near(size.X), near(size.Y), size.X, size.Y)
	}
	return nil
}

// plane is one number for every pixel or position, row by row.
type plane struct {
	values []float32
	w      int
}

// turned swaps rows and columns.
func (p plane) turned() plane {
	h := len(p.values) / p.w
	out := make([]float32, len(p.values))
	for y := range h {
		for x := range p.w {
			out[x*h+y] = p.values[y*p.w+x]
		}
	}
	return plane{out, h}
}

// least replaces the pixels of each row by n positions: the least value that each sees, a share of the way from its whole
// field to what it stands for left out. Beyond an edge is nothing or, going round, the other edge.
func (p plane) least(f field, n int, overlap float64, round bool) plane {
	out := make([]float32, 0, len(p.values)/p.w*n)
	before := int((1-overlap)*float64(f.before) + 0.5)
	after := f.stride - 1 + int((1-overlap)*float64(f.after-f.stride+1)+0.5)
	for start := 0; start < len(p.values); start += p.w {
		row := p.values[start:][:p.w]
		for i := range n {
			least := row[min(i*f.stride, p.w-1)]
			for x := i*f.stride - before; x <= i*f.stride+after; x++ {
				switch {
				case x >= 0 && x < p.w:
					least = min(least, row[x])
				case round:
					least = min(least, row[((x%p.w)+p.w)%p.w])
				}
			}
			out = append(out, least)
		}
	}
	return plane{out, n}
}

// mean replaces the pixels of each row by n positions: the mean of the pixels that each stands for.
func (p plane) mean(stride, n int) plane {
	out := make([]float32, 0, len(p.values)/p.w*n)
	for start := 0; start < len(p.values); start += p.w {
		row := p.values[start:][:p.w]
		for i := range n {
			sum, end := float32(0), min((i+1)*stride, p.w)
			for _, v := range row[i*stride : end] {
				sum += v
			}
			out = append(out, sum/float32(end-i*stride))
		}
	}
	return plane{out, n}
}

// squares returns the sum of the squares.
func (p plane) squares() (sum float64) {
	for _, v := range p.values {
		sum += float64(v) * float64(v)
	}
	return sum
}

// shrunk returns a mask, a value from 0 to 1 for every pixel, for the positions of a layer: the least that each position
// sees, so that what is left sees nothing but the mask. Where less than a quarter of the mask would be left, positions may
// see beyond it, by as little as leaves a quarter. The overlap, from 0 to 1, is how much they may in any case; at 1 each is
// what it stands for, on average.
func (v *VGG) shrunk(mask plane, layer string, overlap float64) plane {
	const enough, try = 0.25, 1. / 16
	f, round := v.fieldOf(layer), v.Padding == weights.CircularPadding
	rows, columns := v.positions(f, len(mask.values)/mask.w), v.positions(f, mask.w)
	whole := mask.mean(f.stride, columns).turned().mean(f.stride, rows).turned()
	for ; overlap < 1; overlap += try {
		left := mask.least(f, columns, overlap, round).turned().least(f, rows, overlap, round).turned()
		if left.squares() >= enough*whole.squares() {
			return left
		}
	}
	return whole
}
