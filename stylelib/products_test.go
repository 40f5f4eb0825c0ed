package stylelib

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// FᵀF and its gradient are those of XLA's own products, for as many channels as the kernel knows and for others; the Gram matrix
// is symmetric to the last bit.
func TestProducts(t *testing.T) {
	backend := testBackend(t)
	for _, c := range []int{64, 24} {
		const h, w = 17, 23
		f, weights := tensors.FromFlatDataAndDimensions(signed(h*w*c, 1, 1), 1, h, w, c), tensors.FromFlatDataAndDimensions(signed(c*c, 2, 1), c, c)
		out, err := ExecOnceN(backend, func(in []*Node) []*Node {
			loss := func(y *Node) []*Node { return []*Node{y, Gradient(ReduceAllSum(Mul(y, in[1])), in[0])[0]} }
			return append(loss(products(in[0])), loss(Einsum("bhwi,bhwj->ij", in[0], in[0]))...)
		}, f, weights)
		if err != nil {
			t.Fatal(err)
		}
		for i, what := range []string{"products", "gradient"} {
			got, want := tensors.MustCopyFlatData[float32](out[i]), tensors.MustCopyFlatData[float32](out[i+2])
			if d := relativeDistance(got, want); !(d < 1e-6) {
				t.Errorf("%d channels: %s differ by %.2g", c, what, d)
			}
		}
		gram := tensors.MustCopyFlatData[float32](out[0])
		for i := range gram {
			if gram[i] != gram[i%c*c+i/c] {
				t.Fatalf("%d channels: %g at %d, %g across", c, gram[i], i, gram[i%c*c+i/c])
			}
		}
	}
}
