package conv

import (
	"runtime"
	"sync"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
	"stylenet/weights"
)

// Winograd's convolution F(4, 3) takes rows of 4 outputs of 3 taps, from 6 inputs, as products of polynomials, which 6 points
// tell: 6 multiplications, where the plain way takes 12. Done along rows and along columns, a 4x4 tile takes 36 instead of 144.
// The weight transform, the kernel's values at the points, is made here, once. Package native does the rest.

// points are the finite ones; infinity stands for the leading coefficients. These keep float32's rounding small.
var points = [...]float64{0, 1, -1, 2, 0.5}

const reach = len(points) + 1 // points, and inputs a side of a tile

// winograd convolves x [1, h, w, in] with the weights Transformed, adds the bias, rectifies if asked to, and returns
// [1, h, w, out]. Its gradient is the same convolution with the weights Turned.
func winograd(padding weights.Padding, x *Node, out int, param func(Form) *Node, rectify bool) *Node {
	border := 1 // of zeros
	if padding != weights.ZeroPadding {
		x, border = pad(padding, x), 0
	}
	in := x.Shape().Dim(3)
	return graphs.WithGradient(x,
		func(x *Node) *Node {
			kind := "bias"
			if rectify {
				kind = "relu"
			}
			return channels(out, call(kind, border, full(out), channels(full(in), x), param(Transformed), channels(full(out), param(Bias))))
		},
		func(_, y, dy *Node) *Node {
			arguments := []*Node{channels(full(out), dy), param(Turned)}
			if rectify {
				return channels(in, call("where", 2-border, full(in), append(arguments, channels(full(out), y))...))
			}
			return channels(in, call("plain", 2-border, full(in), arguments...))
		})
}

// full returns how many channels native does where n are wanted.
func full(n int) int { return (n + native.Step - 1) / native.Step * native.Step }

// channels returns the first n channels of x, or x and zeros behind.
func channels(n int, x *Node) *Node {
	have := x.Shape().Dim(-1)
	if n <= have {
		return SliceAxis(x, -1, AxisRange(0, n))
	}
	zeros := make([]compute.PadAxis, x.Rank())
	zeros[x.Rank()-1].End = n - have
	return Pad(x, graphs.Constant(x, 0), zeros...)
}

// call is a call of native's convolution of x, the first argument, with border zeros around it and the weights, the second.
func call(kind string, border, out int, arguments ...*Node) *Node {
	return native.Call(kind, func(in []*Node) *Node { return said(kind, border, out, in) }, arguments...)
}

// said is what the call does, in XLA's operations.
func said(kind string, border, out int, in []*Node) *Node {
	x := in[0]
	if kind == "where" {
		x = rectified(in[2], x)
	}
	y := Convolve(x, kernelOf(in[1], out)).PaddingPerDim([][2]int{{border, border}, {border, border}}).Done()
	if kind == "bias" || kind == "relu" {
		y = Add(y, row(in[2]))
	}
	if kind == "relu" {
		y = Max(y, graphs.Constant(y, 0))
	}
	return y
}

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

// transformKernel evaluates a kernel [3, 3, in, out] at the points, in float64, to [points, panels, full(in), native.Panel]: the
// order in which native reads it, with zeros for channels that there are not.
func transformKernel(kernel []float32, in, out int) (values []float32, dimensions []int) {
	panels := (out + native.Panel - 1) / native.Panel
	apart := panels * full(in) * native.Panel // values at two points
	values = make([]float32, reach*reach*apart)
	var wait sync.WaitGroup
	each := (in + runtime.NumCPU() - 1) / runtime.NumCPU()
	for start := 0; start < in; start += each {
		wait.Go(func() {
			for i := start; i < min(start+each, in); i++ {
				for o := range out {
					at := (o/native.Panel*full(in)+i)*native.Panel + o%native.Panel
					transformOne(kernel[i*out+o:], in*out, values[at:], apart)
				}
			}
		})
	}
	wait.Wait()
	return values, []int{reach * reach, panels, full(in), native.Panel}
}

// transformOne does the kernel of one pair of channels, whose taps lie so far apart, and whose values will.
func transformOne(kernel []float32, apart int, values []float32, valuesApart int) {
	var columns [reach][3]float64 // evaluated along the rows' axis only
	for x := range 3 {
		column := evaluate(float64(kernel[x*apart]), float64(kernel[(3+x)*apart]), float64(kernel[(6+x)*apart]))
		for p, v := range column {
			columns[p][x] = v
		}
	}
	for p, c := range columns {
		for q, v := range evaluate(c[0], c[1], c[2]) {
			values[(p*reach+q)*valuesApart] = float32(v)
		}
	}
}

// evaluate returns the values at the points of the polynomial that has a kernel row's taps as its coefficients, each divided by
// Π (p - q) over the other finite points q, as Toom and Cook's construction has it.
func evaluate(a, b, c float64) (values [reach]float64) {
	for i, p := range points {
		values[i] = (a + b*p + c*p*p) / divisors[i]
	}
	values[reach-1] = c
	return values
}

var divisors = func() (all [len(points)]float64) {
	for i, p := range points {
		all[i] = 1
		for k, q := range points {
			if k != i {
				all[i] *= p - q
			}
		}
	}
	return all
}()

// kernelOf is the way back to a kernel [3, 3, in, out]: values at the points 0 and infinity are its first tap, negated, and
// its last; that at 1 is their sum, negated, with the tap between.
func kernelOf(w *Node, out int) *Node {
	taps := [3][]float32{{-1, 0, 0, 0, 0, 0}, {1, -1, 0, 0, 0, -1}, {0, 0, 0, 0, 0, 1}}
	both := make([][]float32, 9) // along columns and rows
	for i := range both {
		for _, a := range taps[i/3] {
			for _, b := range taps[i%3] {
				both[i] = append(both[i], a*b)
			}
		}
	}
	d := w.Shape().Dimensions
	w = Dot(Const(w.Graph(), both), Reshape(w, d[0], -1)).MatMul()
	w = TransposeAllDims(Reshape(w, 9, d[1], d[2], d[3]), 0, 2, 1, 3)
	w = Reshape(w, 3, 3, d[2], d[1]*d[3])
	return Slice(w, AxisRange(), AxisRange(), AxisRange(), AxisRange(0, out))
}
