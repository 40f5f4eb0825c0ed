package stylelib

import (
	"context"
	"image"
	"math"
	"testing"

	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// steepest is an optimiser whose next picture is the gradient, so that a test can look at it.
type steepest struct{}

func (steepest) Memory(shapes.Shape) []shapes.Shape { return nil }
func (steepest) Rate(int) float64                   { return 1 }
func (steepest) Best() int                          { return -1 }
func (steepest) Update(at optim.Evaluation, _ []*graph.Node) (next *graph.Node, memory []*graph.Node, accepted *graph.Node) {
	return at.Gradient, nil, nil
}

// stepOf returns a first step's losses, and its gradient [1, h, w, 3].
func stepOf(t *testing.T, backend compute.Backend, net *vgg.Extractor, pictures [3]image.Image, o Options) (map[string]float64, []float32) {
	t.Helper()
	o.Steps, o.Optimizer, o.Clip, o.Start = 1, steepest{}, ClipShown, FromPicture(pictures[2])
	result, err := Transfer(t.Context(), backend, net, pictures[0], pictures[1:2], o)
	if err != nil {
		t.Fatal(err)
	}
	return result.Steps[0].Terms, result.State.Picture
}

// Losses and gradient are the same in tiles as of the whole picture, for sums and for layers kept whole, at odd sizes, with
// each pooling and padding: a picture of 3 x 2 tiles, and one that only one side of is cut.
func TestTilesLeaveTheGradient(t *testing.T) {
	backend := testkit.Backend(t)
	deviation := func(f *graph.Node) *graph.Node {
		return graph.Sqrt(graph.AddScalar(graph.ReduceVariance(f, 1, 2), 1e-3))
	}
	terms := append(DefaultTerms(),
		Term{Name: "deviation", Weight: 3, Target: Style(0), Layers: Layers("conv3_2", "relu4_2", "pool2"), Describe: loss.Describe{Name: "deviation", Of: deviation}},
		Term{Name: "products", Weight: 1e-3, Layers: Layers("relu2_1", "relu3_1"), Describe: loss.GramPerPosition, Additive: true,
			Compare: loss.Compare{Name: "mean of squares", Of: func(got, _ *graph.Node) *graph.Node { return graphs.MeanAll(graph.Square(got)) }}},
		Term{Name: "means", Weight: 2, Target: Content, Layers: Layers("pool4")})
	dropping := vgg.New(testkit.Network())
	dropping.DropOdd = true
	reflecting := vgg.New(testkit.Network())
	reflecting.Padding, reflecting.Pooling = weights.ReflectPadding, vgg.AveragePooling
	for name, c := range map[string]struct {
		vgg  *vgg.Extractor
		h, w int
	}{
		"odd": {vgg.New(testkit.Network()), 285, 401}, "one side": {vgg.New(testkit.Network()), 100, 340},
		"odd dropped": {dropping, 285, 401}, "average, reflected": {reflecting, 263, 250},
	} {
		terms[1].Mask, terms[0].Mask = halfMask(c.h, c.w), halfMask(c.h, c.w)
		pictures := [3]image.Image{testkit.Picture(c.h, c.w, 1), testkit.Picture(230, 260, 2), testkit.Picture(c.h, c.w, 3)}
		whole, want := stepOf(t, backend, c.vgg, pictures, Options{Terms: terms})
		tiled, got := stepOf(t, backend, c.vgg, pictures, Options{Terms: terms, Tile: 224})
		for term, loss := range whole {
			// A sum over the whole is added up in another order than one over tiles, and that order is the processor's.
			if d := math.Abs(tiled[term] - loss); !(d <= 3e-5*math.Abs(loss)) || loss == 0 {
				t.Errorf("%s: %s is %g in tiles, %g of the whole", name, term, tiled[term], loss)
			}
		}
		if d := testkit.RelativeDifference(got, want); !(d < 1e-4) {
			t.Errorf("%s: gradients are %.2g apart", name, d)
		}
	}
}

// halfMask is white to the left and black to the right, with greys between.
func halfMask(h, w int) image.Image {
	mask := image.NewGray(image.Rect(0, 0, w, h))
	for i := range mask.Pix {
		mask.Pix[i] = uint8(min(255, max(0, 255-(i%w-w/2)*8)))
	}
	return mask
}

// Windows show whatever a tile's positions see, and tiles cover an axis once.
func TestCut(t *testing.T) {
	for n := 1; n < 1200; n += 7 {
		for _, side := range []int{192, 208, 300} {
			window, spans := cut(n, side, 16, 80)
			covered := 0
			for i, s := range spans {
				first, last := i == 0, i == len(spans)-1
				switch {
				case s.at+s.low != covered || s.high <= s.low || window > side || s.at%16 != 0:
					t.Fatalf("%d pixels in windows of %d: %+v after %d pixels", n, window, s, covered)
				case first != (s.at == 0) || last != (s.at+window == n) || !first && s.low < 80 || !last && s.high > window-80:
					t.Fatalf("%d pixels in windows of %d: %+v sees too little", n, window, s)
				}
				covered = s.at + s.high
			}
			if covered != n {
				t.Fatalf("%d of %d pixels covered by %+v", covered, n, spans)
			}
		}
	}
}

// A run in tiles that is stopped while it looks at its targets ends there, with the picture it began with.
func TestTilesStopAmongTargets(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	looks := 0
	term := StyleTerm(1, "relu1_1")
	term.Describe = loss.Describe{Name: "counted Gram", Of: func(f *graph.Node) *graph.Node { looks++; return loss.Gram.Of(f) }}
	content := testkit.Picture(200, 180, 1)
	result, err := Transfer(ctx, testkit.Backend(t), vgg.New(testkit.Network()), content, []image.Image{testkit.Picture(300, 300, 2)}, Options{Terms: []Term{term}, Tile: 96})
	if err != nil || result == nil || !result.Stopped || len(result.Steps) != 0 || result.Picture.Bounds() != content.Bounds() {
		t.Fatalf("%+v, error %v; want a stopped run", result, err)
	}
	if looks != 0 {
		t.Errorf("%d looks at tiles were compiled", looks)
	}
}
