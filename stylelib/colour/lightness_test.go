package colour

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
)

// luminances returns each pixel's luminance in [0, 1], by sRGB's own numbers.
func luminances(picture image.Image) []float64 {
	var all []float64
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			values := [3]uint32{}
			values[0], values[1], values[2], _ = picture.At(x, y).RGBA()
			sum := 0.
			for c, share := range []float64{0.2126729, 0.7151522, 0.0721750} {
				light := float64(values[c]) / 65535 / 12.92
				if values[c] > 2650 {
					light = math.Pow((float64(values[c])/65535+0.055)/1.055, 2.4)
				}
				sum += share * light
			}
			all = append(all, sum)
		}
	}
	return all
}

// CIELAB of the sRGB primaries as published (B. Lindbloom's tables), and back.
func TestLab(t *testing.T) {
	picture := testkit.Row(testkit.RGB(1, 0, 0), testkit.RGB(0, 1, 0), testkit.RGB(0, 0, 1), testkit.RGB(1, 1, 1), testkit.RGB(0, 0, 0))
	want := [][3]float64{{53.2408, 80.0925, 67.2032}, {87.7347, -86.1827, 83.1793}, {32.2970, 79.1875, -107.8602}, {100, 0, 0}, {}}
	got := labValues(picture)
	for i := range want {
		for c := range 3 {
			if math.Abs(got[i][c]-want[i][c]) > 5e-3 {
				t.Errorf("pixel %d: L*a*b* %.4f, want %.4f", i, got[i], want[i])
			}
		}
	}
	testkit.Close16(t, "back from L*a*b*", fromLabValues(got, image.Pt(5, 1)), picture, 1)
}

// The result has the painted picture's luminance, the content's hue, and no colour where the content has none.
func TestKeep(t *testing.T) {
	painted, content := testkit.Picture(9, 11, 1), testkit.Picture(9, 11, 2)
	kept, err := Keep(painted, content)
	if err != nil {
		t.Fatal(err)
	}
	want := luminances(painted)
	colours := labValues(content)
	for i, got := range luminances(kept) {
		if math.Abs(got-want[i]) > 5e-5 {
			t.Errorf("pixel %d: luminance %.6f, the painted picture's is %.6f", i, got, want[i])
		}
		v := labValues(kept)[i]
		chroma, full := math.Hypot(v[1], v[2]), math.Hypot(colours[i][1], colours[i][2])
		if chroma > full*1.25 {
			t.Errorf("pixel %d: chroma %.2f, the content's is %.2f", i, chroma, full)
		}
	}
	same, err := Keep(content, content)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Close16(t, "a picture with its own colours", same, content, 1)
	grey, err := Keep(testkit.Row(testkit.RGB(1, 0, 0)), testkit.Row(testkit.RGB(0.3, 0.3, 0.3)))
	if err != nil {
		t.Fatal(err)
	}
	// Red's luminance 0.2126729 as a grey: 1.055 x^(1/2.4) - 0.055.
	value := 1.055*math.Pow(0.2126729, 1/2.4) - 0.055
	testkit.Close16(t, "red on grey", grey, testkit.Row(testkit.RGB(value, value, value)), 1)
	if _, err := Keep(painted, testkit.Picture(9, 10, 2)); err == nil || !strings.Contains(err.Error(), "11x9 pixels, the one whose colours are to be kept 10x9") {
		t.Errorf("error %v", err)
	}
}

// A colour inside sRGB keeps a* and b* exactly; one outside keeps its hue.
func TestKeepHue(t *testing.T) {
	content := testkit.Row(testkit.RGB(0.5, 0.4, 0.45), testkit.RGB(0.2, 0.3, 0.8), testkit.RGB(0.2, 0.3, 0.8))
	kept, err := Keep(testkit.Row(testkit.RGB(0.55, 0.55, 0.55), testkit.RGB(0.02, 0.02, 0.02), testkit.RGB(0.97, 0.97, 0.97)), content)
	if err != nil {
		t.Fatal(err)
	}
	got, want := labValues(kept), labValues(content)
	if math.Abs(got[0][1]-want[0][1]) > 0.01 || math.Abs(got[0][2]-want[0][2]) > 0.01 {
		t.Errorf("L*a*b* %.3f, want a* and b* of %.3f", got[0], want[0])
	}
	for i, v := range picture.Colours(kept)[1:] {
		if !(v[0] < v[2] && v[1] < v[2]) || min(v[0], v[1]) > 0.001 && v[2] < 0.999 {
			t.Errorf("pixel %d: %.4f is not a blue at the limit of sRGB", i+1, v)
		}
	}
}

// Greys of L* 40 and 60 (mean 50, deviation 10) with the lightness of 20 and 28 become 20 and 28.
func TestMatchLightness(t *testing.T) {
	grey := func(lightness ...float64) image.Image {
		var values [][3]float64
		for _, l := range lightness {
			values = append(values, [3]float64{l, 0, 0})
		}
		return fromLabValues(values, image.Pt(len(lightness), 1))
	}
	for _, test := range []struct{ from, to, want image.Image }{
		{grey(40, 60), grey(20, 28), grey(20, 28)},
		{grey(40, 60), grey(28, 20), grey(20, 28)},
		{grey(40, 60), grey(20, 28, 20, 28), grey(20, 28)},
		{grey(35, 35), grey(20, 28), grey(24, 24)},
		{grey(0, 0, 0, 100), grey(60, 100), grey(80-20/math.Sqrt(3), 80-20/math.Sqrt(3), 80-20/math.Sqrt(3), 100)},
	} {
		got, err := MatchLightness(test.from, test.to)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "lightness", got, test.want, 3)
	}
	picture := testkit.Picture(7, 8, 3)
	for _, value := range []uint8{77, 200} { // a picture so large that rounding adds up
		flat := testkit.Filled(image.NewGray(image.Rect(0, 0, 61, 47)), color.Gray{value})
		got, err := MatchLightness(flat, grey(20, 28))
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "a flat picture's lightness", got.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(0, 0, 1, 1)), grey(24), 3)
	}
	same, err := MatchLightness(picture, picture)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Close16(t, "a picture matched to itself", same, picture, 1)
}

// Greys have the picture's luminance; what has no pixels is an error.
func TestGrey(t *testing.T) {
	img := testkit.Picture(5, 6, 4)
	grey, err := Grey(img)
	if err != nil {
		t.Fatal(err)
	}
	want := luminances(img)
	for i, v := range picture.Colours(grey) {
		if math.Abs(v[0]-v[1]) > 2e-5 || math.Abs(v[1]-v[2]) > 2e-5 || math.Abs(luminances(grey)[i]-want[i]) > 5e-5 {
			t.Errorf("pixel %d is %.5f, want a grey of luminance %.5f", i, v, want[i])
		}
	}
	var none *image.NRGBA
	for _, picture := range []image.Image{nil, none, image.NewNRGBA(image.Rectangle{})} {
		if _, err := Grey(picture); err == nil || !strings.Contains(err.Error(), "the picture whose colours") {
			t.Errorf("error %v", err)
		}
	}
}
