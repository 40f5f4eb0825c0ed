package stylelib

import (
	"image"
	"math"
	"slices"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// Zero options paint by L-BFGS from the content picture in the style's colours.
func TestDefaultTransfer(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	content, styles := testkit.Picture(16, 12, 1), []image.Image{testkit.Picture(14, 18, 2)}
	paint := func(o Options) []float32 {
		t.Helper()
		o.Steps, o.Terms = 3, shallow
		result, err := Transfer(t.Context(), backend, net, content, styles, o)
		if err != nil {
			t.Fatal(err)
		}
		return result.State.Picture
	}
	want := paint(Options{Optimizer: optim.LBFGS{}, Start: FromColours()})
	if !slices.Equal(paint(Options{}), want) {
		t.Error("zero options paint another picture")
	}
	if slices.Equal(paint(Options{Start: FromContent()}), want) {
		t.Error("the content picture and that in the style's colours lead to the same")
	}
	if o := Defaults(true, true); o.Steps != 120 || o.Every != 10 || len(o.Terms) != 3 {
		t.Errorf("%d steps, every %d, %d terms; want 120, 10 and 3", o.Steps, o.Every, len(o.Terms))
	}
}

// A texture comes from noise to less than half of its style loss, at the size asked for; each style has its term.
func TestTexture(t *testing.T) {
	style := testkit.Picture(20, 30, 2)
	result, err := Texture(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), image.Pt(28, 36), []image.Image{style, style}, Options{Steps: 60, Optimizer: optim.Adam{}})
	if err != nil {
		t.Fatal(err)
	}
	if size := result.Picture.Bounds().Size(); size != image.Pt(28, 36) {
		t.Errorf("the texture is %v, want 28x36", size)
	}
	first, last := result.Steps[0], result.Steps[59]
	for _, term := range []string{"style 1", "style 2"} {
		if !(last.Terms[term] < 0.5*first.Terms[term]) {
			t.Errorf("%s from %g to %g, want less than half", term, first.Terms[term], last.Terms[term])
		}
	}
}

// Through our own network an early layer gives the picture back, a late one less of it: the error grows with depth.
func TestReconstruct(t *testing.T) {
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	img, err := picture.Open("../notebooks/pictures/waves.jpg", 32)
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := picture.Values(img)
	before := 0.
	for _, layer := range []string{"relu1_1", "relu2_1"} {
		result, err := Reconstruct(t.Context(), testkit.Backend(t), vgg.New(network), img, layer, Options{Steps: 40})
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := picture.Values(result.Picture)
		off := testkit.RelativeDifference(got, want)
		t.Logf("from %s: off by %.3f of the picture", layer, off)
		if !(off > before) || math.IsNaN(off) || layer == "relu1_1" && off > 0.1 {
			t.Errorf("from %s the picture is off by %.3f, from the layer before by %.3f", layer, off, before)
		}
		before = off
	}
}
