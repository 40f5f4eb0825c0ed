package training

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// golden is what PyTorch saw at a layer: the features' shape [h, w, c], their mean and deviation, and the first eight
// channels at row h/2 and column w/3.
type goldenLayer struct {
	Shape           []int
	Mean, Deviation float64
	Channels        []float64
}

// The network in the binary sees a picture as PyTorch sees it through the same file (testdata/golden.py).
func TestOwnNetworkAgreesWithPyTorch(t *testing.T) {
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
	for _, l := range layers {
		names = append(names, l.relu())
	}
	exec, err := net.NewExec(testBackend(t), func(inputs []*graph.Node) (out []*graph.Node) {
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

// From noise, a painting with it comes nearer to everything that is asked for.
func TestTransferWithOwnNetworkLowersEveryTerm(t *testing.T) {
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	canvas := func(class int) image.Image {
		c, err := textures.Paint(class, 0)
		if err != nil {
			t.Fatal(err)
		}
		return c.Coloured(uint64(class)).(*image.NRGBA).SubImage(image.Rect(0, 0, 64, 64))
	}
	result, err := stylelib.Transfer(t.Context(), testBackend(t), vgg.New(network), canvas(4), []image.Image{canvas(14)}, stylelib.Options{
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

// Textures of classes that it was never trained with are named right by a linear answer on what it sees. Of the same
// textures a network of random numbers lets 0.14 be named right.
func TestOwnNetworkSees(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at hundreds of textures")
	}
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	rate, classes, err := HeldOut(testBackend(t), vgg.New(network))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("of %d classes never trained %.3f are named right", classes, rate)
	if !(rate > 0.80) {
		t.Errorf("of %d classes never trained %.3f are named right", classes, rate)
	}
}
