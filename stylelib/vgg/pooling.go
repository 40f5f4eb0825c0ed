package vgg

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// Pooling is how features are halved after a block: by 2x2 windows with stride 2. Odd sizes are rounded up, and windows at the edge have
// only the positions that exist (SAME in TensorFlow, ceil_mode in PyTorch).
type Pooling int

// The poolings. MaxPooling is VGG-19's own, AveragePooling the built-in network's. Gatys et al. found that AveragePooling
// gives smoother pictures. Averages are smaller than maxima, so deeper features become small beside the biases of a network that was
// trained with maxima. RescaledPooling is √2 times the average: for photographs maxima were 1.2 to 1.7 times the average (root mean
// squares after each block of two networks).
const (
	MaxPooling Pooling = iota
	AveragePooling
	RescaledPooling
)

// poolingNames are the names of the poolings, in their order.
var poolingNames = []string{"max", "avg", "avg-rescaled"}

// String returns the pooling's name: max, avg or avg-rescaled.
func (p Pooling) String() string {
	if p < MaxPooling || p > RescaledPooling {
		return fmt.Sprintf("Pooling(%d)", int(p))
	}
	return poolingNames[p]
}

// ParsePooling returns the pooling with a name: max, avg or avg-rescaled. Another name is an error.
func ParsePooling(name string) (Pooling, error) {
	if i := slices.Index(poolingNames, name); i >= 0 {
		return Pooling(i), nil
	}
	return 0, fmt.Errorf("vgg: no pooling %q; poolings are max, avg and avg-rescaled", name)
}

// Apply halves x [1, h, w, c] to [1, ⌈h/2⌉, ⌈w/2⌉, c]. x comes from a ReLU: it must not be negative. Several pictures at once, [n, h, w, c],
// must have even sizes, so that no window is in two of them; Apply panics on others.
func (p Pooling) Apply(x *Node) *Node {
	x.AssertRank(4)
	if n, h, w, c := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2), x.Shape().Dim(3); n != 1 {
		if h%2 == 1 || w%2 == 1 {
			exceptions.Panicf("vgg: pooling of %d pictures at once needs even sizes, got %s", n, x.Shape())
		}
		y := p.Apply(Reshape(x, 1, n*h, w, c)) // one above the other
		return Reshape(y, n, h/2, w/2, c)
	}
	switch p {
	case AveragePooling:
		return averagePool(x)
	case RescaledPooling:
		return MulScalar(averagePool(x), math.Sqrt2)
	}
	return graphs.WithGradient(x, maxPool, maxPoolBackward)
}

// dropOdd leaves out the last row of x [1, h, w, c] where their number is odd, and the last column.
func dropOdd(x *Node) *Node {
	h, w := x.Shape().Dim(1), x.Shape().Dim(2)
	return Slice(x, AxisRange(), AxisRange(0, h-h%2), AxisRange(0, w-w%2))
}

// windows returns x [1, h, w, c] as windows [⌈h/2⌉, 2, ⌈w/2⌉, 2, c]. An odd size is padded with zeros, and where there are several devices
// more rows of windows with zeros follow.
func windows(x *Node) *Node {
	x = graphs.PadZeros(graphs.PadRows(x, 1, 2), 2, x.Shape().Dim(2)%2)
	return Reshape(x, x.Shape().Dim(1)/2, 2, x.Shape().Dim(2)/2, 2, x.Shape().Dim(3))
}

// corner returns one of the four positions of each window, [h2, w2, c].
func corner(windows *Node, row, column int) *Node {
	s := windows.Shape()
	x := Slice(windows, AxisRange(), AxisElem(row), AxisRange(), AxisElem(column), AxisRange())
	return Reshape(x, s.Dim(0), s.Dim(2), s.Dim(4))
}

// maxPool returns the maximum of each window. The zeros of padding do not change it, because x is not negative.
func maxPool(x *Node) *Node {
	q := windows(x)
	y := Max(Max(corner(q, 0, 0), corner(q, 0, 1)), Max(corner(q, 1, 0), corner(q, 1, 1)))
	return fromWindows(y, x.Shape().Dim(1))
}

// fromWindows returns values [h2, w2, c], one for each window, as [1, ⌈h/2⌉, w2, c].
func fromWindows(y *Node, h int) *Node { return InsertAxes(SliceAxis(y, 0, AxisRange(0, (h+1)/2)), 0) }

// forWindows is the inverse of fromWindows, with zeros for the added windows.
func forWindows(y *Node) *Node { return Squeeze(graphs.PadRows(y, 1, 1), 0) }

// maxPoolBackward gives dy to the first maximum of each window, row by row, as PyTorch does. In flat areas, where all four positions are
// equal, giving it to each of them would be four times too much.
func maxPoolBackward(x, y, dy *Node) *Node {
	q := windows(x)
	g, s := x.Graph(), q.Shape()
	maximum := forWindows(y)
	number := func(n int32) *Node { return BroadcastToDims(Const(g, n), maximum.Shape().Dimensions...) }
	first := Where(Equal(corner(q, 0, 0), maximum), number(0),
		Where(Equal(corner(q, 0, 1), maximum), number(1),
			Where(Equal(corner(q, 1, 0), maximum), number(2), number(3)))) // [h2, w2, c]
	numbers := shapes.Make(dtypes.Int32, s.Dimensions...)
	position := Add(MulScalar(Iota(g, numbers, 1), 2), Iota(g, numbers, 3)) // 0 1 / 2 3 within a window
	spread := func(n *Node) *Node {
		n = Reshape(n, s.Dim(0), 1, s.Dim(2), 1, s.Dim(4))
		return BroadcastToDims(n, s.Dimensions...)
	}
	dx := Where(Equal(spread(first), position), spread(forWindows(dy)), ZerosLike(q))
	return joinWindows(dx, x.Shape())
}

// joinWindows is the inverse of windows: it returns [h2, 2, w2, 2, c] as shape [1, h, w, c].
func joinWindows(q *Node, shape shapes.Shape) *Node {
	s := q.Shape()
	x := Reshape(q, 1, s.Dim(0)*2, s.Dim(2)*2, s.Dim(4))
	return Slice(x, AxisRange(), AxisRange(0, shape.Dim(1)), AxisRange(0, shape.Dim(2)), AxisRange())
}

// averagePool returns the mean of the positions that exist in each window.
func averagePool(x *Node) *Node {
	sum := fromWindows(ReduceSum(windows(x), 1, 3), x.Shape().Dim(1)) // [1, h2, w2, c]
	rows, columns := windowSizes(x.Shape().Dim(1)), windowSizes(x.Shape().Dim(2))
	g := x.Graph()
	count := Mul(Reshape(Const(g, rows), 1, -1, 1, 1), Reshape(Const(g, columns), 1, 1, -1, 1))
	return Div(sum, BroadcastToDims(count, sum.Shape().Dimensions...))
}

// windowSizes returns how many of n positions along an axis each window has: 5 -> 2 2 1.
func windowSizes(n int) []float32 {
	sizes := make([]float32, (n+1)/2)
	for i := range sizes {
		sizes[i] = float32(min(2, n-2*i))
	}
	return sizes
}
