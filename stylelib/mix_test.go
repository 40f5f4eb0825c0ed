package stylelib

import (
	"image"
	"math"
	"strings"
	"testing"
)

// mixed takes two steps from noise with these style pictures.
func mixed(t *testing.T, styles []image.Image, shares ...float64) []Step {
	t.Helper()
	terms, err := MixStyles([]Term{ContentTerm(1, "relu2_1"), StyleTerm(8, "relu1_1", "relu2_1")}, shares...)
	if err != nil {
		t.Fatal(err)
	}
	result, err := Transfer(t.Context(), testBackend(t), NewVGG(hashedNetwork()), hashedPicture(21, 19, 1), styles, Options{Steps: 2, Start: FromNoise(7), Terms: terms})
	if err != nil {
		t.Fatal(err)
	}
	return result.Steps
}

// One style in two parts is that style; a share of 1 of two is that one alone; between them losses are linear.
func TestMixStyles(t *testing.T) {
	a, b := hashedPicture(18, 23, 2), hashedPicture(30, 17, 3)
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
