package stylelib

import (
	"errors"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
)

// counted is a style term that counts how often it becomes part of a graph, which is once for every compilation.
func counted(compilations *int) Term {
	term := StyleTerm(10, "relu1_1", "relu2_1")
	term.Layers = term.Layers[1:]
	term.Describe = func(f *graph.Node) *graph.Node { *compilations++; return loss.Gram(f) }
	return term
}

// A painter compiles the targets and the step for the first picture of a size, and nothing for the next ones, whatever
// their pictures, start, steps and weights are; each comes out as from Transfer, to the last bit.
func TestPainterCompilesOncePerSize(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	compilations, ignored := 0, 0
	painter := NewStylizer(backend, net, Options{Terms: []Term{ContentTerm(1, "relu2_2"), counted(&compilations)}})
	defer painter.Finalize()
	for i, test := range []struct {
		h, w   int
		start  Start
		steps  int
		weight float64
		want   int // compilations until then
	}{
		{21, 19, Start{}, 3, 10, 2}, // the target's and the step's
		{21, 19, FromNoise(1), 4, 10, 2},
		{21, 19, Start{}, 3, 2, 2},
		{19, 21, Start{}, 3, 2, 3}, // the style picture has the size it had
		{21, 19, Start{}, 3, 2, 3},
	} {
		content, styles := testkit.Picture(test.h, test.w, uint64(i)), []image.Image{testkit.Picture(18, 23, uint64(10+i))}
		painter.Options.Start, painter.Options.Steps = test.start, test.steps
		painter.Options.Terms[1].Weight = test.weight
		got, err := painter.Transfer(t.Context(), content, styles)
		if err != nil {
			t.Fatal(err)
		}
		if compilations != test.want {
			t.Errorf("picture %d: %d compilations, want %d", i, compilations, test.want)
		}
		alone := painter.Options
		alone.Terms = []Term{ContentTerm(1, "relu2_2"), counted(&ignored)}
		alone.Terms[1].Weight = test.weight
		want, err := Transfer(t.Context(), backend, vgg.New(testkit.Network()), content, styles, alone)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.State.Picture, want.State.Picture) || len(got.Steps) != test.steps {
			t.Errorf("picture %d: not what Transfer paints", i)
		}
	}
	if ignored != 10 {
		t.Errorf("Transfer compiled %d times for five pictures, want 10: the count is wrong", ignored)
	}
}

// A painter's pyramid is the function's, and the second picture compiles nothing.
func TestPainterPyramid(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	compilations, ignored := 0, 0
	painter := NewStylizer(backend, net, Options{Steps: 5, Terms: []Term{counted(&compilations)}})
	defer painter.Finalize()
	for i := range 2 {
		content, styles := testkit.Picture(24, 16, uint64(i)), []image.Image{testkit.Picture(18, 23, 9)}
		got, err := painter.Pyramid(t.Context(), content, styles, []int{12, 24})
		if err != nil {
			t.Fatal(err)
		}
		if compilations != 4 { // two levels' targets and steps
			t.Errorf("%d compilations after picture %d, want 4", compilations, i+1)
		}
		want, err := Pyramid(t.Context(), backend, net, content, styles, Options{Steps: 5, Terms: []Term{counted(&ignored)}}, []int{12, 24})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.State.Picture, want.State.Picture) || len(got.Steps) != 5 {
			t.Errorf("picture %d: not what Pyramid paints", i+1)
		}
	}
}

// Of many sizes not all are kept; the pictures are painted all the same.
func TestPainterForgetsSizes(t *testing.T) {
	defer func(most int) { mostSizes = most }(mostSizes)
	mostSizes = 3
	compilations := 0
	painter := NewStylizer(testkit.Backend(t), vgg.New(testkit.Network()), Options{Steps: 1, Terms: []Term{
		{Name: "mine", Weight: 1, Describe: func(p *graph.Node) *graph.Node { compilations++; return loss.TotalVariation(p) }}}})
	defer painter.Finalize()
	for _, side := range []int{2, 3, 4, 3, 5, 2, 5} { // 5 makes it forget the others, 2 is painted anew
		if _, err := painter.Transfer(t.Context(), testkit.Picture(side, 2, 1), nil); err != nil {
			t.Fatal(err)
		}
		if len(painter.sizes) > mostSizes {
			t.Fatalf("%d sizes are kept", len(painter.sizes))
		}
	}
	if compilations != 5 {
		t.Errorf("%d compilations, want 5", compilations)
	}
}

// Of two forms that differ the parts are named that do.
func TestFirstDifference(t *testing.T) {
	for _, c := range [][4]string{
		{"a; b; c", "a; d; e", "b", "d"},
		{"a; b", "a; b; c", "no more terms", "c"},
		{"a; b; c", "a", "b", "no more terms"},
	} {
		if a, b := firstDifference(c[0], c[1]); a != c[2] || b != c[3] {
			t.Errorf("%q and %q differ in %q and %q, want %q and %q", c[0], c[1], a, b, c[2], c[3])
		}
	}
}

// What programs are not compiled for is an error; a picture that failed leaves the painter as it was.
func TestPainterRefuses(t *testing.T) {
	painter := NewStylizer(testkit.Backend(t), vgg.New(testkit.Network()), Options{Steps: 2, Every: 1, Terms: []Term{ContentTerm(1, "relu1_1")}})
	defer painter.Finalize()
	paint := func() error {
		_, err := painter.Transfer(t.Context(), testkit.Picture(20, 20, 1), nil)
		return err
	}
	failure := errors.New("told to fail")
	painter.Options.OnStep = func(Step) error { return failure }
	if err := paint(); !errors.Is(err, failure) {
		t.Fatalf("error %v", err)
	}
	painter.Options.OnStep = nil
	for name, change := range map[string]func(o *Options){
		"layer":     func(o *Options) { o.Terms = []Term{ContentTerm(1, "relu1_2")} },
		"function":  func(o *Options) { o.Terms = []Term{ContentTerm(1, "relu1_1")}; o.Terms[0].Describe = loss.Gram },
		"optimiser": func(o *Options) { o.Optimizer = optim.LBFGS{} },
		"range":     func(o *Options) { o.Clip = ClipShown },
		"tile":      func(o *Options) { o.Tile = 96 },
		"devices":   func(o *Options) { o.Devices = 2 },
		"additive":  func(o *Options) { o.Terms = []Term{ContentTerm(1, "relu1_1")}; o.Terms[0].Additive = true },
	} {
		first := painter.Options
		change(&painter.Options)
		if err := paint(); err == nil || !strings.Contains(err.Error(), "the painter's programs are compiled for") {
			t.Errorf("%s: error %v", name, err)
		}
		painter.Options = first
	}
	if err := paint(); err != nil {
		t.Error(err)
	}
	painter.Finalize()
	painter.Options.Clip = ClipShown
	if err := paint(); err != nil {
		t.Errorf("after Finalize: %v", err)
	}
}
