// Package testkit has what the tests of several packages share. Whatever looks random is a hash of whole numbers (splitmix64), which
// reference.py makes in Python too, so that PyTorch can be given the same networks and pictures.
//
//	testkit.go     values, networks, the backend, comparisons of values
//	pictures.go    pictures, and comparisons of them
//	reference.go   what testdata/reference.py recorded in PyTorch
//
// It needs packages weights and internal/backend.
package testkit

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/backend"
	"stylenet/weights"
)

// Unit returns n values in [0, 1) from splitmix64 of seed·2³² + i, as reference.py does.
func Unit(n int, seed uint64) []float32 {
	values := make([]float32, n)
	for i := range values {
		z := (seed<<32 + uint64(i) + 1) * 0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		values[i] = float32(float64(z>>40) / (1 << 24))
	}
	return values
}

// Signed returns n hashed values in [-scale, scale).
func Signed(n int, seed uint64, scale float32) []float32 {
	values := Unit(n, seed)
	for i, v := range values {
		values[i] = (v*2 - 1) * scale
	}
	return values
}

// Network returns reference.py's network: the 16 convolutions of VGG-19, with 4 to 8 channels.
func Network() *weights.Network {
	n := &weights.Network{Origin: "whole-number hashes"}
	in := 3
	for block, convs := range []int{2, 2, 4, 4, 4} {
		for k := range convs {
			i, out := len(n.Convs), 4+block
			n.Convs = append(n.Convs, weights.Conv{
				Name: fmt.Sprintf("conv%d_%d", block+1, k+1), In: in, Out: out,
				Kernel: Signed(9*in*out, uint64(100+i), float32(math.Sqrt(6/float64(9*in)))),
				Bias:   Signed(out, uint64(200+i), 0.1),
			})
			in = out
		}
	}
	matrix, offset := Signed(9, 300, 1), Signed(3, 301, 1)
	for i := range 9 {
		n.Input.Matrix[i/3][i%3] = matrix[i]
	}
	for i := range 3 {
		n.Input.Matrix[i][2-i] += 2
		n.Input.Offset[i] = offset[i]
	}
	return n
}

// Picture returns reference.py's picture of a seed: opaque, 16 bits a channel.
func Picture(h, w int, seed uint64) image.Image {
	picture := image.NewNRGBA64(image.Rect(0, 0, w, h))
	values := Unit(h*w*3, seed)
	value := func(v float32) uint16 { return uint16(v * 65536) }
	for i := range h * w {
		v := values[3*i:]
		picture.SetNRGBA64(i%w, i/w, color.NRGBA64{value(v[0]), value(v[1]), value(v[2]), 0xffff})
	}
	return picture
}

// Uploaded returns an opaque picture as a tensor [1, h, w, 3], RGB in [0, 1].
func Uploaded(picture image.Image) *tensors.Tensor {
	b := picture.Bounds()
	var values []float32
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := picture.At(x, y).RGBA()
			values = append(values, float32(red)/0xffff, float32(green)/0xffff, float32(blue)/0xffff)
		}
	}
	return tensors.FromFlatDataAndDimensions(values, 1, b.Dy(), b.Dx(), 3)
}

// Backend opens the backend and finalizes it when the test ends. Where there is none the test is skipped.
func Backend(t testing.TB) compute.Backend {
	t.Helper()
	backend, err := backend.Open()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(backend.Finalize)
	return backend
}

// RelativeDifference returns |got - want| / |want| in the Euclidean norm.
func RelativeDifference[T float32 | float64](got []float32, want []T) float64 {
	var difference, norm float64
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		difference += d * d
		norm += float64(want[i]) * float64(want[i])
	}
	return math.Sqrt(difference / norm)
}

// WideNetwork returns two convolutions of 128 channels, the second of which Winograd's kernel takes.
func WideNetwork() *weights.Network {
	n := Network()
	n.Convs = []weights.Conv{
		{Name: "conv1_1", In: 3, Out: 128, Kernel: Signed(9*3*128, 1, 0.4), Bias: Signed(128, 2, 0.1)},
		{Name: "conv1_2", In: 128, Out: 128, Kernel: Signed(9*128*128, 3, 0.07), Bias: Signed(128, 4, 0.1)},
	}
	return n
}

// Evaluate runs a graph function of one input on values of a shape, and returns its output.
func Evaluate(t *testing.T, backend compute.Backend, fn func(x *graph.Node) *graph.Node, values []float32, shape ...int) []float32 {
	t.Helper()
	out, err := graph.ExecOnce(backend, fn, tensors.FromFlatDataAndDimensions(values, shape...))
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out)
}

// Expect fails where a value differs from the wanted one by more than 1e-6.
func Expect(t *testing.T, what string, got []float32, want ...float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-6 {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
	}
}

// Unit64 returns the values of [Unit] as float64.
func Unit64(n int, seed uint64) []float64 {
	values := make([]float64, n)
	for i, v := range Unit(n, seed) {
		values[i] = float64(v)
	}
	return values
}

// Weights returns the path of a file of the distilled VGG-19 by Wang et al. (2020), which tests may use but the project does not
// contain. It lies in the folder STYLENET_TEST_WEIGHTS. Where it is not there the test is skipped.
func Weights(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("STYLENET_TEST_WEIGHTS")
	if folder == "" {
		folder = filepath.Join(here(), "..", "..", "..", "..", "shared", "weights")
	}
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s in %s (STYLENET_TEST_WEIGHTS names another folder)", name, folder)
	}
	return path
}

// here returns the folder of this file.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// SlimNetwork returns the distilled VGG-19 by Wang et al. (2020), see [Weights].
func SlimNetwork(t *testing.T) *weights.Network {
	t.Helper()
	network, err := weights.Load(Weights(t, "5SE.pth"))
	if err != nil {
		t.Fatal(err)
	}
	return network
}

// LossTolerance bounds the relative difference between a loss in float32 and the same in PyTorch's float64: losses are means of
// many squares.
const LossTolerance = 1e-5
