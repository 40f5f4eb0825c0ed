package stylelib

import (
	"math"
	"strings"
	"testing"

	"stylenet/weights"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// evaluate runs a graph function on values of the shape given.
func evaluate(t *testing.T, backend compute.Backend, fn func(x *graph.Node) *graph.Node, values []float32, shape ...int) []float32 {
	t.Helper()
	out, err := graph.ExecOnce(backend, fn, tensors.FromFlatDataAndDimensions(values, shape...))
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out)
}

func expect(t *testing.T, what string, got []float32, want ...float32) {
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

// Two channels over a 2x2 picture: a = 1 2 / 3 4, b = 0 1 / 0 2.
// a·a = 1+4+9+16 = 30, a·b = 0+2+0+8 = 10, b·b = 5; divided by h·w·c = 8.
func TestGramByHand(t *testing.T) {
	got := evaluate(t, testBackend(t), Gram, []float32{1, 0, 2, 1, 3, 0, 4, 2}, 1, 2, 2, 2)
	expect(t, "Gram", got, 30./8, 10./8, 10./8, 5./8)
}

// Where things are does not matter to the Gram matrix: the same pixels in another order give the same one.
func TestGramForgetsPlaces(t *testing.T) {
	backend := testBackend(t)
	values := unit(6*5*3, 9)
	shuffled := append(append([]float32{}, values[45:]...), values[:45]...) // whole pixels: 15 x 3 values
	expect(t, "Gram of shuffled pixels", evaluate(t, backend, Gram, shuffled, 1, 6, 5, 3), evaluate(t, backend, Gram, values, 1, 6, 5, 3)...)
}

// One channel, 0 1 / 3 2: down 3 and 1, mean square 5; right 1 and -1, mean square 1. Together 6.
func TestTotalVariationByHand(t *testing.T) {
	backend := testBackend(t)
	expect(t, "total variation", evaluate(t, backend, TotalVariation, []float32{0, 1, 3, 2}, 1, 2, 2, 1), 6)
	expect(t, "of a flat picture", evaluate(t, backend, TotalVariation, []float32{7, 7, 7, 7, 7, 7}, 1, 2, 3, 1), 0)
	// A chequer of 0 and 1 has difference 1 everywhere: 1 + 1.
	expect(t, "of a chequer", evaluate(t, backend, TotalVariation, []float32{0, 1, 0, 1, 0, 1, 0, 1, 0}, 1, 3, 3, 1), 2)
}

func TestRelativeSquareByHand(t *testing.T) {
	backend := testBackend(t)
	want := []float32{3, 4} // 25 together
	compare := func(x *graph.Node) *graph.Node { return RelativeSquare(x, graph.Const(x.Graph(), want)) }
	expect(t, "agreeing", evaluate(t, backend, compare, []float32{3, 4}, 2), 0)
	expect(t, "knowing nothing", evaluate(t, backend, compare, []float32{0, 0}, 2), 1)
	expect(t, "off by 1 and 2", evaluate(t, backend, compare, []float32{4, 2}, 2), 5./25)
}

// poolAndGradient returns the pooled picture and the gradient of Σ weight·pooled.
func poolAndGradient(t *testing.T, p Pooling, values, weight []float32, h, w int) (pooled, gradient []float32) {
	t.Helper()
	backend := testBackend(t)
	out, err := graph.ExecOnceN(backend, func(x *graph.Node) []*graph.Node {
		y := p.Apply(x)
		dot := graph.ReduceAllSum(graph.Mul(graph.Reshape(y, -1), graph.Const(x.Graph(), weight)))
		return []*graph.Node{y, graph.Gradient(dot, x)[0]}
	}, tensors.FromFlatDataAndDimensions(values, 1, h, w, 1))
	if err != nil {
		t.Fatal(err)
	}
	return tensors.MustCopyFlatData[float32](out[0]), tensors.MustCopyFlatData[float32](out[1])
}

// A 3x3 picture: windows of 4, 2, 2 and 1 pixels. The first holds a tie, 5 and 5: the first of them gets it all.
func TestPoolingByHand(t *testing.T) {
	picture := []float32{
		1, 5, 2,
		5, 0, 4,
		3, 6, 9}
	pooled, gradient := poolAndGradient(t, MaxPooling, picture, []float32{1, 10, 100, 1000}, 3, 3)
	expect(t, "max", pooled, 5, 4, 6, 9)
	expect(t, "gradient of max", gradient,
		0, 1, 0,
		0, 0, 10,
		0, 100, 1000)
	pooled, gradient = poolAndGradient(t, AveragePooling, picture, []float32{4, 2, 2, 1}, 3, 3)
	expect(t, "average", pooled, 11./4, 3, 4.5, 9)
	expect(t, "gradient of average", gradient,
		1, 1, 1,
		1, 1, 1,
		1, 1, 1)
	rescaled, _ := poolAndGradient(t, RescaledPooling, picture, []float32{4, 2, 2, 1}, 3, 3)
	for i := range pooled {
		pooled[i] *= math.Sqrt2
	}
	expect(t, "rescaled averages", rescaled, pooled...)
	_, gradient = poolAndGradient(t, MaxPooling, make([]float32, 4), []float32{1}, 2, 2)
	expect(t, "gradient of max where all is flat", gradient, 1, 0, 0, 0)
}

// The sizes that the seed's debug memo lists for a 326x458 picture.
func TestLayerSizes(t *testing.T) {
	backend := testBackend(t)
	vgg := NewVGG(hashedNetwork())
	layers := []string{"relu1_2", "pool1", "relu2_2", "pool2", "relu3_4", "pool3", "relu4_4", "pool4", "relu5_4", "pool5"}
	out := featuresOf(t, backend, vgg, uploaded(t, backend, hashedPicture(326, 458, 1)), layers)
	want := [][2]int{{326, 458}, {163, 229}, {163, 229}, {82, 115}, {82, 115}, {41, 58}, {41, 58}, {21, 29}, {21, 29}, {11, 15}}
	for i, name := range layers {
		if s := out[i].Shape(); s.Dim(1) != want[i][0] || s.Dim(2) != want[i][1] {
			t.Errorf("%s: %dx%d, want %dx%d", name, s.Dim(1), s.Dim(2), want[i][0], want[i][1])
		}
	}
}

// Features computes no deeper than asked: the graph then has no parameters for the layers below.
func TestFeaturesStopAtTheDeepestLayer(t *testing.T) {
	backend := testBackend(t)
	vgg := NewVGG(hashedNetwork())
	for layer, want := range map[string]int{PictureLayer: 0, "conv1_1": 2, "relu2_1": 6, "pool2": 8, "relu5_4": 32} {
		exec, err := vgg.NewExec(backend, func(in []*graph.Node) []*graph.Node {
			return []*graph.Node{vgg.Features(in[0], layer)[layer]}
		})
		if err != nil {
			t.Fatal(err)
		}
		_, g, err := exec.ExecWithGraph(uploaded(t, backend, hashedPicture(16, 16, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := g.NumParameters() - 1; got != want {
			t.Errorf("%s: %d arrays of weights, want %d", layer, got, want)
		}
	}
}

func TestLayerNames(t *testing.T) {
	names := NewVGG(weights.Random(1)).Layers()
	got := strings.Join(names, " ")
	want := "picture conv1_1 relu1_1 conv1_2 relu1_2 pool1 conv2_1 relu2_1 conv2_2 relu2_2 pool2 " +
		"conv3_1 relu3_1 conv3_2 relu3_2 conv3_3 relu3_3 conv3_4 relu3_4 pool3 conv4_1 relu4_1 conv4_2 relu4_2 conv4_3 relu4_3 conv4_4 relu4_4 pool4 " +
		"conv5_1 relu5_1 conv5_2 relu5_2 conv5_3 relu5_3 conv5_4 relu5_4 pool5"
	if got != want {
		t.Errorf("layers %s\nwant   %s", got, want)
	}
	err := NewVGG(weights.Random(1)).CheckLayers("relu4_2", "conv4_9")
	if err == nil || !strings.Contains(err.Error(), `no layer "conv4_9"`) || !strings.Contains(err.Error(), "relu5_4 pool5") {
		t.Errorf("error %v, want one that names conv4_9 and lists the layers", err)
	}
	short := weights.Random(1)
	short.Convs = short.Convs[:13]
	for name, want := range map[string]string{
		"relu5_2": `no layer "relu5_2"; this network ends with relu5_1, a whole VGG-19 goes on to relu5_4`,
		"relu4_9": `no layer "relu4_9"; this network's layers are picture conv1_1`,
	} {
		if err := NewVGG(short).CheckLayers(name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
