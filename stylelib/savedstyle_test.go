package stylelib

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"stylenet/stylelib/colour"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// savedTerms are content, style at two layers, and smoothing.
func savedTerms() []Term {
	return []Term{ContentTerm(1, "relu2_1"), StyleTerm(50, "relu1_1", "relu2_2"), TotalVariationTerm(1)}
}

// savedAndLoaded makes a saved, and reads it again from its file.
func savedAndLoaded(t *testing.T, net *vgg.Extractor, style image.Image, terms []Term) *SavedStyle {
	t.Helper()
	saved, err := DescribeStyle(testkit.Backend(t), net, style, terms)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "new", "night.style")
	if err := saved.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadStyle(path)
	if err != nil {
		t.Fatal(err)
	}
	if !IsSavedStyle(path) || again.String() != saved.String() {
		t.Errorf("the saved is %s, saved %s", again, saved)
	}
	return again
}

// A saved from a file paints what the style picture paints, alone, beside a picture, in a pyramid's level, and with fewer
// layers; another description is kept beside Gram.
func TestSavedStyleStandsForItsPicture(t *testing.T) {
	net := vgg.New(testkit.Network())
	content, style, other := testkit.Picture(24, 32, 1), testkit.Picture(30, 20, 2), testkit.Picture(26, 26, 3)
	terms := append(savedTerms(), Term{Name: "means", Weight: 3, Target: Style(0), Layers: Layers("relu1_1"), Describe: loss.MeanVariance, Compare: loss.RelativeRows})
	saved := savedAndLoaded(t, net, style, terms)
	paint := func(styles []image.Image, terms []Term) *Result {
		result, err := Transfer(t.Context(), testkit.Backend(t), net, content, styles, Options{Terms: terms, Steps: 3})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	mixed, err := MixStyles(savedTerms(), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	fewer := []Term{ContentTerm(2, "relu2_1"), StyleTerm(7, "relu2_2")}
	for what, test := range map[string]struct {
		with, without []image.Image
		terms         []Term
	}{
		"alone": {[]image.Image{saved}, []image.Image{style}, terms}, "fewer layers": {[]image.Image{saved}, []image.Image{style}, fewer},
		"first of two": {[]image.Image{saved, other}, []image.Image{style, other}, mixed}, "second": {[]image.Image{other, saved}, []image.Image{other, style}, mixed},
	} {
		got, want := paint(test.with, test.terms), paint(test.without, test.terms)
		if !slices.Equal(got.State.Picture, want.State.Picture) {
			t.Errorf("%s: another picture: losses %g, want %g", what, got.Steps[2].Loss, want.Steps[2].Loss)
		}
	}
	got, err := Pyramid(t.Context(), testkit.Backend(t), net, content, []image.Image{saved}, Options{Terms: terms, Steps: 2}, []int{16, 32})
	if err != nil || got.Picture.Bounds() != content.Bounds() {
		t.Errorf("pyramid: error %v", err)
	}
	if _, err := colour.Match(saved, content, colour.Cholesky, colour.SRGB); err == nil || !strings.Contains(err.Error(), "has no pixels") {
		t.Errorf("error %v", err)
	}
}

// What a saved does not serve for is refused, and says what there is.
func TestSavedStyleRefuses(t *testing.T) {
	net := vgg.New(testkit.Network())
	content, style := testkit.Picture(24, 32, 1), testkit.Picture(30, 20, 2)
	saved := savedAndLoaded(t, net, style, savedTerms())
	average, mirrored := vgg.New(testkit.Network()), vgg.New(testkit.Network())
	average.Pooling, mirrored.Padding = vgg.AveragePooling, weights.ReflectPadding
	trained := testkit.Network()
	trained.Convs[1].Bias[0]++
	masked := StyleTerm(1, "relu1_1")
	masked.TargetMask = testkit.Filled(image.NewGray(image.Rect(0, 0, 20, 30)), color.White)
	for want, test := range map[string]struct {
		vgg  *vgg.Extractor
		term Term
	}{
		"it had Pooling: max, this one has Pooling: avg":                     {average, StyleTerm(1, "relu1_1")},
		"it had Padding: zero, this one has Padding: reflect":                {mirrored, StyleTerm(1, "relu1_1")},
		"another network: it had {Weights: ":                                 {vgg.New(trained), StyleTerm(1, "relu1_1")},
		"wants Gram of layer relu2_1; the saved style has Gram of relu1_1 [": {net, StyleTerm(1, "relu1_1", "relu2_1")},
		"wants Moments(2) of layer relu1_1":                                  {net, Term{Name: "m", Target: Style(0), Layers: Layers("relu1_1"), Describe: loss.MeanVariance}},
		"has a mask of its target, which is a saved style":                   {net, masked},
	} {
		_, err := Transfer(t.Context(), testkit.Backend(t), test.vgg, content, []image.Image{saved}, Options{Terms: []Term{test.term}, Steps: 1})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line with %q", err, want)
		}
	}
	described := func(describe loss.Describe) []Term {
		return []Term{{Name: "style", Weight: 1, Target: Style(0), Layers: Layers("relu1_1"), Describe: describe}}
	}
	gatys, keras := described(loss.GramPerPosition), described(loss.GramSum)
	saved = savedAndLoaded(t, net, style, gatys)
	if _, err := Transfer(t.Context(), testkit.Backend(t), net, content, []image.Image{saved}, Options{Terms: keras, Steps: 1}); err == nil || !strings.Contains(err.Error(), "wants GramSum of") {
		t.Errorf("keras divides Gram matrices by nothing, gatys by the positions: error %v", err)
	}
	if _, err := DescribeStyle(testkit.Backend(t), net, style, []Term{ContentTerm(1, "relu1_1")}); err == nil || !strings.Contains(err.Error(), "needs a term whose target is the style picture") {
		t.Errorf("error %v", err)
	}
	var none *SavedStyle
	if _, err := Transfer(t.Context(), testkit.Backend(t), net, content, []image.Image{none}, Options{Terms: savedTerms(), Steps: 1}); err == nil || !strings.Contains(err.Error(), "first style picture has no pixels") {
		t.Errorf("error %v", err)
	}
}

// smallStyle is a saved's file, small.
func smallStyle(tb testing.TB) []byte {
	p := &SavedStyle{"a network", []description{{"relu1_1", "Gram", []int{2, 2}, []float32{1, 2, 3, 4}}, {"relu2_1", "Gram", []int{1}, []float32{5}}},
		colour.Moments{Mean: [3]float64{0.5, 0.25, 0.125}}}
	var b bytes.Buffer
	if err := styleKind(nil).write(&b, styleHeader{p.network, p.descriptions, p.colours}, [][]float32{p.descriptions[0].values, p.descriptions[1].values}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestDamagedSavedStyles(t *testing.T) {
	good := smallStyle(t)
	p, err := readStyle(bytes.NewReader(good), int64(len(good)))
	if err != nil || fmt.Sprint(p) != "Gram of relu1_1 [2 2], Gram of relu2_1 [1]" || p.descriptions[0].values[3] != 4 || p.descriptions[1].values[0] != 5 {
		t.Fatalf("%v, error %v", p, err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := readStyle(bytes.NewReader(bad), int64(len(bad))); err == nil {
			t.Errorf("byte %d is wrong, and nobody notices", i)
		}
		if _, err := readStyle(bytes.NewReader(good[:i]), int64(i)); err == nil {
			t.Errorf("%d bytes of %d are taken for a saved", i, len(good))
		}
	}
	large := bytes.Replace(good, []byte("[2,2]"), []byte("[9,9]"), 1)
	if _, err := readStyle(bytes.NewReader(large), int64(len(large))); err == nil || !strings.Contains(err.Error(), "too large for the file") {
		t.Errorf("error %v", err)
	}
	old := append([]byte("StyleNet style 2\n"), good...)
	if _, err := readStyle(bytes.NewReader(old), int64(len(old))); err == nil || !strings.Contains(err.Error(), "of an earlier StyleNet") {
		t.Errorf("a file of the version before: error %v", err)
	}
	if _, err := LoadStyle(filepath.Join("testdata", "content.png")); err == nil || !strings.Contains(err.Error(), "not a style saved by StyleNet") {
		t.Errorf("error %v", err)
	}
}

func FuzzSavedStyle(f *testing.F) {
	f.Add(smallStyle(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readStyle(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, part := range p.descriptions {
			n := 1
			for _, side := range part.Shape {
				n *= side
			}
			if n != len(part.values) {
				t.Fatalf("%v has %d values", part.Shape, len(part.values))
			}
		}
	})
}
