package stylelib

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/colour"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// paletteTerms are content, style at two layers, and smoothing.
func paletteTerms() []Term {
	return []Term{ContentTerm(1, "relu2_1"), StyleTerm(50, "relu1_1", "relu2_2"), TotalVariationTerm(1)}
}

// savedPalette makes a palette, and reads it again from its file.
func savedPalette(t *testing.T, net *vgg.Extractor, style image.Image, terms []Term) *SavedStyle {
	t.Helper()
	palette, err := DescribeStyle(testkit.Backend(t), net, style, terms)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "new", "night.palette")
	if err := palette.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := LoadStyle(path)
	if err != nil {
		t.Fatal(err)
	}
	if !IsSavedStyle(path) || again.String() != palette.String() {
		t.Errorf("the palette is %s, saved %s", again, palette)
	}
	return again
}

// A palette from a file paints what the style picture paints, alone, beside a picture, in a pyramid's level, and with fewer
// layers; another description is kept beside Gram.
func TestPaletteStandsForItsPicture(t *testing.T) {
	net := vgg.New(testkit.Network())
	content, style, other := testkit.Picture(24, 32, 1), testkit.Picture(30, 20, 2), testkit.Picture(26, 26, 3)
	terms := append(paletteTerms(), Term{Name: "means", Weight: 3, Target: Style(0), Layers: Layers("relu1_1"), Describe: loss.MeanVariance, Compare: loss.RelativeRows})
	palette := savedPalette(t, net, style, terms)
	paint := func(styles []image.Image, terms []Term) *Result {
		result, err := Transfer(t.Context(), testkit.Backend(t), net, content, styles, Options{Terms: terms, Steps: 3})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	mixed, err := MixStyles(paletteTerms(), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	fewer := []Term{ContentTerm(2, "relu2_1"), StyleTerm(7, "relu2_2")}
	for what, test := range map[string]struct {
		with, without []image.Image
		terms         []Term
	}{
		"alone": {[]image.Image{palette}, []image.Image{style}, terms}, "fewer layers": {[]image.Image{palette}, []image.Image{style}, fewer},
		"first of two": {[]image.Image{palette, other}, []image.Image{style, other}, mixed}, "second": {[]image.Image{other, palette}, []image.Image{other, style}, mixed},
	} {
		got, want := paint(test.with, test.terms), paint(test.without, test.terms)
		if !slices.Equal(got.State.Picture, want.State.Picture) {
			t.Errorf("%s: another picture: losses %g, want %g", what, got.Steps[2].Loss, want.Steps[2].Loss)
		}
	}
	got, err := Pyramid(t.Context(), testkit.Backend(t), net, content, []image.Image{palette}, Options{Terms: terms, Steps: 2}, []int{16, 32})
	if err != nil || got.Picture.Bounds() != content.Bounds() {
		t.Errorf("pyramid: error %v", err)
	}
	if _, err := colour.Match(palette, content, colour.Cholesky, colour.SRGB); err == nil || !strings.Contains(err.Error(), "has no pixels") {
		t.Errorf("error %v", err)
	}
}

// What a palette does not serve for is refused, and says what there is.
func TestPaletteRefuses(t *testing.T) {
	net := vgg.New(testkit.Network())
	content, style := testkit.Picture(24, 32, 1), testkit.Picture(30, 20, 2)
	palette := savedPalette(t, net, style, paletteTerms())
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
		"this is network \"whole-number hashes\", avg pooling": {average, StyleTerm(1, "relu1_1")},
		"this is network":               {mirrored, StyleTerm(1, "relu1_1")},
		"with other weights of network": {vgg.New(trained), StyleTerm(1, "relu1_1")},
		"wants stylenet/stylelib.Gram of layer relu2_1; the palette has stylenet/stylelib.Gram of relu1_1 [": {net, StyleTerm(1, "relu1_1", "relu2_1")},
		"wants stylenet/stylelib.MeanVariance of layer relu1_1":                                              {net, Term{Name: "m", Target: Style(0), Layers: Layers("relu1_1"), Describe: loss.MeanVariance}},
		"has a mask of its target, which is a palette":                                                       {net, masked},
	} {
		_, err := Transfer(t.Context(), testkit.Backend(t), test.vgg, content, []image.Image{palette}, Options{Terms: []Term{test.term}, Steps: 1})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line with %q", err, want)
		}
	}
	described := func(describe func(*graph.Node) *graph.Node) []Term {
		return []Term{{Name: "style", Weight: 1, Target: Style(0), Layers: Layers("relu1_1"), Describe: describe}}
	}
	gatys, keras := described(loss.GramPerPosition), described(loss.GramSum)
	palette = savedPalette(t, net, style, gatys)
	if _, err := Transfer(t.Context(), testkit.Backend(t), net, content, []image.Image{palette}, Options{Terms: keras, Steps: 1}); err == nil || !strings.Contains(err.Error(), "wants stylenet/stylelib.products of") {
		t.Errorf("keras divides Gram matrices by nothing, gatys by the positions: error %v", err)
	}
	if _, err := DescribeStyle(testkit.Backend(t), net, style, []Term{ContentTerm(1, "relu1_1")}); err == nil || !strings.Contains(err.Error(), "needs a term that looks at the style picture") {
		t.Errorf("error %v", err)
	}
	var none *SavedStyle
	if _, err := Transfer(t.Context(), testkit.Backend(t), net, content, []image.Image{none}, Options{Terms: paletteTerms(), Steps: 1}); err == nil || !strings.Contains(err.Error(), "first style picture has no pixels") {
		t.Errorf("error %v", err)
	}
}

// smallPalette is a palette's file, small.
func smallPalette(tb testing.TB) []byte {
	p := &SavedStyle{"seen somehow", "abc", []description{{"relu1_1", "Gram", []int{2, 2}, []float32{1, 2, 3, 4}}, {"relu2_1", "Gram", []int{1}, []float32{5}}}}
	var b bytes.Buffer
	if err := styleKind(nil).write(&b, styleHeader{p.sight, p.sum, p.parts}, [][]float32{p.parts[0].values, p.parts[1].values}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestDamagedPalettes(t *testing.T) {
	good := smallPalette(t)
	p, err := readStyle(bytes.NewReader(good), int64(len(good)))
	if err != nil || fmt.Sprint(p) != "Gram of relu1_1 [2 2], Gram of relu2_1 [1]" || p.parts[0].values[3] != 4 || p.parts[1].values[0] != 5 {
		t.Fatalf("%v, error %v", p, err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := readStyle(bytes.NewReader(bad), int64(len(bad))); err == nil {
			t.Errorf("byte %d is wrong, and nobody notices", i)
		}
		if _, err := readStyle(bytes.NewReader(good[:i]), int64(i)); err == nil {
			t.Errorf("%d bytes of %d are taken for a palette", i, len(good))
		}
	}
	large := bytes.Replace(good, []byte("[2,2]"), []byte("[9,9]"), 1)
	if _, err := readStyle(bytes.NewReader(large), int64(len(large))); err == nil || !strings.Contains(err.Error(), "too large for the file") {
		t.Errorf("error %v", err)
	}
	if _, err := LoadStyle(filepath.Join("testdata", "content.png")); err == nil || !strings.Contains(err.Error(), "not a palette saved by StyleNet") {
		t.Errorf("error %v", err)
	}
}

func FuzzPalette(f *testing.F) {
	f.Add(smallPalette(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readStyle(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, part := range p.parts {
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
