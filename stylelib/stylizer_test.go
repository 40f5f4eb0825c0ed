package stylelib

import (
	"errors"
	"image"
	"slices"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/gomlx/core/graph"
)

// counted is a style term that counts how often it becomes part of a graph, which is once for every compilation.
func counted(compilations *int) Term {
	term := StyleTerm(10, "relu1_1", "relu2_1")
	term.Layers = term.Layers[1:]
	term.Describe = loss.Describe{Name: "counted Gram", Of: func(f *graph.Node) *graph.Node { *compilations++; return loss.Gram.Of(f) }}
	return term
}

// A stylizer compiles the targets and the step for the first picture of a size, and nothing for the next ones, whatever
// their pictures, start, steps and weights are; each comes out as from Transfer, to the last bit.
func TestStylizerCompilesOncePerSize(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	compilations, ignored := 0, 0
	stylizer := NewStylizer(backend, net, Options{Optimizer: optim.Adam{}, Terms: []Term{ContentTerm(1, "relu2_2"), counted(&compilations)}})
	defer stylizer.Finalize()
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
		stylizer.Options.Start, stylizer.Options.Steps = test.start, test.steps
		stylizer.Options.Terms[1].Weight = test.weight
		got, err := stylizer.Transfer(t.Context(), content, styles)
		if err != nil {
			t.Fatal(err)
		}
		if compilations != test.want {
			t.Errorf("picture %d: %d compilations, want %d", i, compilations, test.want)
		}
		alone := stylizer.Options
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

// A stylizer's pyramid is the function's, and the second picture compiles nothing.
func TestStylizerPyramid(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	compilations, ignored := 0, 0
	stylizer := NewStylizer(backend, net, Options{Steps: 5, Terms: []Term{counted(&compilations)}})
	defer stylizer.Finalize()
	for i := range 2 {
		content, styles := testkit.Picture(24, 16, uint64(i)), []image.Image{testkit.Picture(18, 23, 9)}
		got, err := stylizer.Pyramid(t.Context(), content, styles, []int{12, 24})
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
func TestStylizerForgetsSizes(t *testing.T) {
	defer func(most int) { mostSizes = most }(mostSizes)
	mostSizes = 3
	compilations := 0
	stylizer := NewStylizer(testkit.Backend(t), vgg.New(testkit.Network()), Options{Steps: 1, Terms: []Term{
		{Name: "mine", Weight: 1, Describe: loss.Describe{Name: "mine", Of: func(p *graph.Node) *graph.Node { compilations++; return loss.TotalVariation.Of(p) }}}}})
	defer stylizer.Finalize()
	for _, side := range []int{2, 3, 4, 3, 5, 2, 5} { // 5 makes it forget the others, 2 is painted anew
		if _, err := stylizer.Transfer(t.Context(), testkit.Picture(side, 2, 1), nil); err != nil {
			t.Fatal(err)
		}
		if len(stylizer.sizes) > mostSizes {
			t.Fatalf("%d sizes are kept", len(stylizer.sizes))
		}
	}
	if compilations != 5 {
		t.Errorf("%d compilations, want 5", compilations)
	}
}

// Other options than those that the programs are compiled from compile them anew, and paint what Transfer paints; what is given to
// programs when they run does not. A picture that failed leaves the stylizer as it was.
func TestStylizerCompilesAnew(t *testing.T) {
	compilations := 0
	term := func() Term {
		return Term{Name: "mine", Weight: 1, Target: Content, Layers: Layers("relu1_1"), Describe: loss.Describe{Name: "counted", Of: func(f *graph.Node) *graph.Node {
			compilations++
			return loss.Gram.Of(f)
		}}}
	}
	stylizer := NewStylizer(testkit.Backend(t), vgg.New(testkit.Network()), Options{Steps: 2, Every: 1, Optimizer: optim.Adam{}, Start: FromNoise(1), Terms: []Term{term()}})
	defer stylizer.Finalize()
	paint := func() error {
		_, err := stylizer.Transfer(t.Context(), testkit.Picture(20, 20, 1), nil)
		return err
	}
	failure := errors.New("told to fail")
	stylizer.Options.OnStep = func(Step) error { return failure }
	if err := paint(); !errors.Is(err, failure) {
		t.Fatalf("error %v", err)
	}
	stylizer.Options.OnStep = nil
	for name, test := range map[string]struct {
		change func(o *Options)
		want   bool
	}{
		"layer":     {func(o *Options) { o.Terms[0].Layers = Layers("relu1_2") }, true},
		"function":  {func(o *Options) { o.Terms[0].Describe.Name = "another" }, true},
		"optimiser": {func(o *Options) { o.Optimizer = optim.LBFGS{} }, true},
		"clipping":  {func(o *Options) { o.Clip = ClipShown }, true},
		"tile":      {func(o *Options) { o.Tile = 96 }, true},
		"devices":   {func(o *Options) { o.Devices = 2 }, true},
		"additive":  {func(o *Options) { o.Terms[0].Additive = true }, true},
		"weight":    {func(o *Options) { o.Terms[0].Weight = 2 }, false},
		"steps":     {func(o *Options) { o.Steps = 1 }, false},
		"start":     {func(o *Options) { o.Start = Start{} }, false},
	} {
		first := stylizer.Options
		stylizer.Options.Terms = []Term{term()}
		if err := paint(); err != nil {
			t.Fatal(err)
		}
		before := compilations
		test.change(&stylizer.Options)
		if err := paint(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := compilations > before; got != test.want {
			t.Errorf("%s: compiled anew: %t, want %t", name, got, test.want)
		}
		stylizer.Options = first
	}
}
