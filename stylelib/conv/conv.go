// Package conv does 3x3 convolutions: nothing outside it knows how.
//
// [Apply] does one. A [Method] may want the weights in a form of its own (Winograd's wants them transformed); it asks
// for a [Form] by name, [Prepare] makes that form once, and the caller keeps it on the device.
//
//	plain.go      XLA's own convolution, the reference
//	winograd.go   four times fewer multiplications, forward and backward, by package native
//	padding.go    what lies beyond the picture's edge
//	gradient.go   how an operation brings a gradient of its own into GoMLX
package conv

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
	"stylenet/weights"
)

// Method is a way to do the convolution. Both give the same result up to float32 rounding.
type Method int

// The methods.
const (
	Auto     Method = iota // left to the caller, who knows how often the graph will run; Apply takes Plain
	Plain                  // XLA's own convolution, and its gradient by automatic differentiation: the reference
	Winograd               // Lavin and Gray (2016), F(4x4, 3x3); Plain where Chosen says so
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
	Transformed Form = "transformed" // [36, panels, in, 32], for Winograd; in is rounded up to a multiple of 16
	Turned      Form = "turned"      // [36, panels, out, 32], the kernel turned round, for Winograd's gradient; likewise
	Bias        Form = "bias"        // [out]
)

// Forms are all of them.
var Forms = []Form{Kernel, Transformed, Turned, Bias}

// Prepare returns a form's values and dimensions.
func Prepare(form Form, c *weights.Conv) (values []float32, dimensions []int) {
	switch form {
	case Kernel:
		return c.Kernel, []int{3, 3, c.In, c.Out}
	case Transformed:
		return transformKernel(c.Kernel, c.In, c.Out)
	case Turned:
		return transformKernel(turn(c), c.Out, c.In)
	case Bias:
		return c.Bias, []int{c.Out}
	}
	panic(fmt.Sprintf("conv: no form %q of the weights", form))
}

// Apply convolves x [1, h, w, in] with a 3x3 kernel of out channels, stride 1 and one pixel of padding, adds the bias
// and returns [1, h, w, out]. The weights come from param, which returns the node of a form. It is differentiable in x
// only.
//
// Plain does more, for training: several pictures at once, x [n, h, w, in] to [n, h, w, out], and it is differentiable
// in kernel and bias too.
//
// It panics if x is smaller than 2x2 and padding is [weights.ReflectPadding].
func Apply(m Method, padding weights.Padding, x *Node, out int, param func(Form) *Node) *Node {
	return apply(m, padding, x, out, param, false)
}

// ApplyReLU is [ReLU] of [Apply], done in one.
func ApplyReLU(m Method, padding weights.Padding, x *Node, out int, param func(Form) *Node) *Node {
	return apply(m, padding, x, out, param, true)
}

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

// ReLU returns the larger of x and 0. Its gradient needs the result alone, so x need not be kept; at 0 it is 0.
func ReLU(x *Node) *Node {
	return graphs.WithGradient(x,
		func(x *Node) *Node { return Max(x, ZerosLike(x)) },
		func(_, y, dy *Node) *Node { return rectified(y, dy) })
}

// rectified returns the gradient in front of a ReLU, from its result y and the gradient dy behind it.
func rectified(y, dy *Node) *Node {
	return Where(GreaterThan(y, graphs.Constant(y, 0)), dy, graphs.Constant(dy, 0))
}

// Chosen returns the method by which Apply does a convolution on this backend when it is asked for one: Winograd only on a CPU.
func Chosen(backend compute.Backend, m Method) Method {
	if m == Winograd && WinogradOn(backend) == nil {
		return Winograd
	}
	return Plain
}

// WinogradOn returns why a backend cannot do convolutions by Winograd; nil: it can.
func WinogradOn(backend compute.Backend) error { return native.Open(backend) }
