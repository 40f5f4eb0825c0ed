package conv

import (
	"runtime"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/native"
	"stylenet/weights"
)

// The weights of Winograd's convolution: the values of the kernel, as a polynomial in two variables, at 6 x 6 points. They are
// computed once, in float64.

// points are the finite points; infinity, where the leading coefficient stands, is the last. These keep float32's rounding small.
var points = [...]float64{0, 1, -1, 2, 0.5}

// tileSide is the number of points along an axis, and of inputs.
const tileSide = len(points) + 1

// rotate returns the kernel of the backward pass: [3, 3, in, out] becomes [3, 3, out, in], rotated by 180 degrees.
func rotate(c *weights.Conv) []float32 {
	rotated := make([]float32, len(c.Kernel))
	for tap := range 9 {
		for i := range c.In {
			for o := range c.Out {
				rotated[((8-tap)*c.Out+o)*c.In+i] = c.Kernel[(tap*c.In+i)*c.Out+o]
			}
		}
	}
	return rotated
}

// transformKernel evaluates a kernel [3, 3, in, out] at the points, in float64, to [36, panels, roundUp(in), native.Panel]. That is the
// order in which package native reads it, with zeros in channels beyond in and out.
func transformKernel(kernel []float32, in, out int) (values []float32, dimensions []int) {
	panels := (out + native.Panel - 1) / native.Panel
	stride := panels * roundUp(in) * native.Panel // from the value at one pair of points to that at the next
	values = make([]float32, tileSide*tileSide*stride)
	var wait sync.WaitGroup
	each := (in + runtime.NumCPU() - 1) / runtime.NumCPU()
	for start := 0; start < in; start += each {
		wait.Go(func() {
			for i := start; i < min(start+each, in); i++ {
				for o := range out {
					at := (o/native.Panel*roundUp(in)+i)*native.Panel + o%native.Panel
					transformOne(kernel[i*out+o:], in*out, values[at:], stride)
				}
			}
		})
	}
	wait.Wait()
	return values, []int{tileSide * tileSide, panels, roundUp(in), native.Panel}
}

// transformOne evaluates the kernel of one pair of channels. Its taps lie stride apart, its values valuesStride.
func transformOne(kernel []float32, stride int, values []float32, valuesStride int) {
	var columns [tileSide][3]float64 // evaluated along the rows' axis only
	for x := range 3 {
		column := evaluate(float64(kernel[x*stride]), float64(kernel[(3+x)*stride]), float64(kernel[(6+x)*stride]))
		for p, v := range column {
			columns[p][x] = v
		}
	}
	for p, c := range columns {
		for q, v := range evaluate(c[0], c[1], c[2]) {
			values[(p*tileSide+q)*valuesStride] = float32(v)
		}
	}
}

// evaluate returns the values of the polynomial a + b·p + c·p², whose coefficients are the taps of a kernel row, at the points p, each
// divided by Π (p - q) over the other finite points q (the Toom-Cook construction). The value at infinity is c.
func evaluate(a, b, c float64) (values [tileSide]float64) {
	for i, p := range points {
		values[i] = (a + b*p + c*p*p) / divisors[i]
	}
	values[tileSide-1] = c
	return values
}

// divisors are these products, for each finite point.
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

// inverseTransform returns the kernel [3, 3, in, out] of transformed weights. Their values at the points 0 and infinity are the first tap,
// negated, and the last; the value at 1 is the sum of all three taps, negated.
func inverseTransform(w *Node, out int) *Node {
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
