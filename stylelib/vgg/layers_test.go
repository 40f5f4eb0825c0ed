package vgg

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/testkit"
	"stylenet/weights"
)

// A 3x3 picture: windows of 4, 2, 2 and 1 pixels. In the first window two values, 5 and 5, are the maximum: the gradient goes to the first.
func TestPoolingByHand(t *testing.T) {
	picture := []float32{
		1, 5, 2,
		5, 0, 4,
		3, 6, 9}
	pooled, gradient := poolAndGradient(t, MaxPooling, picture, []float32{1, 10, 100, 1000}, 3, 3)
	testkit.Expect(t, "max", pooled, 5, 4, 6, 9)
	testkit.Expect(t, "gradient of max", gradient,
		0, 1, 0,
		0, 0, 10,
		0, 100, 1000)
	pooled, gradient = poolAndGradient(t, AveragePooling, picture, []float32{4, 2, 2, 1}, 3, 3)
	testkit.Expect(t, "average", pooled, 11./4, 3, 4.5, 9)
	testkit.Expect(t, "gradient of average", gradient,
		1, 1, 1,
		1, 1, 1,
		1, 1, 1)
	rescaled, _ := poolAndGradient(t, RescaledPooling, picture, []float32{4, 2, 2, 1}, 3, 3)
	for i := range pooled {
		pooled[i] *= math.Sqrt2
	}
	testkit.Expect(t, "rescaled averages", rescaled, pooled...)
	_, gradient = poolAndGradient(t, MaxPooling, make([]float32, 4), []float32{1}, 2, 2)
	testkit.Expect(t, "gradient of max where all is flat", gradient, 1, 0, 0, 0)
}

// poolAndGradient returns the pooled picture and the gradient of Σ weight·pooled.
func poolAndGradient(t *testing.T, p Pooling, values, weight []float32, h, w int) (pooled, gradient []float32) {
	t.Helper()
	backend := testkit.Backend(t)
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

// The sizes that CNN-StyleNet's debug memo lists for a 326x458 picture.
func TestLayerSizes(t *testing.T) {
	backend := testkit.Backend(t)
	net := New(testkit.Network())
	layers := []string{"relu1_2", "pool1", "relu2_2", "pool2", "relu3_4", "pool3", "relu4_4", "pool4", "relu5_4", "pool5"}
	out := featuresOf(t, backend, net, testkit.Uploaded(testkit.Picture(326, 458, 1)), layers)
	want := [][2]int{{326, 458}, {163, 229}, {163, 229}, {82, 115}, {82, 115}, {41, 58}, {41, 58}, {21, 29}, {21, 29}, {11, 15}}
	for i, name := range layers {
		if s := out[i].Shape(); s.Dim(1) != want[i][0] || s.Dim(2) != want[i][1] {
			t.Errorf("%s: %dx%d, want %dx%d", name, s.Dim(1), s.Dim(2), want[i][0], want[i][1])
		}
	}
}

// Features stops at the deepest layer asked for: the graph has no parameters of deeper layers.
func TestFeaturesStopAtTheDeepestLayer(t *testing.T) {
	backend := testkit.Backend(t)
	net := New(testkit.Network())
	for layer, want := range map[string]int{PictureLayer: 0, "conv1_1": 2, "relu2_1": 6, "pool2": 8, "relu5_4": 32} {
		exec, err := net.NewExec(backend, func(in []*graph.Node) []*graph.Node {
			return []*graph.Node{net.Features(in[0], layer)[layer]}
		})
		if err != nil {
			t.Fatal(err)
		}
		_, g, err := exec.ExecWithGraph(testkit.Uploaded(testkit.Picture(16, 16, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got := g.NumParameters() - 1; got != want {
			t.Errorf("%s: %d arrays of weights, want %d", layer, got, want)
		}
	}
}

// The names of all layers, and the errors for others.
func TestLayerNames(t *testing.T) {
	names := New(weights.Random(1)).Layers()
	got := strings.Join(names, " ")
	want := "picture conv1_1 relu1_1 conv1_2 relu1_2 pool1 conv2_1 relu2_1 conv2_2 relu2_2 pool2 " +
		"conv3_1 relu3_1 conv3_2 relu3_2 conv3_3 relu3_3 conv3_4 relu3_4 pool3 conv4_1 relu4_1 conv4_2 relu4_2 conv4_3 relu4_3 conv4_4 relu4_4 pool4 " +
		"conv5_1 relu5_1 conv5_2 relu5_2 conv5_3 relu5_3 conv5_4 relu5_4 pool5"
	if got != want {
		t.Errorf("layers %s\nwant   %s", got, want)
	}
	err := New(weights.Random(1)).CheckLayers("relu4_2", "conv4_9")
	if err == nil || !strings.Contains(err.Error(), `no layer "conv4_9"`) || !strings.Contains(err.Error(), "relu5_4 pool5") {
		t.Errorf("error %v, want one that names conv4_9 and lists the layers", err)
	}
	short := weights.Random(1)
	short.Convs = short.Convs[:13]
	for name, want := range map[string]string{
		"relu5_2": `no layer "relu5_2"; this network ends with relu5_1, a whole VGG-19 goes on to relu5_4`,
		"relu4_9": `no layer "relu4_9"; this network's layers are picture conv1_1`,
	} {
		if err := New(short).CheckLayers(name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// A position of a layer depends on the pixels of its receptive field: those with a gradient. Average pooling depends on all positions of
// its windows.
func TestReceptiveFields(t *testing.T) {
	backend, net := testkit.Backend(t), New(testkit.Network())
	net.Pooling = AveragePooling
	layers := []string{"conv1_1", "pool1", "conv2_2", "pool2", "conv3_1", "conv3_3"}
	const at = 3 // the position, down and right
	exec, err := net.NewExec(backend, func(in []*graph.Node) (out []*graph.Node) {
		features := net.Features(in[0], layers...)
		for _, layer := range layers {
			one := graph.Slice(features[layer], graph.AxisRange(), graph.AxisElem(at), graph.AxisElem(at))
			out = append(out, graph.Gradient(graph.ReduceAllSum(one), in[0])[0])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	const side = 70
	out, err := exec.Exec(testkit.Uploaded(testkit.Picture(side, side, 3)))
	if err != nil {
		t.Fatal(err)
	}
	for i, layer := range layers {
		f := net.Layer(layer)
		least, most := side, -1
		for k, v := range tensors.MustCopyFlatData[float32](out[i]) {
			if x := k / 3 % side; v != 0 {
				least, most = min(least, x), max(most, x)
			}
		}
		if wantLeast, wantMost := max(0, at*f.Stride-f.Before), at*f.Stride+f.After; least != wantLeast || most != wantMost {
			t.Errorf("%s: position %d depends on pixels %d to %d, want %d to %d", layer, at, least, most, wantLeast, wantMost)
		}
	}
}
