package stylelib

import (
	"slices"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/gomlx/core/graph"
)

// A term that pulls every pixel towards 2: clipped, the picture stops at 1; free, it goes on, and shows white.
func TestRanges(t *testing.T) {
	towardsTwo := func(f *graph.Node) *graph.Node {
		return graph.ReduceAllMean(graph.Square(graph.AddScalar(f, -2)))
	}
	for r, want := range map[Clipping]float32{ClipEveryStep: 1, ClipShown: 1.5, StretchShown: 1.5} {
		result, err := Transfer(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), testkit.Grey(128./255), nil, Options{
			Steps: 10, Clip: r, Optimizer: optim.Adam{LearningRate: 0.1, Decay: 1}, Terms: []Term{{Name: "two", Weight: 1, Describe: loss.Describe{Name: "towardsTwo", Of: towardsTwo}}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := result.State.Picture[0]; got < want-0.05 || got > want+0.05 {
			t.Errorf("%s: a pixel at %g, want about %g", r, got, want)
		}
		if pix := testkit.EightBits(result.Picture); pix[0] != 255 {
			t.Errorf("%s: shown as %d, want 255", r, pix[0])
		}
	}
}

// scipy.misc.imsave: (v - least) · 255 / (largest - least), rounded.
func TestStretchedShowsLeastAsBlackAndLargestAsWhite(t *testing.T) {
	values := []float32{-0.5, 0, 0.5, 1, 1.5, 0.25}
	pix := testkit.EightBits(StretchShown.show(values, 1, 2))
	if want := []uint8{0, 64, 128, 255, 191, 255, 96, 255}; !slices.Equal(pix, want) {
		t.Errorf("pixels %v, want %v", pix, want)
	}
	pix = testkit.EightBits(ClipShown.show(values, 1, 2))
	if want := []uint8{0, 0, 128, 255, 255, 255, 64, 255}; !slices.Equal(pix, want) {
		t.Errorf("clipped when shown: %v, want %v", pix, want)
	}
	if grey := testkit.EightBits(StretchShown.show([]float32{0.2, 0.2, 0.2}, 1, 1)); grey[0] != 51 {
		t.Errorf("a picture of one value shows %d, want 51", grey[0])
	}
}
