package conv_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/testkit"
	"stylenet/weights"
)

// layer returns a convolution with normal random weights, about as large as a trained one's.
func layer(in, out int) *weights.Conv {
	random := rand.New(rand.NewPCG(uint64(in), uint64(out)))
	c := &weights.Conv{Name: "conv", In: in, Out: out, Kernel: make([]float32, 9*in*out), Bias: make([]float32, out)}
	for i := range c.Kernel {
		c.Kernel[i] = float32(random.NormFloat64() * math.Sqrt(2/float64(9*in)))
	}
	for i := range c.Bias {
		c.Bias[i] = float32(random.NormFloat64())
	}
	return c
}

// randoms returns n values in [0, 1).
func randoms(n int, seed uint64) []float32 {
	random := rand.New(rand.NewPCG(seed, 0))
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(random.Float64())
	}
	return values
}

// source returns the pixel that stands at place i of n, i from -1 to n; false where that is a zero.
func source(padding weights.Padding, i, n int) (int, bool) {
	switch {
	case i >= 0 && i < n:
		return i, true
	case padding == weights.ReflectPadding:
		return map[bool]int{true: 1, false: n - 2}[i < 0], true
	case padding == weights.ReplicatePadding:
		return map[bool]int{true: 0, false: n - 1}[i < 0], true
	case padding == weights.CircularPadding:
		return (i + n) % n, true
	}
	return 0, false
}

// direct computes the convolution y of x, and the gradient dx of Σ dy·y, in float64 by their definition.
func direct(padding weights.Padding, c *weights.Conv, x, dy []float32, h, w int) (y, dx []float64) {
	y, dx = make([]float64, h*w*c.Out), make([]float64, h*w*c.In)
	for i := range y {
		y[i] = float64(c.Bias[i%c.Out])
	}
	for at := range h * w * 9 {
		row, column := at/9/w, at/9%w
		sy, ok := source(padding, row+at%9/3-1, h)
		sx, ok2 := source(padding, column+at%9%3-1, w)
		if !ok || !ok2 {
			continue
		}
		for i := range c.In {
			from := (sy*w+sx)*c.In + i
			for o := range c.Out {
				k, to := float64(c.Kernel[(at%9*c.In+i)*c.Out+o]), (row*w+column)*c.Out+o
				y[to] += k * float64(x[from])
				dx[from] += k * float64(dy[to])
			}
		}
	}
	return y, dx
}

// forms are all forms of a convolution's weights, as inputs of a graph.
func forms(c *weights.Conv) (list []any) {
	for _, form := range conv.Forms {
		values, dimensions := conv.Prepare(form, c)
		list = append(list, tensors.FromFlatDataAndDimensions(values, dimensions...))
	}
	return list
}

// among returns how to find a form among these inputs.
func among(in []*Node) func(conv.Form) *Node {
	return func(form conv.Form) *Node { return in[slices.Index(conv.Forms, form)] }
}

// run computes the same by a method; the forms of the weights are inputs of the graph.
func run(t *testing.T, backend compute.Backend, m conv.Method, padding weights.Padding, c *weights.Conv, x, dy []float32, h, w int) (y, dx []float32) {
	t.Helper()
	args := []any{tensors.FromFlatDataAndDimensions(x, 1, h, w, c.In), tensors.FromFlatDataAndDimensions(dy, 1, h, w, c.Out)}
	args = append(args, forms(c)...)
	out, err := ExecOnceN(backend, func(in []*Node) []*Node {
		y := conv.Apply(m, padding, in[0], c.Out, among(in[2:]))
		return []*Node{y, Gradient(ReduceAllSum(Mul(y, in[1])), in[0])[0]}
	}, args...)
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out[0]), tensors.MustCopyFlatData[float32](out[1])
}

// Float32 rounds to 6e-8; a direct sum of 1000 products ends near 3e-7, Winograd's transforms make that ten times as much.
var tol = map[conv.Method]float64{conv.Plain: 1e-6, conv.Winograd: 1e-5}

func TestMethodsAgreeWithTheDefinition(t *testing.T) {
	backend := testkit.Backend(t)
	for m, tol := range tol {
		agreesWithTheDefinition(t, backend, m, layer(128, 144), tol)
	}
}

// agreesWithTheDefinition compares a method with direct, for all paddings and some sizes.
func agreesWithTheDefinition(t *testing.T, backend compute.Backend, m conv.Method, c *weights.Conv, tol float64) {
	for _, padding := range []weights.Padding{weights.ZeroPadding, weights.ReflectPadding, weights.ReplicatePadding, weights.CircularPadding} {
		for _, size := range [][2]int{{12, 12}, {7, 9}, {2, 3}} {
			h, w := size[0], size[1]
			x, dy := randoms(h*w*c.In, 1), randoms(h*w*c.Out, 2)
			wantY, wantDx := direct(padding, c, x, dy, h, w)
			y, dx := run(t, backend, m, padding, c, x, dy, h, w)
			name := fmt.Sprintf("%s, %d channels, %s padding, %dx%d", m, c.In, padding, h, w)
			if d := testkit.RelativeDifference(y, wantY); !(d < tol) {
				t.Errorf("%s: differs by %.2g, want at most %g", name, d, tol)
			}
			if d := testkit.RelativeDifference(dx, wantDx); !(d < tol) {
				t.Errorf("%s: gradient differs by %.2g, want at most %g", name, d, tol)
			}
		}
	}
}

// Package native cuts a large picture into many tasks; the plain method, tested above, gives the wanted result.
func TestLargePicture(t *testing.T) {
	backend := testkit.Backend(t)
	c := layer(64, 80)
	const h, w = 190, 118
	x, dy := randoms(h*w*c.In, 5), randoms(h*w*c.Out, 6)
	for _, padding := range []weights.Padding{weights.ZeroPadding, weights.ReflectPadding, weights.ReplicatePadding, weights.CircularPadding} {
		wantY, wantDx := run(t, backend, conv.Plain, padding, c, x, dy, h, w)
		y, dx := run(t, backend, conv.Winograd, padding, c, x, dy, h, w)
		if a, b := testkit.RelativeDifference(y, wantY), testkit.RelativeDifference(dx, wantDx); !(a < 1e-5) || !(b < 1e-5) {
			t.Errorf("%s padding: differ by %.2g and %.2g", padding, a, b)
		}
	}
}

// ApplyReLU is ReLU after Apply, by every method. The loss Σ y²/2 is smooth where y is 0, so that
// rounding decides nothing.
func TestApplyReLU(t *testing.T) {
	backend := testkit.Backend(t)
	c := layer(64, 80)
	for _, size := range [][2]int{{9, 14}, {131, 118}} {
		args := []any{tensors.FromFlatDataAndDimensions(randoms(size[0]*size[1]*c.In, 7), 1, size[0], size[1], c.In)}
		args = append(args, forms(c)...)
		for _, m := range []conv.Method{conv.Plain, conv.Winograd} {
			out, err := ExecOnceN(backend, func(in []*Node) []*Node {
				param := among(in[1:])
				var out []*Node
				for _, y := range []*Node{
					conv.ApplyReLU(m, weights.ZeroPadding, in[0], c.Out, param),
					MaxScalar(conv.Apply(conv.Plain, weights.ZeroPadding, in[0], c.Out, param), 0), // GoMLX's own
				} {
					out = append(out, y, Gradient(DivScalar(ReduceAllSum(Square(y)), 2), in[0])[0])
				}
				return out
			}, args...)
			if err != nil {
				t.Fatal(err)
			}
			for i, what := range []string{"values", "gradients"} {
				got, want := tensors.MustCopyFlatData[float32](out[i]), tensors.MustCopyFlatData[float32](out[i+2])
				if d := testkit.RelativeDifference(got, want); !(d < 1e-5) {
					t.Errorf("%s, %v: %s differ by %.2g", m, size, what, d)
				}
			}
		}
	}
}

// NaN stays NaN, after a ReLU too, so that a run can notice it.
func TestNaN(t *testing.T) {
	backend, c := testkit.Backend(t), layer(16, 16)
	args := []any{tensors.FromFlatDataAndDimensions(append(randoms(7*7*c.In-1, 1), float32(math.NaN())), 1, 7, 7, c.In)}
	args = append(args, forms(c)...)
	for _, m := range []conv.Method{conv.Plain, conv.Winograd} {
		y, err := ExecOnce(backend, func(in []*Node) *Node {
			return conv.ApplyReLU(m, weights.ZeroPadding, in[0], c.Out, among(in[1:]))
		}, args...)
		if err != nil {
			t.Fatal(err)
		}
		got := tensors.MustCopyFlatData[float32](y)
		if last := got[len(got)-c.Out:]; slices.ContainsFunc(last, func(v float32) bool { return v == v }) {
			t.Errorf("%s: next to a NaN pixel there is %v", m, last)
		}
	}
}

// Winograd takes few channels too, numbers of them that are not multiples of 16, and a single pixel.
func TestNarrowLayers(t *testing.T) {
	backend := testkit.Backend(t)
	for _, c := range []*weights.Conv{layer(3, 64), layer(16, 32), layer(24, 16), layer(16, 40)} {
		x, dy := randoms(c.In, 3), randoms(c.Out, 4)
		wantY, wantDx := direct(weights.ZeroPadding, c, x, dy, 1, 1)
		y, dx := run(t, backend, conv.Winograd, weights.ZeroPadding, c, x, dy, 1, 1)
		if a, b := testkit.RelativeDifference(y, wantY), testkit.RelativeDifference(dx, wantDx); !(a < 1e-5) || !(b < 1e-5) {
			t.Errorf("%d to %d channels: differ by %.2g and %.2g", c.In, c.Out, a, b)
		}
	}
}

func TestReflectPaddingNeedsTwoPixels(t *testing.T) {
	backend := testkit.Backend(t)
	_, err := ExecOnce(backend, func(x *Node) *Node {
		return conv.Apply(conv.Plain, weights.ReflectPadding, x, 3, func(conv.Form) *Node { return Zeros(x.Graph(), x.Shape()) })
	}, tensors.FromFlatDataAndDimensions([]float32{1, 2, 3}, 1, 1, 1, 3))
	if err == nil {
		t.Error("one pixel was mirrored")
	}
}
