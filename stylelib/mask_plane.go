package stylelib

import (
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

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
func (p plane) least(f vgg.ReceptiveField, n int, overlap float64, round bool) plane {
	out := make([]float32, 0, len(p.values)/p.w*n)
	before := int((1-overlap)*float64(f.Before) + 0.5)
	after := f.Stride - 1 + int((1-overlap)*float64(f.After-f.Stride+1)+0.5)
	for start := 0; start < len(p.values); start += p.w {
		row := p.values[start:][:p.w]
		for i := range n {
			least := row[min(i*f.Stride, p.w-1)]
			for x := i*f.Stride - before; x <= i*f.Stride+after; x++ {
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
func shrunk(v *vgg.Extractor, mask plane, layer string, overlap float64) plane {
	const enough, try = 0.25, 1. / 16
	l, round := v.Layer(layer), v.Padding == weights.CircularPadding
	rows, columns := v.Positions(l, len(mask.values)/mask.w), v.Positions(l, mask.w)
	whole := mask.mean(l.Stride, columns).turned().mean(l.Stride, rows).turned()
	for ; overlap < 1; overlap += try {
		left := mask.least(l.ReceptiveField, columns, overlap, round).turned().least(l.ReceptiveField, rows, overlap, round).turned()
		if left.squares() >= enough*whole.squares() {
			return left
		}
	}
	return whole
}
