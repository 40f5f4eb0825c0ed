package stylelib

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

func TestPyramidSizes(t *testing.T) {
	for long, want := range map[int][]int{
		512:  {128, 181, 256, 362, 512},
		2048: {128, 181, 256, 362, 512, 724, 1024, 1448, 2048},
		300:  {128, 196, 300}, // two steps of 1.53
		153:  {128, 153},
		152:  {152},
		40:   {40},
	} {
		if got := PyramidSizes(long); !slices.Equal(got, want) {
			t.Errorf("%d pixels: levels %d, want %d", long, got, want)
		}
	}
}

func TestPyramidSteps(t *testing.T) {
	defer func(growth float64) { pyramidGrowth = growth }(pyramidGrowth)
	for _, test := range []struct {
		steps  int
		growth float64
		want   []int
	}{
		{100, -2, []int{76, 19, 5}}, // 16 : 4 : 1 of 100, rounded
		{30, 0, []int{10, 10, 10}},
		{3, -2, []int{1, 1, 1}},
		{5, -2, []int{3, 1, 1}},
		{7, 1, []int{1, 2, 4}},
	} {
		pyramidGrowth = test.growth
		if got := PyramidSteps(test.steps, []int{128, 256, 512}); !slices.Equal(got, test.want) {
			t.Errorf("%d steps with growth %g: %v, want %v", test.steps, test.growth, got, test.want)
		}
	}
}

// shallow is a loss that compiles quickly.
var shallow = []Term{ContentTerm(1, "relu2_1"), StyleTerm(10, "relu1_1", "relu2_1")}

// pyramid16 paints a picture of 16x10 pixels in levels of 8 and 16.
func pyramid16(t *testing.T, ctx context.Context, o Options) (*Result, error) {
	t.Helper()
	o.Terms = shallow
	content, style := testkit.Picture(10, 16, 1), testkit.Picture(14, 18, 2)
	return Pyramid(ctx, testkit.Backend(t), vgg.New(testkit.Network()), content, []image.Image{style}, o, []int{8, 16})
}

// A pyramid is what is written out here: half the content with half the style, enlarged, painted on.
func TestPyramidByHand(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	content, style := testkit.Picture(10, 16, 1), testkit.Picture(14, 18, 2)
	coarse, err := Transfer(t.Context(), backend, net, picture.ResizeTo(content, 8, 5), []image.Image{picture.ResizeTo(style, 9, 7)}, Options{Terms: shallow, Steps: 2, Optimizer: optim.Adam{}, Start: FromNoise(3)})
	if err != nil {
		t.Fatal(err)
	}
	values, _, _ := picture.Values(picture.ResizeTo(coarse.Picture, 16, 10))
	memory, age := optim.Adam{}.Enlarge(coarse.State.Memory, 2, image.Pt(8, 5), image.Pt(16, 10))
	fine, err := Transfer(t.Context(), backend, net, content, []image.Image{style}, Options{Terms: shallow, Steps: 5, Optimizer: optim.Adam{}, From: &State{
		Step: 2, Began: 2, Age: age, Height: 10, Width: 16, Picture: values, Memory: memory}})
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(coarse.Steps, fine.Steps)
	var seen []int
	var sizes []image.Point
	got, err := pyramid16(t, t.Context(), Options{Steps: 7, Optimizer: optim.Adam{}, Start: FromNoise(3), Every: 2, OnStep: func(s Step) error {
		picture, err := s.Picture()
		seen, sizes = append(seen, s.N), append(sizes, picture.Bounds().Size())
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Steps) != 7 || !slices.Equal(seen, []int{2, 4, 6, 7}) || !slices.Equal(sizes, []image.Point{{8, 5}, {16, 10}, {16, 10}, {16, 10}}) {
		t.Fatalf("%d records, OnStep after %v with pictures of %v", len(got.Steps), seen, sizes)
	}
	for i, step := range got.Steps {
		if step.N != i+1 || step.Total != 7 || step.Loss != want[i].Loss || i > 0 && step.Elapsed <= got.Steps[i-1].Elapsed {
			t.Errorf("record %d: %+v, want loss %g", i, step, want[i].Loss)
		}
	}
	if !slices.Equal(got.Picture.(*image.NRGBA64).Pix, fine.Picture.(*image.NRGBA64).Pix) || got.Stopped || got.State.Step != 7 {
		t.Errorf("another picture than by hand, or stopped %t, or state after %d steps, want 7", got.Stopped, got.State.Step)
	}
}

// From the content picture, in its own colours or the style's, the next level starts from this picture at its own size, changed as the level
// before was.
func TestPyramidCarriesTheChange(t *testing.T) {
	content, style := testkit.Picture(10, 16, 1), testkit.Picture(14, 18, 2)
	coloured, err := (&Options{Terms: shallow}).inColours(content, []image.Image{style})
	if err != nil {
		t.Fatal(err)
	}
	small := picture.ResizeTo(content, 8, 5)
	for name, c := range map[string]struct {
		start   Start
		painted image.Image
		want    func(enlarged, sharp, soft float32) float32
	}{
		"unchanged":     {FromContent(), small, func(_, sharp, _ float32) float32 { return sharp }},
		"changed":       {FromContent(), testkit.Picture(5, 8, 4), func(enlarged, sharp, soft float32) float32 { return min(max(enlarged+sharp-soft, 0), 1) }},
		"coloured":      {FromColours(), picture.ResizeTo(coloured, 8, 5), func(_, sharp, _ float32) float32 { return sharp }},
		"noise":         {FromNoise(3), small, func(enlarged, _, _ float32) float32 { return enlarged }},
		"mixed":         {FromMixed(0.5, 3), small, func(enlarged, _, _ float32) float32 { return enlarged }},
		"other picture": {FromPicture(testkit.Picture(10, 16, 5)), small, func(enlarged, _, _ float32) float32 { return enlarged }},
	} {
		var starts []Start
		_, err := Options{Start: c.start, Steps: 4, Terms: shallow, Optimizer: optim.LBFGS{}}.pyramid(vgg.New(testkit.Network()), content, []image.Image{style}, []int{8, 16}, func(_ image.Image, _ []image.Image, o Options) (*Result, error) {
			starts = append(starts, o.Start)
			return &Result{Picture: c.painted}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := picture.Values(starts[1].picture)
		enlarged, _, _ := picture.Values(picture.ResizeTo(c.painted, 16, 10))
		detailed := content
		if name == "coloured" {
			detailed = coloured
		}
		sharp, _, _ := picture.Values(detailed)
		soft, _, _ := picture.Values(picture.ResizeTo(picture.ResizeTo(detailed, 8, 5), 16, 10))
		for i, v := range got {
			if want := c.want(enlarged[i], sharp[i], soft[i]); math.Abs(float64(v-want)) > 1e-4 {
				t.Fatalf("%s: value %d of the second level's start is %g, want %g", name, i, v, want)
			}
		}
	}
}

// What Control sets holds in the next level; going back ends at the start of a level.
func TestPyramidControl(t *testing.T) {
	var asked []int
	result, err := pyramid16(t, t.Context(), Options{Steps: 6, Control: func(n int, weights map[string]float64, rate *float64) int {
		first := !slices.Contains(asked, n)
		asked = append(asked, n)
		switch {
		case n == 1:
			weights["style"], *rate = 0, 0.5
		case n > 1 && (weights["style"] != 0 || *rate != 0.5):
			t.Errorf("before step %d the weights are %v, the rate %g", n+1, weights, *rate)
		case n == 5 && first:
			return 1
		}
		return n
	}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 1, 2, 3, 4, 5, 2, 3, 4, 5}; !slices.Equal(asked, want) || len(result.Steps) != 6 {
		t.Errorf("asked %v, want %v; %d records", asked, want, len(result.Steps))
	}
	for i, step := range result.Steps {
		if (step.Terms["style"] == 0) != (i > 0) {
			t.Errorf("step %d: style term %g", step.N, step.Terms["style"])
		}
	}
}

// A run that is stopped or fails leaves a picture of the full size, and a state only where Transfer can go on from it.
func TestPyramidStops(t *testing.T) {
	enough := errors.New("enough")
	for _, test := range []struct {
		at       int
		err      error
		hasState bool
	}{{2, nil, false}, {2, enough, false}, {5, nil, true}} {
		ctx, cancel := context.WithCancel(t.Context())
		result, err := pyramid16(t, ctx, Options{Steps: 9, Every: 1, OnStep: func(s Step) error {
			if s.N == test.at {
				cancel()
				return test.err
			}
			return nil
		}})
		cancel()
		if result == nil || !errors.Is(err, test.err) {
			t.Fatalf("result %v, error %v", result, err)
		}
		if b := result.Picture.Bounds(); len(result.Steps) != test.at || b.Dx() != 16 || b.Dy() != 10 || (result.State != nil) != test.hasState || result.Stopped != (test.err == nil) {
			t.Errorf("after step %d: %d records, picture %v, state %t, stopped %t", test.at, len(result.Steps), b, result.State != nil, result.Stopped)
		}
	}
}

// Paint is Pyramid with the options of Defaults, in levels of its own.
func TestPaint(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	content, style := testkit.Picture(20, 160, 1), testkit.Picture(14, 18, 2)
	got, err := Paint(t.Context(), backend, net, content, style)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Pyramid(t.Context(), backend, net, content, []image.Image{style}, Defaults(true, true), []int{128, 160})
	if err != nil {
		t.Fatal(err)
	}
	if steps := Defaults(true, true).Steps; !slices.Equal(got.State.Picture, want.State.Picture) || len(got.Steps) != steps {
		t.Errorf("another picture, or %d steps, want %d", len(got.Steps), steps)
	}
}

func TestPyramidRefuses(t *testing.T) {
	content, styles := testkit.Picture(10, 16, 1), []image.Image{testkit.Picture(9, 9, 2)}
	for _, test := range []struct {
		o     Options
		sizes []int
		want  string
	}{
		{Options{}, []int{8, 12}, "levels are [8 12] pixels long; the last must be the content picture's 16"},
		{Options{}, []int{}, "the last must be the content picture's 16"},
		{Options{}, []int{12, 8, 16}, "they must rise"},
		{Options{}, []int{0, 16}, "they must rise"},
		{Options{Steps: 1}, []int{8, 16}, "1 steps are too few for a pyramid of 2 levels"},
		{Options{Steps: -1}, []int{8, 16}, "at least 1 is needed"},
		{Options{From: &State{}}, []int{8, 16}, "does not go on from a state"},
	} {
		if _, err := Pyramid(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), content, styles, test.o, test.sizes); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("levels %v: error %v, want one with %q", test.sizes, err, test.want)
		}
	}
}
