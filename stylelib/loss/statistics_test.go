package loss

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/testkit"
)

// describedLosses are pairs of a description and a comparison whose loss is smooth.
var describedLosses = map[string]struct {
	describe  Describe
	compare   Compare
	unordered bool // does not depend on the order of positions
}{
	"Gram":            {Gram, RelativeSquare, true},
	"mean, variance":  {MeanVariance, RelativeRows, true},
	"four moments":    {Moments(4), RelativeRows, true},
	"Wasserstein":     {Gaussian, Wasserstein2, true},
	"sliced":          {Projections(5), SlicedWasserstein, true},
	"histogram":       {Channels, SlicedWasserstein, true},
	"nearest patches": {Patches, NearestPatches, false},
}

// evaluator returns the loss of features [1, 5, 6, 3] compared with a target's [1, h, w, 3], and its gradient, in float64.
func evaluator(t *testing.T, describe Describe, compare Compare, h, w int) func(x, target []float64) (float64, []float64) {
	t.Helper()
	exec, err := graph.NewExec(testkit.Backend(t), func(x, target *graph.Node) []*graph.Node {
		loss := compare.Of(describe.Of(x), describe.Of(target))
		return []*graph.Node{loss, graph.Gradient(loss, x)[0]}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(exec.Finalize)
	return func(x, target []float64) (float64, []float64) {
		t.Helper()
		out, err := exec.Exec(tensors.FromFlatDataAndDimensions(x, 1, 5, 6, 3), tensors.FromFlatDataAndDimensions(target, 1, h, w, 3))
		if err != nil {
			t.Fatal(err)
		}
		return tensors.MustCopyFlatData[float64](out[0])[0], tensors.MustCopyFlatData[float64](out[1])
	}
}

// The gradient of every loss is the slope that finite differences measure. The loss of a picture with itself as target is 0, and with its
// pixels in another order too, where the description does not depend on their order.
func TestGradientsAndInvariances(t *testing.T) {
	for name, loss := range describedLosses {
		run := evaluator(t, loss.describe, loss.compare, 5, 6)
		x, target := testkit.Unit64(90, 1), testkit.Unit64(90, 2)
		checkGradient(t, name, run, x, target)
		if itself, _ := run(x, x); !(math.Abs(itself) < 1e-9) {
			t.Errorf("%s: a picture differs by %g from itself", name, itself)
		}
		var permuted []float64
		for i := range 30 { // 11 and 30 share no factor: every pixel once
			permuted = append(permuted, x[i*11%30*3:][:3]...)
		}
		shuffled, _ := run(permuted, x)
		if unordered := math.Abs(shuffled) < 1e-9; unordered != loss.unordered {
			t.Errorf("%s: shuffled pixels differ by %g", name, shuffled)
		}
	}
}

// checkGradient compares a gradient with finite differences in three directions.
func checkGradient(t *testing.T, name string, run func(x, target []float64) (float64, []float64), x, target []float64) {
	t.Helper()
	value, gradient := run(x, target)
	if !(value > 1e-3) {
		t.Errorf("%s: the loss is %g; two pictures should differ", name, value)
	}
	for seed := range uint64(3) {
		const h = 1e-6
		direction := testkit.Unit64(len(x), 10+seed)
		moved := func(by float64) float64 {
			y := make([]float64, len(x))
			for i := range y {
				y[i] = x[i] + by*(direction[i]-0.5)
			}
			value, _ := run(y, target)
			return value
		}
		slope, measured := 0.0, (moved(h)-moved(-h))/(2*h)
		for i, g := range gradient {
			slope += g * (direction[i] - 0.5)
		}
		if !(math.Abs(slope-measured) <= 1e-6*math.Max(math.Abs(measured), 0.01)) {
			t.Errorf("%s: slope %.9g, finite differences %.9g", name, slope, measured)
		}
	}
}

// Two channels over four positions: 1 2 3 6 and 0 0 4 4. Means 3 and 2; central moments of the first: (4+1+0+9)/4 = 3.5 and
// (-8-1+0+27)/4 = 4.5; of the second 4 and 0.
func TestMomentsByHand(t *testing.T) {
	got := testkit.Evaluate(t, testkit.Backend(t), Moments(3).Of, []float32{1, 0, 2, 0, 3, 4, 6, 4}, 1, 2, 2, 2)
	testkit.Expect(t, "moments", got, 3, 2, 3.5, 4, 4.5, 0)
}

// A row counts the same whatever its size: (1-2)²/(2²) = 1/4 and (100-400)²/400² = 9/16, on average 13/32.
func TestRelativeRowsByHand(t *testing.T) {
	compare := func(x *graph.Node) *graph.Node {
		return RelativeRows.Of(x, graph.Const(x.Graph(), [][]float32{{2, 2}, {400, 400}}))
	}
	testkit.Expect(t, "rows", testkit.Evaluate(t, testkit.Backend(t), compare, []float32{1, 1, 100, 100}, 2, 2), 13./32)
}

// One channel. 0 1 3 transported to 1 2 6 costs (1 + 1 + 9)/3 = 11/3; the target's mean square is 41/3. The values come in another order
// than the target's.
// 0 1 transported to 0 1 2 3: at the target's ranks 1/2 and 5/2 are 0.5 and 2.5, which costs (0.25 + 2.25)/2; mean square 14/4.
// 0 1 2 3 transported to 0 4: at the ranks -1/4, 1/4, 3/4 and 5/4, clipped to 0 and 1, are 0, 1, 3 and 4, which costs
// (0 + 0 + 1 + 1)/4; mean square 8.
func TestSlicedWassersteinByHand(t *testing.T) {
	for _, test := range []struct {
		x, target []float32
		want      float32
	}{
		{[]float32{3, 0, 1}, []float32{2, 6, 1}, 11. / 41},
		{[]float32{1, 0}, []float32{3, 0, 2, 1}, 1.25 / 3.5},
		{[]float32{3, 0, 2, 1}, []float32{4, 0}, 2. / 4 / 8},
	} {
		transport := func(x *graph.Node) *graph.Node {
			target := graph.Reshape(graph.Const(x.Graph(), test.target), 1, 1, -1, 1)
			return SlicedWasserstein.Of(Channels.Of(x), Channels.Of(target))
		}
		testkit.Expect(t, "sliced", testkit.Evaluate(t, testkit.Backend(t), transport, test.x, 1, 1, len(test.x), 1), test.want)
	}
}

// For two channels the distance has a closed form: of a 2x2 matrix M, tr √M = √(tr M + 2 √det M).
func TestWassersteinByHand(t *testing.T) {
	x, target := testkit.Unit64(40, 3), testkit.Unit64(40, 4)
	for i := range target {
		target[i] = 2*target[i] + float64(i%2) + 0.5*target[i/2*2] // another mean, variance and covariance
	}
	mean, c := gaussianOf(x)
	wantMean, d := gaussianOf(target)
	product := [4]float64{c[0]*d[0] + c[1]*d[2], c[0]*d[1] + c[1]*d[3], c[2]*d[0] + c[3]*d[2], c[2]*d[1] + c[3]*d[3]}
	det := product[0]*product[3] - product[1]*product[2]
	want := math.Pow(mean[0]-wantMean[0], 2) + math.Pow(mean[1]-wantMean[1], 2) + c[0] + c[3] + d[0] + d[3] -
		2*math.Sqrt(product[0]+product[3]+2*math.Sqrt(det))
	want /= wantMean[0]*wantMean[0] + wantMean[1]*wantMean[1] + d[0] + d[3]
	out, err := graph.ExecOnceN(testkit.Backend(t), func(x, target *graph.Node) []*graph.Node {
		return []*graph.Node{Wasserstein2.Of(Gaussian.Of(x), Gaussian.Of(target))}
	}, tensors.FromFlatDataAndDimensions(x, 1, 4, 5, 2), tensors.FromFlatDataAndDimensions(target, 1, 4, 5, 2))
	if err != nil {
		t.Fatal(err)
	}
	if got := tensors.MustCopyFlatData[float64](out[0])[0]; !(math.Abs(got-want) < 1e-9) {
		t.Errorf("distance %.12g, want %.12g", got, want)
	}
}

// gaussianOf returns the mean and the covariance of pairs, a thousandth of the mean variance added.
func gaussianOf(pairs []float64) (mean [2]float64, covariance [4]float64) {
	n := float64(len(pairs) / 2)
	for i, v := range pairs {
		mean[i%2] += v / n
	}
	for i := 0; i < len(pairs); i += 2 {
		a, b := pairs[i]-mean[0], pairs[i+1]-mean[1]
		for j, v := range []float64{a * a, a * b, a * b, b * b} {
			covariance[j] += v / n
		}
	}
	more := (covariance[0] + covariance[3]) / 2 * 1e-3
	covariance[0] += more
	covariance[3] += more
	return mean, covariance
}

// Each patch's match is found by hand: the target patch with the largest cosine.
func TestNearestPatchesByHand(t *testing.T) {
	x, target := testkit.Unit64(90, 5), testkit.Unit64(84, 6)
	value, _ := evaluator(t, Patches, NearestPatches, 4, 7)(x, target)
	patches := func(values []float64, h, w int) (list [][]float64) {
		for y := range h - 2 {
			for x := range w - 2 {
				var patch []float64
				for i := range 9 {
					patch = append(patch, values[((y+i/3)*w+x+i%3)*3:][:3]...)
				}
				list = append(list, patch)
			}
		}
		return list
	}
	dot := func(a, b []float64) (sum float64) {
		for i := range a {
			sum += a[i] * b[i]
		}
		return sum
	}
	got, want := patches(x, 5, 6), patches(target, 4, 7)
	loss, scale := 0.0, 0.0
	for _, p := range got {
		best, match := math.Inf(-1), 0
		for j, q := range want {
			if cosine := dot(p, q) / math.Sqrt(dot(q, q)); cosine > best {
				best, match = cosine, j
			}
		}
		for i := range p {
			loss += math.Pow(p[i]-want[match][i], 2) / float64(len(got)*27)
		}
	}
	for _, q := range want {
		scale += dot(q, q) / float64(len(want)*27)
	}
	if !(math.Abs(value-loss/scale) < 1e-9) {
		t.Errorf("loss %g, want %g", value, loss/scale)
	}
}

// One channel, 0 1 / 3 2: down 3 and 1, mean 2; right 1 and -1, mean 1. Together 3.
func TestTotalVariationL1ByHand(t *testing.T) {
	backend := testkit.Backend(t)
	testkit.Expect(t, "total variation", testkit.Evaluate(t, backend, TotalVariationL1.Of, []float32{0, 1, 3, 2}, 1, 2, 2, 1), 3)
	testkit.Expect(t, "of a flat picture", testkit.Evaluate(t, backend, TotalVariationL1.Of, []float32{7, 7, 7, 7, 7, 7}, 1, 2, 3, 1), 0)
}

func TestGradientOfTotalVariation(t *testing.T) {
	for name, describe := range map[string]Describe{"squares": TotalVariation, "L1": TotalVariationL1} {
		run := evaluator(t, describe, Compare{Name: "as it is", Of: func(got, _ *graph.Node) *graph.Node { return got }}, 5, 6)
		checkGradient(t, name, run, testkit.Unit64(90, 8), testkit.Unit64(90, 9))
	}
}

// FᵀF and its gradient are those of XLA's own products, for numbers of channels that the kernel takes and others; the Gram matrix
// is symmetric to the last bit.
func TestProducts(t *testing.T) {
	backend := testkit.Backend(t)
	for _, c := range []int{64, 24} {
		const h, w = 17, 23
		f, weights := tensors.FromFlatDataAndDimensions(testkit.Signed(h*w*c, 1, 1), 1, h, w, c), tensors.FromFlatDataAndDimensions(testkit.Signed(c*c, 2, 1), c, c)
		out, err := graph.ExecOnceN(backend, func(in []*graph.Node) []*graph.Node {
			loss := func(y *graph.Node) []*graph.Node {
				return []*graph.Node{y, graph.Gradient(graph.ReduceAllSum(graph.Mul(y, in[1])), in[0])[0]}
			}
			return append(loss(GramSum.Of(in[0])), loss(graph.Einsum("bhwi,bhwj->ij", in[0], in[0]))...)
		}, f, weights)
		if err != nil {
			t.Fatal(err)
		}
		for i, what := range []string{"products", "gradient"} {
			got, want := tensors.MustCopyFlatData[float32](out[i]), tensors.MustCopyFlatData[float32](out[i+2])
			if d := testkit.RelativeDifference(got, want); !(d < 1e-6) {
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
