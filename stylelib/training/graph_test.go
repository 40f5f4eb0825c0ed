package training

import (
	"math"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/testkit"
	"stylenet/weights"
)

// evaluate runs a graph function on values [rows, columns].
func evaluate(t *testing.T, fn func(x *Node) *Node, rows int, values ...float32) []float32 {
	t.Helper()
	return testkit.Evaluate(t, testkit.Backend(t), fn, values, rows, len(values)/rows)
}

func expect(t *testing.T, what string, got []float32, want ...float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= 1e-5*max(1, math.Abs(w))) {
			t.Errorf("%s: value %d is %g, want %g", what, i, got[i], w)
		}
	}
}

// Two rows of logits; the second does not count. -log p = log(1+e²) - 2 for the label, log(1+e²) for the other class.
func TestCrossEntropyByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		return crossEntropy(x, Const(x.Graph(), []int32{1, 0}), Const(x.Graph(), []float32{1, 0}))
	}, 2, 0, 2, 7, -7)
	hit, miss := math.Log(1+math.Exp(2))-2, math.Log(1+math.Exp(2))
	want := (1-smoothing)*hit + smoothing*(hit+miss)/2
	expect(t, "cross entropy", got, want)
}

func TestBinaryCrossEntropyByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node { return binaryCrossEntropy(x, Const(x.Graph(), [][]float32{{1, 0, 1}})) }, 1, 0, -30, -2)
	expect(t, "binary cross entropy", got, math.Ln2, math.Exp(-30), math.Log(1+math.Exp(2)))
}

// Columns 1 3 and 5 5 over the two rows that count: means 2 and 5, deviations 1 and nearly 0.
func TestStandardisedByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node { return standardised(x, Const(x.Graph(), []float32{1, 1, 0})) }, 3, 1, 5, 3, 5, 9, 5)
	step := 1 / math.Sqrt(1+epsilon)
	expect(t, "standardised", got, -step, 0, step, 0, 7*step, 0)
}

// One channel, 2x1 pixels of values 1 and 3 in one picture: mean 2, variance 1.
func TestNormaliseByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		y, s := normalise(Reshape(x, 1, 2, 1, 1), Const(x.Graph(), []float32{10}), Const(x.Graph(), []float32{7}))
		return Concatenate([]*Node{Reshape(y, 2), s.mean, s.square}, 0)
	}, 1, 1, 3)
	step := 10 / math.Sqrt(1+epsilon)
	expect(t, "normalised", got, 7-step, 7+step, 2, 5)
}

// Two positions, of which the regions cover (1, 0), (1/2, 1/2) and nothing.
func TestRegionMeansByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		return regionMeans(Reshape(x, 1, 1, 2, 1), Const(x.Graph(), [][][]float32{{{1, 0}, {0.5, 0.5}, {0, 0}}}))
	}, 1, 4, 8)
	expect(t, "means", got, 4, 6, 0)
}

// Squares of 2x2 pixels, of one channel here: row by row.
func TestSquaresByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node { return squares(threefold(x), 2) }, 2, 1, 2, 3, 4, 5, 6, 7, 8)
	var want []float64
	for _, v := range []float64{1, 2, 5, 6, 3, 4, 7, 8} {
		want = append(want, v, v, v)
	}
	expect(t, "squares", got, want...)
}

// threefold returns grey pictures x [h, w] as [1, h, w, 3].
func threefold(x *Node) *Node {
	return BroadcastToDims(Reshape(x, 1, x.Shape().Dim(0), x.Shape().Dim(1), 1), 1, x.Shape().Dim(0), x.Shape().Dim(1), 3)
}

// Columns 0 2 4 8 in each of four rows. Squares of 2x2 differ from their means 1 and 6 by 1 and by 2, the means from their mean 3.5 by
// 2.5.
func TestDetailByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node { return detail(threefold(x), 4) }, 4, 0, 2, 4, 8, 0, 2, 4, 8, 0, 2, 4, 8, 0, 2, 4, 8)
	fine, coarse := math.Sqrt((1.+4)/2+1e-4), math.Sqrt(2.5*2.5+1e-4)
	expect(t, "detail", got, fine, fine, fine, coarse, coarse, coarse)
}

// A readout of one square of 2x2 pixels, red 1 and 3 in its columns: its mean is (2, 0, 0), its detail (1, 0, 0). The readout says
// (2.3, 0, 0) and right detail but for blue, which is 0.5 too strong. The error of the colours has mean square 0.03, their chroma, (0.2,
// -0.1, -0.1), 0.02.
func TestReadoutErrorByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		r := readout{readoutLayer{"", 1, 2}, Reshape(x, 1, 1, 1, 6), Const(x.Graph(), float32(0.7))}
		pixels := Const(x.Graph(), [][][][]float32{{{{1, 0, 0}, {3, 0, 0}}, {{1, 0, 0}, {3, 0, 0}}}})
		return r.error(pixels)
	}, 1, 2.3, 0, 0, detailScale*float32(math.Sqrt(1.0001)), detailScale*0.01, detailScale*0.01+0.5)
	expect(t, "error", got, 0.03+0.02+detailWeight*0.25/3+2*0.7)
}

// Features 3 and 4 have a root mean square of √12.5, which they are divided by. Weights 1 and 2 add noise of their mean square.
func TestReadOutByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		kernel := Reshape(Const(x.Graph(), []float32{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}), 2, 6)
		v := values{"l.picture.kernel": kernel, "l.picture.bias": Const(x.Graph(), []float32{0, 0, 0, 0, 0, 5})}
		r := v.readOut(readoutLayer{"l", 2, 2}, Reshape(x, 1, 1, 1, 2))
		return Concatenate([]*Node{Reshape(r.values, 6), Reshape(r.noise, 1)}, 0)
	}, 1, 3, 4)
	y := (3 + 2*4) / math.Sqrt(12.5+epsilon) / math.Sqrt2
	expect(t, "readout", got, y, y, y, y, y, y+5, readoutNoise*readoutNoise*(1.+4)/2)
}

// One variable of two numbers, the second step; by the formulas of the paper, with a gradient that is clipped to norm 5.
func TestAdamWByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		at := func(i int) *Node { return Slice(x, AxisElem(i)) }
		g := x.Graph()
		out := update([]*Node{at(0)}, []*Node{at(1)}, []*Node{at(2)}, []*Node{at(3)}, Scalar(g, x.DType(), 0.1), Scalar(g, x.DType(), 2))
		return Concatenate(out, 0)
	}, 4, 1, 2, 6, 8, 0.5, -0.5, 0.25, 0.5)
	var next, means, squares []float64
	for i, gradient := range []float64{3, 4} { // (6, 8) has norm 10
		m := beta1*[]float64{0.5, -0.5}[i] + (1-beta1)*gradient
		s := beta2*[]float64{0.25, 0.5}[i] + (1-beta2)*gradient*gradient
		move := m / (1 - beta1*beta1) / math.Sqrt(s/(1-beta2*beta2))
		x := float64(i + 1)
		next, means, squares = append(next, x-0.1*(move+weightDecay*x)), append(means, m), append(squares, s)
	}
	expect(t, "AdamW", got, append(append(next, means...), squares...)...)
}

// A convolution with its normalisation folded in does what the two did one after the other.
func TestFoldedByHand(t *testing.T) {
	l := layer{name: "c", in: 1, out: 2}
	kernel := make([]float32, 18)
	for i := range kernel {
		kernel[i] = float32(i)
	}
	v := map[string][]float32{"c.kernel": kernel, "c.scale": {2, 3}, "c.shift": {-1, 4}}
	c := folded(l, v, []float64{5, 6}, []float64{25 + 16, 36 + 9}) // variances 16 and 9
	patch := []float64{1, 0, 2, 0, 1, 0, 3, 0, 1}
	for o := range 2 {
		var unfolded, got float64
		for i, p := range patch {
			unfolded += p * float64(kernel[2*i+o])
			got += p * float64(c.Kernel[2*i+o])
		}
		variance := []float64{16, 9}[o]
		want := float64(v["c.scale"][o])*(unfolded-[]float64{5, 6}[o])/math.Sqrt(variance+epsilon) + float64(v["c.shift"][o])
		if got += float64(c.Bias[o]); math.Abs(got-want) > 1e-4 {
			t.Errorf("channel %d: %g, want %g", o, got, want)
		}
	}
}

// A standard normal's positive half has mean square 1/2; a channel that is always 3 has 9. The third is a sum over the density.
func TestReLURMSByHand(t *testing.T) {
	for _, test := range []struct {
		scale, shift []float32
		want         float64
	}{
		{[]float32{1}, []float32{0}, math.Sqrt(0.5)},
		{[]float32{-1, 0}, []float32{0, 3}, math.Sqrt((0.5 + 9) / 2)},
		{[]float32{2}, []float32{-0.5}, math.Sqrt(integral(func(x float64) float64 {
			return x * x * math.Exp(-(x+0.5)*(x+0.5)/8) / math.Sqrt(8*math.Pi)
		}))},
	} {
		if got := reluRMS(test.scale, test.shift); math.Abs(got-test.want) > 1e-4 {
			t.Errorf("scale %g, shift %g: %g, want %g", test.scale, test.shift, got, test.want)
		}
	}
}

// integral adds f up from 0 to 40.
func integral(f func(x float64) float64) (sum float64) {
	const step = 1e-4
	for x := step / 2; x < 40; x += step {
		sum += step * f(x)
	}
	return sum
}

// Two layers whose features are an eighth and 4.5 times of what the table wants: the first kernel is multiplied by 8, the
// second divided by 4 for its own features and by 8 for its input.
func TestRescaleByHand(t *testing.T) {
	n := &weights.Network{Convs: []weights.Conv{{Kernel: []float32{3}, Bias: []float32{5}}, {Kernel: []float32{64}, Bias: []float32{-4}}}}
	rescale(n, []float64{layers[0].rms / 8, layers[1].rms * 4.5})
	if a, b := n.Convs[0], n.Convs[1]; a.Kernel[0] != 24 || a.Bias[0] != 40 || b.Kernel[0] != 2 || b.Bias[0] != -1 {
		t.Errorf("became %v", n.Convs)
	}
}

// newtonSchulz is what the five iterations do to a singular value.
func newtonSchulz(s float64) float64 {
	for range 5 {
		s = 3.4445*s - 4.7750*s*s*s + 2.0315*math.Pow(s, 5)
	}
	return s
}

// A matrix of singular values 3 and 4 between rotations by angles a and b: the rotations stay.
func TestOrthogonalisedByHand(t *testing.T) {
	a, b := 0.4, 1.1
	rotated := func(s, u float64) []float64 { // [cos a, -sin a; sin a, cos a]·diag(s, u)·[cos b, -sin b; sin b, cos b]
		ca, sa, cb, sb := math.Cos(a), math.Sin(a), math.Cos(b), math.Sin(b)
		return []float64{s*ca*cb - u*sa*sb, -s*ca*sb - u*sa*cb, s*sa*cb + u*ca*sb, -s*sa*sb + u*ca*cb}
	}
	var x []float32
	for _, v := range rotated(3, 4) {
		x = append(x, float32(v))
	}
	expect(t, "orthogonalised", evaluate(t, orthogonalised, 2, x...), rotated(newtonSchulz(0.6), newtonSchulz(0.8))...)
}

// A kernel of two numbers to one channel is a column, whose only singular value is its norm.
func TestMuonByHand(t *testing.T) {
	got := evaluate(t, func(x *Node) *Node {
		at := func(i int) *Node { return Reshape(Slice(x, AxisElem(i)), 1, 1, 2, 1) }
		next, mean := muon(at(0), at(1), at(2), Scalar(x.Graph(), x.DType(), 0.1))
		return Reshape(Concatenate([]*Node{next, mean}, 0), -1)
	}, 3, 3, 4, 1, 2, -2, 1)
	m := []float64{beta1*-2 + (1-beta1)*1, beta1*1 + (1-beta1)*2}
	nesterov := []float64{beta1*m[0] + (1-beta1)*1, beta1*m[1] + (1-beta1)*2}
	norm := math.Hypot(nesterov[0], nesterov[1])
	step := 0.1 * newtonSchulz(1) / norm
	expect(t, "muon", got, 0.6-step*nesterov[0], 0.8-step*nesterov[1], m[0], m[1])
}
