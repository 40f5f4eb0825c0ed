package stylelib

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

// mixed takes two steps from noise with these style pictures.
func mixed(t *testing.T, styles []image.Image, shares ...float64) []Step {
	t.Helper()
	terms, err := MixStyles([]Term{ContentTerm(1, "relu2_1"), StyleTerm(8, "relu1_1", "relu2_1")}, shares...)
	if err != nil {
		t.Fatal(err)
	}
	result, err := Transfer(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), testkit.Picture(21, 19, 1), styles, Options{Steps: 2, Start: FromNoise(7), Terms: terms})
	if err != nil {
		t.Fatal(err)
	}
	return result.Steps
}

// One style in two parts is that style; a share of 1 of two is that one alone; between them losses are linear.
func TestMixStyles(t *testing.T) {
	a, b := testkit.Picture(18, 23, 2), testkit.Picture(30, 17, 3)
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-5*math.Abs(want)) {
			t.Errorf("%s: %g, want %g", what, got, want)
		}
	}
	onlyA, onlyB := mixed(t, []image.Image{a}, 5), mixed(t, []image.Image{b}, 1)
	parts := mixed(t, []image.Image{a, a}, 1, 3)
	for i := range parts {
		near("one style in two parts", parts[i].Loss, onlyA[i].Loss)
		near("its second part", parts[i].Terms["style 2"], 3*parts[i].Terms["style 1"])
	}
	second := mixed(t, []image.Image{a, b}, 0, 2)
	near("the second style alone", second[1].Loss, onlyB[1].Loss)
	quarter := mixed(t, []image.Image{a, b}, 0.75, 0.25)[0].Terms
	near("three quarters of a", quarter["style 1"], 0.75*onlyA[0].Terms["style"])
	near("a quarter of b", quarter["style 2"], 0.25*onlyB[0].Terms["style"])
	near("content", quarter["content"], onlyA[0].Terms["content"])
}

func TestMixStylesRefuses(t *testing.T) {
	for _, shares := range [][]float64{{}, {0, 0}, {1, -1, 3}, {math.NaN(), 1}, {math.Inf(1), 1}} {
		if _, err := MixStyles(DefaultTerms(), shares...); err == nil || !strings.Contains(err.Error(), "the shares of the styles are") {
			t.Errorf("shares %g: error %v", shares, err)
		}
	}
}

// Between two styles: the ends are the single styles' pictures, the middle is that of equal shares. A row has them all.
func TestBetween(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	content, styles := testkit.Picture(20, 24, 1), []image.Image{testkit.Picture(18, 26, 2), testkit.Picture(24, 20, 3)}
	o := Options{Steps: 3, Terms: []Term{ContentTerm(1, "relu2_1"), StyleTerm(50, "relu1_1", "relu2_2")}}
	stylizer := NewStylizer(backend, net, o)
	defer stylizer.Finalize()
	results, err := stylizer.Between(t.Context(), content, styles, 3, nil, nil)
	if err != nil || len(results) != 3 {
		t.Fatalf("%d pictures, error %v", len(results), err)
	}
	var pictures []image.Image
	for i, shares := range [][]float64{{1, 0}, {1, 1}, {0, 1}} {
		if o.Terms, err = MixStyles([]Term{ContentTerm(1, "relu2_1"), StyleTerm(50, "relu1_1", "relu2_2")}, shares...); err != nil {
			t.Fatal(err)
		}
		want, err := Transfer(t.Context(), backend, net, content, styles, o)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, fmt.Sprintf("picture %d", i), results[i].Picture, want.Picture, 1)
		pictures = append(pictures, results[i].Picture)
	}
	if first, last := picture.Colours(pictures[0])[50], picture.Colours(pictures[2])[50]; first == last {
		t.Errorf("both ends have a pixel %.4f", first)
	}
	var counted []int
	half := image.NewGray(image.Rect(0, 0, 24, 20))
	draw.Draw(half, image.Rect(0, 0, 12, 20), image.White, image.Point{}, draw.Src)
	stylizer.Options.Every, stylizer.Options.OnStep = 1, func(step Step) error {
		if counted = append(counted, step.N); step.Total != 6 {
			t.Errorf("step %d of %d, want of 6", step.N, step.Total)
		}
		return nil
	}
	masked, err := stylizer.Between(t.Context(), content, styles, 2, func(shares ...float64) ([]Term, error) {
		return MaskStyles([]Term{ContentTerm(1, "relu2_1"), StyleTerm(50, "relu1_1")}, []image.Image{half, MaskRest(half)}, shares...)
	}, []int{12, 24})
	if err != nil || len(masked) != 2 || !slices.Equal(counted, []int{1, 2, 3, 4, 5, 6}) || masked[0].Picture.Bounds() != content.Bounds() {
		t.Errorf("masked, in levels: %d pictures, steps %v, error %v", len(masked), counted, err)
	}
	row, err := picture.Row(pictures...)
	if err != nil || row.Bounds().Size() != image.Pt(3*24+2, 20) {
		t.Fatalf("row %v, error %v", row.Bounds(), err)
	}
	if row.At(24, 5) != color.NRGBA64Model.Convert(color.White) || row.At(25, 0) != pictures[1].At(0, 0) || row.At(73, 19) != pictures[2].At(23, 19) {
		t.Errorf("the row's pixels are not those of its pictures")
	}
	if _, err := stylizer.Between(t.Context(), content, styles[:1], 3, nil, nil); err == nil || !strings.Contains(err.Error(), "exactly 2 styles") {
		t.Errorf("error %v", err)
	}
	if _, err := picture.Row(); err == nil {
		t.Error("a row of nothing")
	}
}
