package conv

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
	"stylenet/weights"
)

// Winograd's convolution F(4, 3) computes 4 outputs of 3 taps from 6 inputs as a product of polynomials, which its values at 6 points
// determine: 6 multiplications where the definition takes 12. Along rows and along columns, a 4x4 tile takes 36 in place of 144. The
// weights are transformed once, in transform.go. Package native does the rest.

// winograd convolves x [1, h, w, in] with the Transformed weights, adds the bias, applies a ReLU if rectify is set, and returns
// [1, h, w, out]. Its gradient is the same convolution with the Rotated weights.
func winograd(padding weights.Padding, x *Node, out int, param func(Form) *Node, rectify bool) *Node {
	border := 1 // of zeros
	if padding != weights.ZeroPadding {
		x, border = PadEdges(padding, x), 0
	}
	in := x.Shape().Dim(3)
	return graphs.WithGradient(x,
		func(x *Node) *Node {
			kind := "bias"
			if rectify {
				kind = "relu"
			}
			y := call(kind, border, roundUp(out), withChannels(roundUp(in), x), param(Transformed), withChannels(roundUp(out), param(Bias)))
			return withChannels(out, y)
		},
		func(_, y, dy *Node) *Node {
			arguments := []*Node{withChannels(roundUp(out), dy), param(Rotated)}
			if rectify {
				return withChannels(in, call("where", 2-border, roundUp(in), append(arguments, withChannels(roundUp(out), y))...))
			}
			return withChannels(in, call("plain", 2-border, roundUp(in), arguments...))
		})
}

// roundUp returns the least number of channels, n or more, that native's convolution takes.
func roundUp(n int) int { return (n + native.Step - 1) / native.Step * native.Step }

// withChannels returns x with n channels: its first n, or all and then zeros.
func withChannels(n int, x *Node) *Node {
	have := x.Shape().Dim(-1)
	if n <= have {
		return SliceAxis(x, -1, AxisRange(0, n))
	}
	zeros := make([]compute.PadAxis, x.Rank())
	zeros[x.Rank()-1].End = n - have
	return Pad(x, constant(x, 0), zeros...)
}

// call calls native's convolution of x, the first argument, with border zeros around it, and the transformed weights, the second, to
// out channels. The third argument is the bias of the kinds "bias" and "relu", and of "where" the result of the ReLU whose gradient
// is taken first.
func call(kind string, border, out int, arguments ...*Node) *Node {
	return native.Call(kind, func(in []*Node) *Node { return reference(kind, border, out, in) }, arguments...)
}

// reference computes the same as call, in XLA's operations. XLA compiles it where package native is not installed.
func reference(kind string, border, out int, in []*Node) *Node {
	x := in[0]
	if kind == "where" {
		x = reluGradient(in[2], x)
	}
	y := Convolve(x, inverseTransform(in[1], out)).PaddingPerDim([][2]int{{border, border}, {border, border}}).Done()
	if kind == "bias" || kind == "relu" {
		y = Add(y, perChannel(in[2]))
	}
	if kind == "relu" {
		y = Max(y, constant(y, 0))
	}
	return y
}
