package conv_test

import (
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/conv"
	"stylenet/weights"
)

// What native does is what is said of it.
func TestNativeDoesWhatIsSaid(t *testing.T) {
	backend := testBackend(t)
	if err := conv.WinogradOn(backend); err != nil {
		t.Skip(err)
	}
	const h, w, in, out = 37, 22, 32, 48
	random := rand.New(rand.NewPCG(1, 2))
	array := func(dimensions ...int) *tensors.Tensor {
		size := 1
		for _, d := range dimensions {
			size *= d
		}
		values := make([]float32, size)
		for i := range values {
			values[i] = float32(random.NormFloat64())
		}
		return tensors.FromFlatDataAndDimensions(values, dimensions...)
	}
	c := &weights.Conv{In: in, Out: out, Kernel: tensors.MustCopyFlatData[float32](array(9 * in * out))}
	values, dimensions := conv.Prepare(conv.Transformed, c)
	x, transformed := array(1, h, w, in), tensors.FromFlatDataAndDimensions(values, dimensions...)
	for kind, args := range map[string][]any{
		"plain": {x, transformed},
		"bias":  {x, transformed, array(out)},
		"relu":  {x, transformed, array(out)},
		"where": {x, transformed, array(1, h, w, in)},
	} {
		for border := range 3 {
			y, err := ExecOnceN(backend, func(in []*Node) []*Node {
				return []*Node{conv.Call(kind, border, out, in...), conv.Said(kind, border, out, in)}
			}, args...)
			if err != nil {
				t.Fatal(err)
			}
			got := tensors.MustCopyFlatData[float32](y[0])
			var square, all float64
			for i, want := range tensors.MustCopyFlatData[float32](y[1]) {
				d := float64(got[i] - want)
				square, all = square+d*d, all+float64(want*want)
			}
			if off := math.Sqrt(square / all); !(off > 0 && off < 1e-5) { // 0: XLA did both
				t.Errorf("%s, border %d: off by %.2g", kind, border, off)
			}
		}
	}
}
