package conv

import (
	"runtime"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/weights"
)

// winograd convolves x [1, h, w, in] with the weights Transformed, adds the bias, rectifies if asked to, and returns
// [1, h, w, out]. Its gradient is the same convolution with the weights Turned. These could be had from the others, the
// points being chosen for it; turning them anew in every step took up to 7 % of its time.
func winograd(padding weights.Padding, x *Node, param func(Form) *Node, rectify bool) *Node {
	border := 1 // of zeros
	if padding != weights.ZeroPadding {
		x, border = pad(padding, x), 0
	}
	h, w := x.Shape().Dim(1), x.Shape().Dim(2)
	return WithGradient(x,
		func(x *Node) *Node {
			ahead := pass{weights: param(Transformed), bias: param(Bias), rectify: rectify}
			return ahead.run(x, border, h-2+2*border, w-2+2*border)
		},
		func(_, y, dy *Node) *Node {
			if rectify {
				dy = rectified(y, dy)
			}
			return pass{weights: param(Turned)}.run(dy, 2-border, h, w)
		})
}

// pass is one direction of a convolution.
type pass struct {
	weights *Node // [points, in, out]
	bias    *Node // nil: none
	rectify bool
}

// channels returns how many go in and come out.
func (p pass) channels() (in, out int) { return p.weights.Shape().Dim(1), p.weights.Shape().Dim(2) }

// run does the pass on x [1, h, w, in], with border zeros around it, to [1, oh, ow, out].
//
// A large picture is done in strips of a few rows of tiles, one after the other, so that a strip's values stay in the
// processor's cache and only they need memory. Each strip reads all weights: it has at least as many values as they are.
func (p pass) run(x *Node, border, oh, ow int) *Node {
	x = Squeeze(x, 0)
	in, out := p.channels()
	s := schemeFor(in, out)
	tile, points := s.tile, s.reach*s.reach
	th, tw := (oh+tile-1)/tile, (ow+tile-1)/tile
	values := th * tw * points * (in + out)
	most := max(stripValues, points*in*out)
	rows := rowsOfTiles(th, (values+most-1)/most)
	if rows == th || tile*rows+2 > x.Shape().Dim(0) {
		return InsertAxes(Slice(p.strip(extend(x, 0, border, tile*th+2), border, ow), AxisRange(0, oh)), 0)
	}
	return InsertAxes(p.strips(x, border, tile*rows, shapes.Make(x.DType(), oh, ow, out)), 0)
}

// rowsOfTiles returns how many rows of tiles, of n, a strip has where there are to be about so many strips. As the last one
// ends where the picture ends, it may do rows again, but not more than one in 32 of all: rather fewer rows, down to half of
// what was asked for, than more.
func rowsOfTiles(n, strips int) int {
	wanted := (n + strips - 1) / strips
	wasteful := func(rows int) bool { return (n+rows-1)/rows*rows-n > n/32 }
	for rows := wanted; rows > wanted/2; rows-- {
		if !wasteful(rows) {
			return rows
		}
	}
	rows := wanted + 1
	for wasteful(rows) {
		rows++
	}
	return rows
}

// stripValues is how many values at points a strip may have where its weights are fewer: 12 MB of them, so that a
// processor's cache holds them.
const stripValues = 3 << 20

// strips makes y, of the given shape, in strips of so many rows, each from the same rows of x and two more. The last
// strip ends where y ends and does some rows again, so that neither x nor y is copied to another size.
func (p pass) strips(x *Node, border, rows int, y shapes.Shape) *Node {
	blank := BroadcastToDims(firstOf(x), y.Dimensions...) // any values; zeros would be made too early and kept too long
	state := []*Node{blank, x, p.weights}
	if p.bias != nil {
		state = append(state, p.bias)
	}
	return Loop(y.Dim(0), rows, state, func(row *Node, in []*Node) []*Node {
		g, p := row.Graph(), p
		p.weights = in[2]
		if p.bias != nil {
			p.bias = in[3]
		}
		first := Min(row, Const(g, int32(y.Dim(0)-rows)))
		part := p.strip(rowsFrom(in[1], Sub(first, Const(g, int32(border))), rows+2, border), border, y.Dim(1))
		return append([]*Node{DynamicUpdateSlice(in[0], part, atRow(first))}, in[1:]...)
	})[0]
}

// rowsFrom returns n rows of x [h, w, c] from a row on that may lie up to border rows before or behind those that fit: what
// is not in x is zeros.
func rowsFrom(x, start *Node, n, border int) *Node {
	g, dims := x.Graph(), []int{n, x.Shape().Dim(1), x.Shape().Dim(2)}
	if border == 0 {
		return DynamicSlice(x, atRow(start), dims)
	}
	fits := Max(Min(start, Const(g, int32(x.Shape().Dim(0)-n))), Const(g, int32(0)))
	part := extend(DynamicSlice(x, atRow(fits), dims), 0, border, n+2*border)
	return DynamicSlice(part, atRow(Add(Sub(start, fits), Const(g, int32(border)))), dims)
}

// atRow is where a row begins in an array [h, w, c].
func atRow(row *Node) []*Node {
	zero := Const(row.Graph(), int32(0))
	return []*Node{row, zero, zero}
}

// multiply multiplies the values v [points, tiles, in] at each point with the weights, in the weights' own type, and adds up
// in float32.
func (p pass) multiply(v *Node) *Node {
	dot := Dot(ConvertDType(v, p.weights.DType()), p.weights).WithAccumulatorDType(v.DType()).WithOutputDType(v.DType())
	return dot.General([]int{2}, []int{0}, []int{1}, []int{0})
}

// strip does the pass on x [rows·tile + 2, w, in] with border zeros at its left, to [rows·tile, ow, out].
func (p pass) strip(x *Node, border, ow int) *Node {
	in, out := p.channels()
	s := schemeFor(in, out)
	rows, tw := (x.Shape().Dim(0)-2)/s.tile, (ow+s.tile-1)/s.tile
	x = extend(x, 1, border, s.tile*tw+2)
	v := Transpose(s.evaluate(x, 0, rows), 0, 1) // [reach, rows, w, in]; a row's points are made while its pixels are in the cache
	v = s.evaluate(v, 2, tw)                     // [reach, reach, rows, tw, in]
	m := p.multiply(Reshape(v, s.reach*s.reach, rows*tw, in))
	y := s.collect(Reshape(m, s.reach, s.reach, rows, tw, out), 1, 3) // [reach, rows, tw, tile, out]: columns first, then rows
	y = Slice(Reshape(s.collect(y, 0, 1), s.tile*rows, s.tile*tw, out), AxisRange(), AxisRange(0, ow))
	if p.bias != nil {
		y = Add(y, Reshape(p.bias, 1, 1, -1))
	}
	if p.rectify {
		y = Max(y, number(y, 0))
	}
	return y
}

// extend puts border zeros before an axis, and zeros or a cut behind it, so that it has n entries.
func extend(x *Node, axis, border, n int) *Node {
	have := min(x.Shape().Dim(axis), n-border)
	x = SliceAxis(x, axis, AxisRange(0, have))
	zeros := make([]compute.PadAxis, x.Rank())
	zeros[axis] = compute.PadAxis{Start: border, End: n - border - have}
	return Pad(x, number(x, 0), zeros...)
}

// evaluate replaces an axis of tiles·tile + 2 pixels by that of n tiles, with a new second axis for the points:
// [h, …] -> [th, reach, …] for axis 0, [reach, th, w, c] -> [reach, reach, th, tw, c] for axis 2.
func (s *scheme) evaluate(x *Node, axis, n int) *Node {
	values := make([]*Node, s.reach)
	for p := range values {
		values[p] = combine(s.input[p], func(k int) *Node {
			return SliceAxis(x, axis, AxisRange(k, k+s.tile*(n-1)+1).Stride(s.tile)) // pixel k of every tile
		})
	}
	return Stack(values, 1)
}

// collect replaces an axis of points by one of a tile's pixels, put at axis to.
func (s *scheme) collect(m *Node, axis, to int) *Node {
	pixels := make([]*Node, s.tile)
	for j := range pixels {
		pixels[j] = combine(s.output[j], func(p int) *Node { return Squeeze(SliceAxis(m, axis, AxisElem(p)), axis) })
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
			addend = Mul(addend, number(addend, c))
		}
		if sum == nil {
			sum = addend
		} else {
			sum = Add(sum, addend)
		}
	}
	return sum
}

// number returns c as a scalar to compute with x. GoMLX's own scalars are shared in the whole graph, also by those who
// cannot see into the loop where the first of them was made.
func number(x *Node, c float64) *Node { return Const(x.Graph(), shapes.CastAsDType(c, x.DType())) }

// turn turns a kernel round for the way back: [3, 3, in, out] becomes [3, 3, out, in], its last tap first.
func turn(c *weights.Conv) []float32 {
	turned := make([]float32, len(c.Kernel))
	for tap := range 9 {
		for i := range c.In {
			for o := range c.Out {
				turned[((8-tap)*c.Out+o)*c.In+i] = c.Kernel[(tap*c.In+i)*c.Out+o]
			}
		}
	}
	return turned
}

// transformKernel evaluates a kernel [3, 3, in, out] at its scheme's points, in float64, to [points, in, out].
func transformKernel(kernel []float32, in, out int) (values []float32, dimensions []int) {
	s, size := schemeFor(in, out), in*out
	values = make([]float32, s.reach*s.reach*size)
	var wait sync.WaitGroup
	share := (size + runtime.NumCPU() - 1) / runtime.NumCPU()
	for start := 0; start < size; start += share {
		wait.Go(func() {
			columns := make([][3]float64, s.reach) // of one kernel: evaluated along the rows' axis only
			for i := start; i < min(start+share, size); i++ {
				s.transformOne(kernel, columns, values, i, size)
			}
		})
	}
	wait.Wait()
	return values, []int{s.reach * s.reach, in, out}
}

// transformOne does the kernel of one pair of channels, the i-th of size.
func (s *scheme) transformOne(kernel []float32, columns [][3]float64, out []float32, i, size int) {
	for p, row := range s.kernel {
		for x := range 3 {
			columns[p][x] = 0
			for y := range 3 {
				columns[p][x] += row[y] * float64(kernel[(y*3+x)*size+i])
			}
		}
	}
	for p, column := range columns {
		for q, row := range s.kernel {
			v := row[0]*column[0] + row[1]*column[1] + row[2]*column[2]
			out[(p*s.reach+q)*size+i] = float32(v)
		}
	}
}
