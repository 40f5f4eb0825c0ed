package conv_test

import (
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/native"
	"stylenet/stylelib/internal/testkit"
)

// Native's kernel computes what the reference computes.
func TestKernelAgreesWithItsReference(t *testing.T) {
	backend := testkit.Backend(t)
	if err := conv.WinogradOn(backend); err != nil {
		t.Skip(err)
	}
	const h, w, in, out = 37, 22, 32, 48
	c := layer(in, out)
	array := func(seed uint64, dimensions ...int) *tensors.Tensor { // of numbers below 0 and above
		values := randoms(h*w*in, seed)
		for i := range values {
			values[i] -= 0.5
		}
		return tensors.FromFlatDataAndDimensions(values, dimensions...)
	}
	values, dimensions := conv.Prepare(conv.Transformed, c)
	if dimensions[0] != native.Points || dimensions[3] != native.Panel {
		t.Errorf("the transformed weights are %v", dimensions)
	}
	x, transformed := array(1, 1, h, w, in), tensors.FromFlatDataAndDimensions(values, dimensions...)
	bias := tensors.FromFlatDataAndDimensions(c.Bias, out)
	for kind, args := range map[string][]any{
		"plain": {x, transformed},
		"bias":  {x, transformed, bias},
		"relu":  {x, transformed, bias},
		"where": {x, transformed, array(2, 1, h, w, in)},
	} {
		for border := range 3 {
			y, err := ExecOnceN(backend, func(in []*Node) []*Node {
				return []*Node{conv.Call(kind, border, out, in...), conv.Reference(kind, border, out, in)}
			}, args...)
			if err != nil {
				t.Fatal(err)
			}
			off := testkit.RelativeDifference(tensors.MustCopyFlatData[float32](y[0]), tensors.MustCopyFlatData[float32](y[1]))
			if !(off > 0 && off < 1e-5) { // 0: XLA did both
				t.Errorf("%s, border %d: off by %.2g", kind, border, off)
			}
		}
	}
}
