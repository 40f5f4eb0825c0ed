package conv

import (
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/weights"
)

// plain is XLA's convolution of x [n, h, w, in] with kernel [3, 3, in, out] and bias [out].
func plain(padding weights.Padding, x, kernel, bias *Node) *Node {
	if padding == weights.ZeroPadding {
		return Add(Convolve(x, kernel).PaddingPerDim([][2]int{{1, 1}, {1, 1}}).Done(), perChannel(bias))
	}
	return Add(Convolve(PadEdges(padding, x), kernel).NoPadding().Done(), perChannel(bias))
}

// perChannel gives bias [c] the shape [1, 1, 1, c], to be added to every pixel.
func perChannel(bias *Node) *Node { return Reshape(bias, 1, 1, 1, -1) }
