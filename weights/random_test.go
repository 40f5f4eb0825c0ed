package weights

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"testing"
)

// digest is the SHA-256 of all kernels and biases as little-endian float32, in order.
func digest(n *Network) string {
	h := sha256.New()
	for _, c := range n.Convs {
		binary.Write(h, binary.LittleEndian, c.Kernel)
		binary.Write(h, binary.LittleEndian, c.Bias)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// The digests were written down from testdata/make_random.py, which makes the same numbers with NumPy.
func TestRandomIsTheSameEverywhere(t *testing.T) {
	for _, test := range []struct {
		seed uint64
		want string
	}{
		{0, "d3a8ef782b428f50e03f68d358c1f9da864ac98218a2c62b47e664b3fcc55dd3"},
		{19, "c8571e77693f935d7383da41aa11253feb264a10cc504188ae6bbb802f8c140a"},
	} {
		if got := digest(Random(test.seed)); got != test.want {
			t.Errorf("Random(%d): SHA-256 %s, want %s", test.seed, got, test.want)
		}
	}
}

func TestRandomIsAVGG19(t *testing.T) {
	n := Random(1)
	in, names := 3, []string{}
	for _, c := range n.Convs {
		names = append(names, c.Name)
		if c.In != in || len(c.Kernel) != 9*c.In*c.Out || len(c.Bias) != c.Out {
			t.Errorf("%s: in %d, out %d, %d kernel values, %d biases after %d channels", c.Name, c.In, c.Out, len(c.Kernel), len(c.Bias), in)
		}
		in = c.Out
	}
	want := []string{"conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3", "conv3_4",
		"conv4_1", "conv4_2", "conv4_3", "conv4_4", "conv5_1", "conv5_2", "conv5_3", "conv5_4"}
	if !slices.Equal(names, want) {
		t.Errorf("convolutions %v, want %v", names, want)
	}
}

// For N independent uniform values the sample mean has a standard deviation of sd/√N and the sample variance one of
// variance·√(0.8/N); five of each leave one chance in a million.
func TestRandomIsHeScaled(t *testing.T) {
	for _, c := range Random(7).Convs {
		var sum, squares float64
		for _, v := range c.Kernel {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		count := float64(len(c.Kernel))
		variance := 2 / float64(9*c.In)
		if mean := sum / count; math.Abs(mean) > 5*math.Sqrt(variance/count) {
			t.Errorf("%s: mean %g", c.Name, mean)
		}
		if got := squares / count; math.Abs(got-variance) > 5*variance*math.Sqrt(0.8/count) {
			t.Errorf("%s: variance %g, want %g", c.Name, got, variance)
		}
		if slices.ContainsFunc(c.Bias, func(b float32) bool { return b != 0 }) {
			t.Errorf("%s: a bias that is not 0", c.Name)
		}
	}
}

// Mid-grey of torchvision's mean must enter as 0, and one standard deviation above it as 1.
func TestRandomInput(t *testing.T) {
	const tol = 1e-6 // float32 rounding of numbers near 2
	in := Random(1).Input
	for c, p := range [3]float64{0.485, 0.456, 0.406} {
		std := [3]float64{0.229, 0.224, 0.225}[c]
		at := func(p float64) float64 { return float64(in.Matrix[c][c])*p + float64(in.Offset[c]) }
		if zero, one := at(p), at(p+std); math.Abs(zero) > tol || math.Abs(one-1) > tol {
			t.Errorf("channel %d: mean enters as %g, mean + std as %g; want 0 and 1", c, zero, one)
		}
	}
}

func BenchmarkRandom(b *testing.B) {
	for b.Loop() {
		Random(1)
	}
}
