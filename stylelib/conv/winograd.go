package conv

import (
	"runtime"
	"sync"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/weights"
)

// winograd convolves x [1, h, w, in] with weights transformed [36, in, out] and bias [out], and returns [1, h, w, out].
// Its gradient is the same convolution with the kernel turned round, done by the same weights.
func winograd(padding weights.Padding, x, transformed, bias *Node) *Node {
	border := 1 // of zeros
	if padding != weights.ZeroPadding {
		x, border = pad(padding, x), 0
	}
	h, w := x.Shape().Dim(1), x.Shape().Dim(2)
	y := WithGradient(x,
		func(x *Node) *Node {
			return tiles(x, border, h-2+2*border, w-2+2*border, &forward, func(v *Node) *Node {
				return Einsum("ptc,pck->ptk", v, transformed)
			})
		},
		func(_, _, dy *Node) *Node {
			return tiles(dy, 2-border, h, w, &backward, func(v *Node) *Node {
				return Einsum("ptk,pck->ptc", v, transformed)
			})
		})
	return Add(y, row(bias))
}

// tiles does a convolution of x [1, h, w, c], with border zeros around it, to [1, oh, ow, k]. multiply takes the
// tiles' values at the 36 points [36, tiles, c] to [36, tiles, k].
func tiles(x *Node, border, oh, ow int, t *transform, multiply func(*Node) *Node) *Node {
	th, tw := (oh+tile-1)/tile, (ow+tile-1)/tile
	x = Squeeze(x, 0)
	x = extend(extend(x, 0, border, tile*th+2), 1, border, tile*tw+2)
	v := evaluate(evaluate(x, 0, th, t), 2, tw, t) // [6, 6, th, tw, c]: rows first, then columns
	c := v.Shape().Dim(4)
	m := multiply(Reshape(v, reach*reach, th*tw, c))
	k := m.Shape().Dim(2)
	y := collect(Reshape(m, reach, reach, th, tw, k), 1, 3, t) // [6, th, tw, 4, k]: columns first, then rows
	y = Reshape(collect(y, 0, 1, t), tile*th, tile*tw, k)
	return InsertAxes(Slice(y, AxisRange(0, oh), AxisRange(0, ow)), 0)
}

// extend puts border zeros before an axis, and zeros or a cut behind it, so that it has n entries.
func extend(x *Node, axis, border, n int) *Node {
	have := min(x.Shape().Dim(axis), n-border)
	x = SliceAxis(x, axis, AxisRange(0, have))
	zeros := make([]compute.PadAxis, x.Rank())
	zeros[axis] = compute.PadAxis{Start: border, End: n - border - have}
	return Pad(x, ScalarZero(x.Graph(), x.DType()), zeros...)
}

// evaluate replaces an axis of tiles·4 + 2 pixels by that of n tiles, with a new axis for the 6 points at its left, but
// behind the points that are there: [h, …] -> [6, th, …] for axis 0, [6, th, w, c] -> [6, 6, th, tw, c] for axis 2.
func evaluate(x *Node, axis, n int, t *transform) *Node {
	values := make([]*Node, reach)
	for p := range values {
		values[p] = combine(t.input[p][:], func(k int) *Node {
			return SliceAxis(x, axis, AxisRange(k, k+tile*(n-1)+1).Stride(tile)) // pixel k of every tile
		})
	}
	return Stack(values, axis/2)
}

// collect replaces an axis of 6 points by one of 4 pixels, put at axis to.
func collect(m *Node, axis, to int, t *transform) *Node {
	pixels := make([]*Node, tile)
	for j := range pixels {
		pixels[j] = combine(t.output[j][:], func(p int) *Node { return Squeeze(SliceAxis(m, axis, AxisElem(p)), axis) })
	}
	return Stack(pixels, to)
}

// combine returns the sum of coefficient i times part i.
func combine(coefficients []float64, part func(i int) *Node) *Node {
	var sum *Node
	for i, c := range coefficients {
		if c == 0 {
			continue
		}
		addend := part(i)
		if c != 1 {
			addend = MulScalar(addend, c)
		}
		if sum == nil {
			sum = addend
		} else {
			sum = Add(sum, addend)
		}
	}
	return sum
}

// transformKernel evaluates a kernel [3, 3, in, out] at the points, in float64, to [36, in, out].
func transformKernel(c *weights.Conv) []float32 {
	size := c.In * c.Out
	out := make([]float32, reach*reach*size)
	var wait sync.WaitGroup
	share := (size + runtime.NumCPU() - 1) / runtime.NumCPU()
	for start := 0; start < size; start += share {
		wait.Go(func() {
			for i := start; i < min(start+share, size); i++ {
				transformOne(c.Kernel, out, i, size)
			}
		})
	}
	wait.Wait()
	return out
}

// transformOne does the kernel of one pair of channels, the i-th of size.
func transformOne(kernel, out []float32, i, size int) {
	var columns [reach][3]float64 // evaluated along the rows' axis only
	for p, row := range kernelRows {
		for x := range 3 {
			for y := range 3 {
				columns[p][x] += row[y] * float64(kernel[(y*3+x)*size+i])
			}
		}
	}
	for p := range reach {
		for q, row := range kernelRows {
			v := row[0]*columns[p][0] + row[1]*columns[p][1] + row[2]*columns[p][2]
			out[(p*reach+q)*size+i] = float32(v)
		}
	}
}
