package training_test

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/training"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// goldenLayer is what PyTorch computed at a layer: the features' shape [h, w, c], their mean and standard deviation, and the
// first eight channels at row h/2 and column w/3.
type goldenLayer struct {
	Shape           []int
	Mean, Deviation float64
	Channels        []float64
}

// The built-in network's features agree with those that PyTorch computes from the same file (testdata/golden.py).
func TestBuiltInNetworkAgreesWithPyTorch(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]goldenLayer
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	const h, w = 40, 48
	var picture []float32
	for i := range h * w {
		x, y := i%w, i/w
		picture = append(picture, float32((7*x+3*y)%32)/31, float32(5*x*y%32)/31, float32((x*x+11*y)%32)/31)
	}
	net := vgg.New(network)
	var names []string
	for _, c := range network.Convs {
		names = append(names, "relu"+strings.TrimPrefix(c.Name, "conv"))
	}
	exec, err := net.NewExec(testkit.Backend(t), func(inputs []*graph.Node) (out []*graph.Node) {
		f := net.Features(inputs[0], names...)
		for _, name := range names {
			out = append(out, f[name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Exec(tensors.FromFlatDataAndDimensions(picture, 1, h, w, 3))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		compareGolden(t, name, out[i], want[name])
	}
}

func compareGolden(t *testing.T, name string, got *tensors.Tensor, want goldenLayer) {
	t.Helper()
	if s := got.Shape().Dimensions; fmt.Sprint(s[1:]) != fmt.Sprint(want.Shape) {
		t.Fatalf("%s: shape %v, want %v", name, s, want.Shape)
	}
	values := tensors.MustCopyFlatData[float32](got)
	var sum, squares float64
	for _, v := range values {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
	}
	n := float64(len(values))
	near := func(what string, got, want, scale float64) {
		if !(math.Abs(got-want) < 1e-4*scale) {
			t.Errorf("%s: %s is %g, want %g", name, what, got, want)
		}
	}
	near("the mean", sum/n, want.Mean, want.Mean)
	near("the deviation", math.Sqrt(squares/n-sum/n*sum/n), want.Deviation, want.Deviation)
	h, w, c := want.Shape[0], want.Shape[1], want.Shape[2]
	for k, v := range want.Channels {
		near(fmt.Sprint("channel ", k), float64(values[(h/2*w+w/3)*c+k]), v, want.Deviation)
	}
}

// A transfer with the built-in network, from noise, lowers every term of the loss.
func TestTransferWithBuiltInNetworkLowersEveryTerm(t *testing.T) {
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	canvas := func(class int) image.Image {
		c, err := textures.Draw(class, 0)
		if err != nil {
			t.Fatal(err)
		}
		return c.Coloured(uint64(class)).SubImage(image.Rect(0, 0, 64, 64))
	}
	result, err := stylelib.Transfer(t.Context(), testkit.Backend(t), vgg.New(network), canvas(4), []image.Image{canvas(14)}, stylelib.Options{
		Terms: []stylelib.Term{stylelib.ContentTerm(100), stylelib.StyleTerm(100), stylelib.TotalVariationTerm(30)},
		Steps: 40, Start: stylelib.FromNoise(1)})
	if err != nil {
		t.Fatal(err)
	}
	first, last := result.Steps[0].Terms, result.Steps[len(result.Steps)-1].Terms
	if len(first) != 3 {
		t.Errorf("terms %v", first)
	}
	for name := range first {
		t.Logf("%s: from %.3g to %.3g", name, first[name], last[name])
		if !(last[name] < 0.9*first[name]) {
			t.Errorf("%s went from %g to %g", name, first[name], last[name])
		}
	}
}

// A linear probe on the built-in network classifies textures that its training did not use. On a network of random numbers its
// accuracy is 0.14.
func TestLinearProbeOfBuiltInNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("draws hundreds of textures")
	}
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	accuracy, classes, err := training.HeldOut(testkit.Backend(t), vgg.New(network))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d classes that the training did not use: accuracy %.3f", classes, accuracy)
	if !(accuracy > 0.78) {
		t.Errorf("%d classes that the training did not use: accuracy %.3f, want more than 0.78", classes, accuracy)
	}
}
