package graphs_test

import (
	"errors"
	"slices"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/testkit"
)

// weighted returns y = fn(x) and the gradient of the sum of y times 1, 2, 3 …
func weighted(t *testing.T, fn func(x *Node) *Node, x []float32, shape ...int) (y, gradient []float32) {
	t.Helper()
	out, err := ExecOnceN(testkit.Backend(t), func(x *Node) []*Node {
		y := fn(x)
		weights := make([]float32, y.Shape().Size())
		for i := range weights {
			weights[i] = float32(i + 1)
		}
		loss := ReduceAllSum(Mul(Reshape(y, -1), Const(x.Graph(), weights)))
		return []*Node{y, Gradient(loss, x)[0]}
	}, tensors.FromFlatDataAndDimensions(x, shape...))
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out[0]), tensors.MustCopyFlatData[float32](out[1])
}

// x² with a gradient that is not its own: x + y + 10·dy, so that each of backward's arguments is there. The values are its own.
func TestWithGradient(t *testing.T) {
	square := func(x *Node) *Node {
		return graphs.WithGradient(x, Square, func(x, y, dy *Node) *Node { return Add(Add(x, y), MulScalar(dy, 10)) })
	}
	y, gradient := weighted(t, square, []float32{3, -2}, 2)
	testkit.Expect(t, "x²", y, 9, 4)
	testkit.Expect(t, "gradient", gradient, 3+9+10, -2+4+20)
}

// Forward may be made of operations that have no gradient, and may change the shape.
func TestWithGradientOfAnotherShape(t *testing.T) {
	pair := func(x *Node) *Node {
		return graphs.WithGradient(x, func(x *Node) *Node { return Concatenate([]*Node{Round(x), x}, 0) },
			func(_, _, dy *Node) *Node { return Slice(dy, AxisRange(0, 2)) })
	}
	y, gradient := weighted(t, pair, []float32{0.75, 2}, 2)
	testkit.Expect(t, "pair", y, 1, 2, 0.75, 2)
	testkit.Expect(t, "gradient", gradient, 1, 2)
}

// Zeros come behind the last row or column; the gradient leaves theirs out.
func TestPadZeros(t *testing.T) {
	x := []float32{5, 6, 7, 8}
	y, gradient := weighted(t, func(x *Node) *Node { return graphs.PadZeros(x, 1, 1) }, x, 2, 2)
	testkit.Expect(t, "columns", y, 5, 6, 0, 7, 8, 0)
	testkit.Expect(t, "gradient", gradient, 1, 2, 4, 5)
	y, gradient = weighted(t, func(x *Node) *Node { return graphs.PadRows(x, 0, 3) }, x, 2, 2) // one device: to 3 rows
	testkit.Expect(t, "rows", y, 5, 6, 7, 8, 0, 0)
	testkit.Expect(t, "gradient", gradient, 1, 2, 3, 4)
	y, _ = weighted(t, func(x *Node) *Node { return graphs.PadRows(x, 0, 2) }, x, 2, 2)
	testkit.Expect(t, "rows that come out even", y, x...)
}

func TestSums(t *testing.T) {
	all := func(x *Node) *Node {
		three := graphs.AddAll([]*Node{graphs.SumAll(x), graphs.MeanAll(x), graphs.Entry(Reshape(x, -1), 2)})
		return Stack([]*Node{graphs.SumAll(x), graphs.MeanAll(x), three}, 0)
	}
	y, gradient := weighted(t, all, []float32{1, 2, 4, 9}, 2, 2)
	testkit.Expect(t, "sum, mean, and both with the third entry", y, 16, 4, 16+4+4)
	testkit.Expect(t, "gradient", gradient, 1+2./4+3*1.25, 1+2./4+3*1.25, 1+2./4+3*2.25, 1+2./4+3*1.25)
}

func TestPanics(t *testing.T) {
	cause := errors.New("a cause")
	err := graphs.CatchPanic(func() { graphs.Explain("the term", func() { panic(cause) }) })
	var fault *graphs.Fault
	if !errors.As(err, &fault) || !errors.Is(err, cause) || err.Error() != "the term: a cause" {
		t.Errorf("error %v, want a Fault with its cause", err)
	}
	if err := graphs.CatchPanic(func() { panic(7) }); err == nil || err.Error() != "7" {
		t.Errorf("error %v, want 7", err)
	}
	twoOutputs := graphs.ErrorPanics(func([]*Node) []*Node { return make([]*Node, 2) })
	if err := graphs.CatchPanic(func() { twoOutputs(nil) }); err == nil || err.Error() != "the graph's function returned nil for one of its 2 outputs" {
		t.Errorf("error %v", err)
	}
	if got := graphs.ErrorPanics(func(in []*Node) []*Node { return in })(nil); !slices.Equal(got, nil) {
		t.Errorf("%v, want what the function returns", got)
	}
}
