// Package conv is the convolution room: nothing outside it knows how a 3x3 convolution is done.
//
// The door is [Apply]. A [Method] may want the weights in a form of its own (Winograd's wants them transformed); it asks
// for a [Form] by name, [Prepare] makes that form once, and the caller keeps it on the device.
//
//	plain.go      XLA's own convolution, the reference
//	winograd.go   four or five times fewer multiplications, forward and backward; points.go derives its matrices
//	padding.go    what lies beyond the picture's edge
//	gradient.go   how an operation brings a gradient of its own into GoMLX
package conv

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/weights"
)

// Method is a way to do the convolution. All but BFloat16 give the same result up to float32 rounding.
type Method int

// The methods.
const (
	Auto     Method = iota // left to the caller, who knows how often the graph will run; Apply takes Plain
	Plain                  // XLA's own convolution, and its gradient by automatic differentiation: the reference
	Winograd               // Lavin and Gray (2016), F(6x6, 3x3) or F(4x4, 3x3), Plain in narrow layers; slower to compile
	BFloat16               // Winograd whose products see 8 binary digits of each factor; sums, and all else, are float32
)

// String returns the method's name: auto, plain or winograd, bfloat16.
func (m Method) String() string {
	if m < Auto || m > BFloat16 {
		return fmt.Sprintf("Method(%d)", int(m))
	}
	return [...]string{"auto", "plain", "winograd", "bfloat16"}[m]
}

// Form names one prepared array of a convolution's weights.
type Form string

// The forms.
const (
	Kernel      Form = "kernel"      // [3, 3, in, out], as in weights.Conv
	Transformed Form = "transformed" // [points, in, out], for Winograd
	Turned      Form = "turned"      // [points, out, in], the kernel turned round, for Winograd's gradient
	Bias        Form = "bias"        // [out]
)

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
	switch Chosen(m, x.Shape().Dim(3), out) {
	case Winograd:
		return winograd(padding, x, param, rectify)
	case BFloat16:
		return winograd(padding, x, func(form Form) *Node {
			if form == Bias {
				return param(form)
			}
			return ConvertDType(param(form), dtypes.BFloat16)
		}, rectify)
	}
	y := plain(padding, x, param(Kernel), param(Bias))
	if rectify {
		y = ReLU(y)
	}
	return y
}

// ReLU returns the larger of x and 0. Its gradient needs the result alone, so x need not be kept; at 0 it is 0.
func ReLU(x *Node) *Node {
	return WithGradient(x,
		func(x *Node) *Node { return Max(x, ZerosLike(x)) },
		func(_, y, dy *Node) *Node { return rectified(y, dy) })
}

// rectified returns the gradient in front of a ReLU, from its result y and the gradient dy behind it.
func rectified(y, dy *Node) *Node { return Where(GreaterThan(y, ZerosLike(y)), dy, ZerosLike(dy)) }

// Chosen returns how Apply does a layer of so many channels when it is asked for a method: Plain or the method itself.
func Chosen(m Method, in, out int) Method {
	if m >= Winograd && min(in, out) >= fewestChannels {
		return m
	}
	return Plain
}

// Winograd pays where both sides have this many channels: VGG-19's layers then take a third to 60 % of the plain time.
// With fewer channels its transforms eat what it saves. `stylenet doctor -bench` measures it.
const fewestChannels = 64
