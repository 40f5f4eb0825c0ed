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

// tileSide is the number of points along an axis, and of inputs. The points are 0, 1, -1, 2, 1/2 and infinity, where the leading
// coefficient stands. These keep float32's rounding small.
const tileSide = 6

// rotate returns the kernel of the backward pass: [3, 3, in, out] becomes [3, 3, out, in], rotated by 180 degrees.
func rotate(c *weights.Conv) []float32 {
	rotated := make([]float32, len(c.Kernel))
	var wait sync.WaitGroup
	for tap := range 9 {
		wait.Go(func() {
			for i := range c.In {
				for o := range c.Out {
					rotated[((8-tap)*c.Out+o)*c.In+i] = c.Kernel[(tap*c.In+i)*c.Out+o]
				}
			}
		})
	}
	wait.Wait()
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
				for panel := range panels {
					from, to := i*out+panel*native.Panel, i*out+min((panel+1)*native.Panel, out)
					transformPanel(kernel[from:], to-from, in*out, values[(panel*roundUp(in)+i)*native.Panel:], stride)
				}
			}
		})
	}
	wait.Wait()
	return values, []int{tileSide * tileSide, panels, roundUp(in), native.Panel}
}

// transformPanel evaluates the kernels of one channel in and n channels out, of one panel. Their taps lie stride apart, their values
// valuesStride. The values are collected first: such strides are near powers of two, where a processor's cache keeps few lines at once.
func transformPanel(kernel []float32, n, stride int, values []float32, valuesStride int) {
	var taps [9][]float32
	for i := range taps {
		taps[i] = kernel[i*stride:][:n]
	}
	var block [tileSide][tileSide][native.Panel]float32
	for o := range n {
		var columns [3][tileSide]float64 // evaluated along the rows' axis only
		for x := range columns {
			evaluate(&columns[x], float64(taps[x][o]), float64(taps[3+x][o]), float64(taps[6+x][o]))
		}
		for p := range block {
			var row [tileSide]float64
			evaluate(&row, columns[0][p], columns[1][p], columns[2][p])
			for q := range row {
				block[p][q][o] = float32(row[q])
			}
		}
	}
	for p := range block {
		for q := range block[p] {
			copy(values[(p*tileSide+q)*valuesStride:], block[p][q][:n])
		}
	}
}

// evaluate computes the values of the polynomial a + b·p + c·p², whose coefficients are the taps of a kernel row, at the points p, each
// divided by Π (p - q) over the other finite points q (the Toom-Cook construction). These products are -1, -1, 9, 9 and 9/16. The value
// at infinity is c.
func evaluate(values *[tileSide]float64, a, b, c float64) {
	values[0] = -a
	values[1] = -(a + b + c)
	values[2] = (a - b + c) / 9
	values[3] = (a + 2*b + 4*c) / 9
	values[4] = (a + b/2 + c/4) / (9. / 16)
	values[5] = c
}

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
