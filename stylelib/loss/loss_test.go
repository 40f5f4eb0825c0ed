package loss

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/testkit"
)

// Two channels over a 2x2 picture: a = 1 2 / 3 4, b = 0 1 / 0 2.
// a·a = 1+4+9+16 = 30, a·b = 0+2+0+8 = 10, b·b = 5; divided by h·w·c = 8.
func TestGramByHand(t *testing.T) {
	got := testkit.Evaluate(t, testkit.Backend(t), Gram.Of, []float32{1, 0, 2, 1, 3, 0, 4, 2}, 1, 2, 2, 2)
	testkit.Expect(t, "Gram", got, 30./8, 10./8, 10./8, 5./8)
}

// The Gram matrix does not depend on the order of positions.
func TestGramOfShuffledPositions(t *testing.T) {
	backend := testkit.Backend(t)
	values := testkit.Unit(6*5*3, 9)
	shuffled := append(append([]float32{}, values[45:]...), values[:45]...) // whole pixels: 15 x 3 values
	testkit.Expect(t, "Gram of shuffled pixels", testkit.Evaluate(t, backend, Gram.Of, shuffled, 1, 6, 5, 3), testkit.Evaluate(t, backend, Gram.Of, values, 1, 6, 5, 3)...)
}

// One channel, 0 1 / 3 2: down 3 and 1, mean square 5; right 1 and -1, mean square 1. Together 6.
func TestTotalVariationByHand(t *testing.T) {
	backend := testkit.Backend(t)
	testkit.Expect(t, "total variation", testkit.Evaluate(t, backend, TotalVariation.Of, []float32{0, 1, 3, 2}, 1, 2, 2, 1), 6)
	testkit.Expect(t, "of a flat picture", testkit.Evaluate(t, backend, TotalVariation.Of, []float32{7, 7, 7, 7, 7, 7}, 1, 2, 3, 1), 0)
	// A checkerboard of 0 and 1 has difference 1 everywhere: 1 + 1.
	testkit.Expect(t, "of a checkerboard", testkit.Evaluate(t, backend, TotalVariation.Of, []float32{0, 1, 0, 1, 0, 1, 0, 1, 0}, 1, 3, 3, 1), 2)
}

func TestRelativeSquareByHand(t *testing.T) {
	backend := testkit.Backend(t)
	want := []float32{3, 4} // 25 together
	compare := func(x *graph.Node) *graph.Node { return RelativeSquare.Of(x, graph.Const(x.Graph(), want)) }
	testkit.Expect(t, "agreeing", testkit.Evaluate(t, backend, compare, []float32{3, 4}, 2), 0)
	testkit.Expect(t, "zeros", testkit.Evaluate(t, backend, compare, []float32{0, 0}, 2), 1)
	testkit.Expect(t, "off by 1 and 2", testkit.Evaluate(t, backend, compare, []float32{4, 2}, 2), 5./25)
}
