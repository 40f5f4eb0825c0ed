// Package conv is the convolution room: nothing outside it knows how a 3x3 convolution is done.
//
// The door is [Apply]. A [Method] may want the weights in a form of its own (a Winograd method, say, wants them
// transformed); it asks for a [Form] by name, [Prepare] makes that form once, and the caller keeps it on the device.
package conv

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/weights"
)

// Method is a way to do the convolution. All methods give the same result up to float32 rounding.
type Method int

// The methods.
const (
	Plain Method = iota // XLA's own convolution, and its gradient by automatic differentiation: the reference
)

// Form names one prepared array of a convolution's weights.
type Form string

// The forms.
const (
	Kernel Form = "kernel" // [3, 3, in, out], as in weights.Conv
	Bias   Form = "bias"   // [out]
)

// Prepare returns a form's values and dimensions.
func Prepare(form Form, c *weights.Conv) (values []float32, dimensions []int) {
	switch form {
	case Kernel:
		return c.Kernel, []int{3, 3, c.In, c.Out}
	case Bias:
		return c.Bias, []int{c.Out}
	}
	panic(fmt.Sprintf("conv: no form %q of the weights", form))
}

// Apply convolves x [1, h, w, in] with a 3x3 kernel, stride 1 and one pixel of padding, adds the bias and
// returns [1, h, w, out]. The weights come from param, which returns the node of a form. It is differentiable in x only.
//
// It panics if x is smaller than 2x2 and padding is [weights.ReflectPadding].
func Apply(m Method, padding weights.Padding, x *Node, param func(Form) *Node) *Node {
	if m != Plain {
		panic(fmt.Sprintf("conv: no method %d", m))
	}
	return plain(padding, x, param(Kernel), param(Bias))
}
