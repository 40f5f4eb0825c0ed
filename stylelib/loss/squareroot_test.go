package loss

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/testkit"
)

// R = √A has the square A. Differentiating RR = A gives its gradient: where D is the gradient with respect to R, that with respect to A is
// the X of RX + XR = D (A and D symmetric).
func TestSquareRoot(t *testing.T) {
	out, err := graph.ExecOnceN(testkit.Backend(t), func(m *graph.Node) []*graph.Node {
		a := graph.Add(graph.MulScalar(identity(m), 0.1), product(m, transposed(m)))
		d := graph.Add(m, transposed(m))
		root := squareRoot(a, 20)
		x := graph.Gradient(graph.ReduceAllSum(graph.Mul(root, d)), a)[0]
		return []*graph.Node{graph.Sub(product(root, root), a), graph.Sub(graph.Add(product(root, x), product(x, root)), d)}
	}, tensors.FromFlatDataAndDimensions(testkit.Unit64(25, 7), 5, 5))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"RR - A", "RX + XR - D"} {
		for _, v := range tensors.MustCopyFlatData[float64](out[i]) {
			if !(math.Abs(v) < 1e-9) {
				t.Errorf("%s has a value of %g", name, v)
			}
		}
	}
}
