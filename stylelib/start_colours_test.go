package stylelib

import (
	"image"
	"math"
	"slices"
	"testing"

	"stylenet/stylelib/colour"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

// tinted returns a picture with values around a colour, that no map of [TestFromColours] takes out of [0, 1].
func tinted(seed int, w, h int, r, g, b float32) image.Image {
	values := testkit.Unit(3*w*h, uint64(seed))
	for i := range values {
		values[i] = []float32{r, g, b}[i%3] + 0.1*(values[i]-0.5)
	}
	return picture.FromValues(values, h, w)
}

func startOf(t *testing.T, o Options, content image.Image, styles ...image.Image) image.Image {
	t.Helper()
	o.Start = FromColours()
	start, err := o.startFor(content, styles)
	if err != nil {
		t.Fatal(err)
	}
	return start.picture
}

// One style's colours: the start has the mean and the covariance of the style, pixel by pixel it is the content under one affine map,
// and without a style it is the content itself.
func TestFromColours(t *testing.T) {
	content, style := tinted(1, 12, 9, 0.3, 0.4, 0.5), tinted(2, 7, 8, 0.6, 0.5, 0.4)
	o := Options{Terms: []Term{ContentTerm(1), StyleTerm(100)}}
	got, err := colour.MomentsOf(startOf(t, o, content, style), colour.SRGB)
	if err != nil {
		t.Fatal(err)
	}
	want, err := colour.MomentsOf(style, colour.SRGB)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if math.Abs(got.Mean[i]-want.Mean[i]) > 1e-4 {
			t.Errorf("mean %v, want %v", got.Mean, want.Mean)
		}
		for k := range 3 {
			if math.Abs(got.Covariance[i][k]-want.Covariance[i][k]) > 2e-5 { // both have 1e-5 more on the diagonal when they are matched
				t.Errorf("covariance %v, want %v", got.Covariance, want.Covariance)
			}
		}
	}
	alone, _, _ := picture.Values(startOf(t, Options{Terms: []Term{ContentTerm(1)}}, content))
	if values, _, _ := picture.Values(content); !slices.Equal(alone, values) {
		t.Error("without a style the start is not the content picture")
	}
}

// Two styles: where one alone has a region, the start is that of the one; where both do, it is their mean by weights; where none
// does, it is the content.
func TestFromColoursByMasksAndWeights(t *testing.T) {
	const w, h = 12, 8
	content := tinted(1, w, h, 0.3, 0.4, 0.5)
	styles := []image.Image{tinted(2, w, h, 0.6, 0.5, 0.4), tinted(3, w, h, 0.4, 0.6, 0.6)}
	columns := func(from, to int) image.Image {
		mask := image.NewGray(image.Rect(0, 0, w, h))
		for i := range mask.Pix {
			if x := i % w; x >= from && x < to {
				mask.Pix[i] = 255
			}
		}
		return mask
	}
	first, second := StyleTerm(3), StyleTerm(1)
	second.Name, second.Target = "second", Style(1)
	values := func(o Options, styles ...image.Image) []float32 {
		v, _, _ := picture.Values(startOf(t, o, content, styles...))
		return v
	}
	a := values(Options{Terms: []Term{first}}, styles[0])
	b := values(Options{Terms: []Term{first}}, styles[1])
	first.Mask, second.Mask = columns(0, 8), columns(4, 10)
	got := values(Options{Terms: []Term{first, second}}, styles...)
	untouched, _, _ := picture.Values(content)
	for i, v := range got {
		var want float32
		switch x := i / 3 % w; {
		case x < 4:
			want = a[i]
		case x < 8:
			want = 0.75*a[i] + 0.25*b[i]
		case x < 10:
			want = b[i]
		default:
			want = untouched[i]
		}
		if math.Abs(float64(v-want)) > 3e-5 {
			t.Fatalf("value %d is %g, want %g", i, v, want)
		}
	}
}

// A saved style has the colours of its picture, in a file too.
func TestFromColoursOfSavedStyle(t *testing.T) {
	content, style := tinted(1, 24, 16, 0.3, 0.4, 0.5), tinted(2, 24, 16, 0.6, 0.5, 0.4)
	terms := []Term{StyleTerm(1, "relu1_1")}
	saved, err := DescribeStyle(testkit.Backend(t), vgg.New(testkit.Network()), style, terms)
	if err != nil {
		t.Fatal(err)
	}
	file := t.TempDir() + "/a.style"
	if err := saved.Save(file); err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadStyle(file)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Terms: terms}
	want, _, _ := picture.Values(startOf(t, o, content, style))
	if got, _, _ := picture.Values(startOf(t, o, content, loaded)); !slices.Equal(got, want) {
		t.Error("a saved style's start is not that of the picture")
	}
}
