// Package conv computes the 3x3 convolutions of VGG-19, forward and backward, by one of two methods.
//
// [Apply] computes one convolution of x [1, h, w, in] to [1, h, w, out], and [ApplyReLU] one with a ReLU after it. A [Method] needs the
// weights in certain forms: it asks for a [Form] by name, [Prepare] makes that form once, and the caller keeps it on the device.
//
//	conv.go       methods, forms, Apply, ReLU
//	padding.go    PadEdges: paddings other than zeros
//	plain.go      XLA's own convolution, the reference
//	winograd.go   Winograd's convolution, by the kernel of package native: four times fewer multiplications
//	transform.go  the weights as that kernel needs them, and back
//
// It needs packages weights, internal/graphs and internal/native.
package conv

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
	"stylenet/weights"
)

// Method is a way to compute the convolution. All methods give the same result up to float32 rounding.
type Method int

// The methods.
const (
	Auto     Method = iota // the caller chooses, who knows how often the graph will run; Apply takes Plain
	Plain                  // XLA's own convolution, and its gradient by automatic differentiation: the reference
	Winograd               // F(4x4, 3x3) of Lavin and Gray (2016); Plain where the backend cannot, see [Chosen]
)

// String returns the method's name: auto, plain or winograd.
func (m Method) String() string {
	if m < Auto || m > Winograd {
		return fmt.Sprintf("Method(%d)", int(m))
	}
	return [...]string{"auto", "plain", "winograd"}[m]
}

// Form names one prepared array of a convolution's weights.
type Form string

// The forms.
const (
	Kernel      Form = "kernel"      // [3, 3, in, out], as in weights.Conv
	Transformed Form = "transformed" // [36, panels, in, 32], for Winograd forward; in is rounded up to a multiple of 16
	Rotated     Form = "rotated"     // [36, panels, out, 32], for Winograd backward: the kernel rotated by 180 degrees, then transformed
	Bias        Form = "bias"        // [out]
)

// Forms are all forms.
var Forms = []Form{Kernel, Transformed, Rotated, Bias}

// Prepare returns the values of a form, row by row, and its dimensions. It panics on an unknown form.
func Prepare(form Form, c *weights.Conv) (values []float32, dimensions []int) {
	switch form {
	case Kernel:
		return c.Kernel, []int{3, 3, c.In, c.Out}
	case Transformed:
		return transformKernel(c.Kernel, c.In, c.Out)
	case Rotated:
		return transformKernel(rotate(c), c.Out, c.In)
	case Bias:
		return c.Bias, []int{c.Out}
	}
	panic(fmt.Sprintf("conv: no form %q of the weights", form))
}

// Apply convolves x [1, h, w, in] with a 3x3 kernel of out channels, with stride 1 and one pixel of padding, adds the bias and returns
// [1, h, w, out]. The weights come from param, which returns the node of a form. Apply is differentiable in x only.
//
// Plain does more, for training: it takes several pictures at once, x [n, h, w, in] to [n, h, w, out], and is differentiable in kernel
// and bias too.
//
// It panics where padding is [weights.ReflectPadding] and x is smaller than 2x2.
func Apply(m Method, padding weights.Padding, x *Node, out int, param func(Form) *Node) *Node {
	return apply(m, padding, x, out, param, false)
}

// ApplyReLU is [ReLU] of [Apply]; Winograd's kernel does both in one.
func ApplyReLU(m Method, padding weights.Padding, x *Node, out int, param func(Form) *Node) *Node {
	return apply(m, padding, x, out, param, true)
}

// apply is Apply, with a ReLU after it where rectify is set.
func apply(m Method, padding weights.Padding, x *Node, out int, param func(Form) *Node, rectify bool) *Node {
	if x.DType() == dtypes.Float32 && Chosen(x.Graph().Backend(), m) == Winograd {
		return winograd(padding, x, out, param, rectify)
	}
	y := plain(padding, x, param(Kernel), param(Bias))
	if rectify {
		y = ReLU(y)
	}
	return y
}

// ReLU returns the larger of x and 0, and NaN for NaN. Its gradient is 0 at 0. It needs the result alone, so XLA need not keep x.
func ReLU(x *Node) *Node {
	return graphs.WithGradient(x,
		func(x *Node) *Node { return Max(x, ZerosLike(x)) },
		func(_, y, dy *Node) *Node { return reluGradient(y, dy) })
}

// reluGradient returns the gradient with respect to a ReLU's input, from its result y and the gradient dy with respect to y.
func reluGradient(y, dy *Node) *Node {
	return Where(GreaterThan(y, constant(y, 0)), dy, constant(dy, 0))
}

// constant returns c as a scalar of x's type, for the body of a function. GoMLX keeps the scalars of MulScalar and the like once for the
// whole graph, and another function than the first that used one cannot use it.
func constant(x *Node, c float64) *Node { return Const(x.Graph(), shapes.CastAsDType(c, x.DType())) }

// Chosen returns the method that Apply takes on this backend where it is given m: Plain where the backend cannot do m.
func Chosen(backend compute.Backend, m Method) Method {
	if m == Winograd && WinogradOn(backend) == nil {
		return Winograd
	}
	return Plain
}

// WinogradOn returns nil where a backend can do convolutions by Winograd, which is XLA on a CPU, and otherwise why it cannot.
func WinogradOn(backend compute.Backend) error { return native.Open(backend) }
