package stylelib

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"stylenet/weights"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// What testdata/reference.py recorded, in PyTorch float64.
type reference struct {
	Cases    []referenceCase
	Features map[string]struct {
		Shape                  []int
		Mean, Norm, Projection float64
	}
	Adam struct {
		Weights map[string]float64
		Rate    float64
		Terms   []map[string]float64
		Picture packed
	}
}

type referenceCase struct {
	Padding, Pooling string
	Losses           map[string]float64
	Gradients        map[string]packed
}

// packed is float32 values, little-endian, in base64.
type packed string

func (p packed) values(t *testing.T) []float32 {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(string(p))
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values
}

func readReference(t *testing.T, name string) reference {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// unit returns n values in [0, 1) from splitmix64 of seed·2³² + i, as reference.py does.
func unit(n int, seed uint64) []float32 {
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

// hashedNetwork is reference.py's network: 16 convolutions of width 4 to 8.
func hashedNetwork() *weights.Network {
	n := &weights.Network{Origin: "whole-number hashes"}
	in := 3
	for block, convs := range []int{2, 2, 4, 4, 4} {
		for k := range convs {
			i, out := len(n.Convs), 4+block
			n.Convs = append(n.Convs, weights.Conv{
				Name: fmt.Sprintf("conv%d_%d", block+1, k+1), In: in, Out: out,
				Kernel: signed(9*in*out, uint64(100+i), float32(math.Sqrt(6/float64(9*in)))),
				Bias:   signed(out, uint64(200+i), 0.1),
			})
			in = out
		}
	}
	matrix, offset := signed(9, 300, 1), signed(3, 301, 1)
	for i := range 9 {
		n.Input.Matrix[i/3][i%3] = matrix[i]
	}
	for i := range 3 {
		n.Input.Matrix[i][2-i] += 2
		n.Input.Offset[i] = offset[i]
	}
	return n
}

// signed returns n hashed values in [-scale, scale).
func signed(n int, seed uint64, scale float32) []float32 {
	values := unit(n, seed)
	for i, v := range values {
		values[i] = (v*2 - 1) * scale
	}
	return values
}

// hashedPicture is reference.py's picture.
func hashedPicture(h, w int, seed uint64) image.Image {
	picture := image.NewNRGBA64(image.Rect(0, 0, w, h))
	values := unit(h*w*3, seed)
	code := func(v float32) uint16 { return uint16(v * 65536) }
	for i := range h * w {
		v := values[3*i:]
		picture.SetNRGBA64(i%w, i/w, color.NRGBA64{code(v[0]), code(v[1]), code(v[2]), 0xffff})
	}
	return picture
}

// uploaded returns a picture on the device, [1, h, w, 3].
func uploaded(t *testing.T, backend compute.Backend, picture image.Image) *tensors.Tensor {
	t.Helper()
	values, h, w := pixels(picture)
	tensor, err := toDevice(backend, values, h, w)
	if err != nil {
		t.Fatal(err)
	}
	return tensor
}

// testBackend opens the backend; without a plugin the test is skipped.
func testBackend(t *testing.T) compute.Backend {
	t.Helper()
	backend, err := OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(backend.Finalize)
	return backend
}

// termsAndGradients returns the loss and the gradient of each default term, each unweighted, for a picture.
func termsAndGradients(t *testing.T, backend compute.Backend, vgg *VGG, picture, content, style image.Image) (losses map[string]float64, gradients map[string][]float32) {
	t.Helper()
	terms := []Term{ContentTerm(1), StyleTerm(1), SmoothTerm(1)}
	exec, err := vgg.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		var outs []*graph.Node
		layers := append(append([]string{PictureLayer}, ContentLayers...), StyleLayers...)
		features := vgg.Features(in[0], layers...)
		targets := map[Target]Features{Content: vgg.Features(in[1], layers...), Style(0): vgg.Features(in[2], layers...)}
		for i := range terms {
			var want []*graph.Node
			if target := terms[i].Target; target != Nothing {
				want = terms[i].describe(targets[target])
			}
			loss := terms[i].loss(terms[i].describe(features), want)
			outs = append(outs, loss, graph.Gradient(loss, in[0])[0])
		}
		return outs
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Exec(uploaded(t, backend, picture), uploaded(t, backend, content), uploaded(t, backend, style))
	if err != nil {
		t.Fatal(err)
	}
	losses, gradients = map[string]float64{}, map[string][]float32{}
	for i, term := range terms {
		losses[term.Name] = float64(tensors.ToScalar[float32](out[2*i]))
		gradients[term.Name] = tensors.MustCopyFlatData[float32](out[2*i+1])
	}
	return losses, gradients
}

// relativeDifference is |got - want| / |want| in the Euclidean norm.
func relativeDifference(got, want []float32) float64 {
	var difference, norm float64
	for i := range want {
		d := float64(got[i]) - float64(want[i])
		difference += d * d
		norm += float64(want[i]) * float64(want[i])
	}
	return math.Sqrt(difference / norm)
}

// The bounds on the relative difference between float32 here and float64 there. Losses are means of many squares.
// A gradient differs by rounding alone, about 1e-6, where no feature sits on a ReLU's or a pooling window's edge.
// On real pictures float32 puts a few features on the other side of an edge.
const (
	lossTol         = 1e-5
	gradientTol     = 1e-5
	realGradientTol = 1e-3
)

func compareCase(t *testing.T, want referenceCase, losses map[string]float64, gradients map[string][]float32, tol float64) {
	t.Helper()
	for name, loss := range want.Losses {
		if d := math.Abs(losses[name]-loss) / loss; !(d < lossTol) {
			t.Errorf("%s: loss %g, want %g (relative difference %.2g)", name, losses[name], loss, d)
		}
		d := relativeDifference(gradients[name], want.Gradients[name].values(t))
		t.Logf("%s: gradient's relative difference %.2g", name, d)
		if !(d < tol) {
			t.Errorf("%s: gradient differs by %.2g, want at most %g", name, d, tol)
		}
	}
}

func TestLossesAndGradientsAgreeWithPyTorch(t *testing.T) {
	backend := testBackend(t)
	for _, want := range readReference(t, "reference.json").Cases {
		t.Run(want.Padding+"-"+want.Pooling, func(t *testing.T) {
			vgg := NewVGG(hashedNetwork())
			vgg.Padding = map[string]weights.Padding{
				"zero": weights.ZeroPadding, "reflect": weights.ReflectPadding, "replicate": weights.ReplicatePadding}[want.Padding]
			var err error
			if vgg.Pooling, err = ParsePooling(want.Pooling); err != nil {
				t.Fatal(err)
			}
			losses, gradients := termsAndGradients(t, backend, vgg, hashedPicture(21, 19, 3), hashedPicture(21, 19, 1), hashedPicture(18, 23, 2))
			compareCase(t, want, losses, gradients, gradientTol)
		})
	}
}

// featuresOf returns a picture's features at the layers.
func featuresOf(t *testing.T, backend compute.Backend, vgg *VGG, picture *tensors.Tensor, layers []string) []*tensors.Tensor {
	t.Helper()
	exec, err := vgg.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		features := vgg.Features(in[0], layers...)
		var out []*graph.Node
		for _, name := range layers {
			out = append(out, features[name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Exec(picture)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFeaturesAgreeWithPyTorch(t *testing.T) {
	backend := testBackend(t)
	vgg := NewVGG(hashedNetwork())
	layers := vgg.Layers()
	out := featuresOf(t, backend, vgg, uploaded(t, backend, hashedPicture(21, 19, 3)), layers)
	want := readReference(t, "reference.json").Features
	if len(want) != len(layers) || len(layers) != 1+16+16+5 {
		t.Fatalf("%d layers, recorded %d, want 38", len(layers), len(want))
	}
	for i, name := range layers {
		row := want[name]
		if got := out[i].Shape().Dimensions; fmt.Sprint(got) != fmt.Sprint(row.Shape) {
			t.Errorf("%s: shape %v, want %v", name, got, row.Shape)
			continue
		}
		var mean, projection float64
		values := tensors.MustCopyFlatData[float32](out[i])
		direction := unit(len(values), uint64(400+i))
		for j, v := range values {
			mean += float64(v) / float64(len(values))
			projection += float64(v) * (float64(direction[j]) - 0.5)
		}
		if tol := 1e-5 * row.Norm; math.Abs(mean-row.Mean) > tol || math.Abs(projection-row.Projection) > tol {
			t.Errorf("%s: mean %g and projection %g, want %g and %g", name, mean, projection, row.Mean, row.Projection)
		}
	}
}

func TestAdamAgreesWithPyTorch(t *testing.T) {
	backend := testBackend(t)
	want := readReference(t, "reference.json").Adam
	result, err := Transfer(t.Context(), backend, NewVGG(hashedNetwork()), hashedPicture(21, 19, 1), []image.Image{hashedPicture(18, 23, 2)}, Options{
		Terms:     []Term{ContentTerm(want.Weights["content"]), StyleTerm(want.Weights["style"]), SmoothTerm(want.Weights["tv"])},
		Steps:     len(want.Terms),
		Optimizer: Adam{LearningRate: want.Rate},
		Start:     FromPicture(hashedPicture(21, 19, 3)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, terms := range want.Terms {
		for name, loss := range terms {
			if d := math.Abs(result.Steps[i].Terms[name]-loss) / loss; !(d < 2e-4) {
				t.Errorf("step %d, %s: %g, want %g (relative difference %.2g)", i+1, name, result.Steps[i].Terms[name], loss, d)
			}
		}
	}
	if d := relativeDifference(result.State.Picture, want.Picture.values(t)); !(d < 1e-4) {
		t.Errorf("the picture after %d steps differs by %.2g", len(want.Terms), d)
	}
}
