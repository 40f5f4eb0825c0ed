package stylelib

import (
	"fmt"
	"image"
	"path/filepath"
	"testing"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// mirrored swaps left and right.
func mirrored(picture image.Image) image.Image {
	b := picture.Bounds()
	out := image.NewNRGBA64(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			out.Set(b.Min.X+b.Max.X-1-x, y, picture.At(x, y))
		}
	}
	return out
}

// Real pictures through real features, recorded by testdata/reference.py in float64. Float32 puts a few of the features
// on the other side of a ReLU's or a pooling window's edge, PyTorch's float32 too.
func TestSlimLossesAndGradientsAgreeWithPyTorch(t *testing.T) {
	backend := testkit.Backend(t)
	read := func(name string) image.Image {
		picture, err := picture.Open(filepath.Join("testdata", name), 0)
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	content, style := read("content.png"), read("style.png")
	start := mirrored(content)
	cases := testkit.ReadReference(t, "reference_5se.json").Cases
	for i := range 2 * len(cases) {
		want, method := cases[i/2], []conv.Method{conv.Plain, conv.Winograd}[i%2]
		t.Run(fmt.Sprintf("%s-%s", want.Pooling, method), func(t *testing.T) {
			net := vgg.New(testkit.SlimNetwork(t))
			net.Conv = method
			if net.Padding != weights.ReflectPadding {
				t.Fatalf("%s padding, want reflect", net.Padding)
			}
			var err error
			if net.Pooling, err = vgg.ParsePooling(want.Pooling); err != nil {
				t.Fatal(err)
			}
			losses, gradients := termsAndGradients(t, backend, net, start, content, style)
			compareCase(t, want, losses, gradients, realGradientTol)
		})
	}
}
