package stylelib

import (
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// plane is one value for every pixel, or for every position of a layer, row by row: a mask on its way to a layer.
type plane struct {
	values []float32
	w      int
}

// transposed swaps rows and columns.
func (p plane) transposed() plane {
	h := len(p.values) / p.w
	out := make([]float32, len(p.values))
	for y := range h {
		for x := range p.w {
			out[x*h+y] = p.values[y*p.w+x]
		}
	}
	return plane{out, h}
}

// minimum replaces the pixels of each row by n positions: the least value in each receptive field, which the overlap, a share,
// shortens towards the pixels that the position stands for. A receptive field ends at the picture's edge or, with circular padding,
// goes on at the other edge.
func (p plane) minimum(f vgg.ReceptiveField, n int, overlap float64, circular bool) plane {
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
				case circular:
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

// shrunk returns a mask, a value from 0 to 1 for every pixel, for the positions of a layer: the minimum over each position's
// receptive field, so that the positions that are left depend on nothing outside the mask. Where less than a quarter of the mask
// would be left, receptive fields may reach out of it, by as little as leaves a quarter. The overlap, from 0 to 1, is how far they
// may in any case; at 1 each position has the mean of the pixels that it stands for.
func shrunk(net *vgg.Extractor, mask plane, layer string, overlap float64) plane {
	const enough, step = 0.25, 1. / 16
	l, circular := net.Layer(layer), net.Padding == weights.CircularPadding
	rows, columns := net.Positions(l, len(mask.values)/mask.w), net.Positions(l, mask.w)
	unshrunk := mask.mean(l.Stride, columns).transposed().mean(l.Stride, rows).transposed()
	for ; overlap < 1; overlap += step {
		left := mask.minimum(l.ReceptiveField, columns, overlap, circular).transposed().minimum(l.ReceptiveField, rows, overlap, circular).transposed()
		if left.squares() >= enough*unshrunk.squares() {
			return left
		}
	}
	return unshrunk
}
