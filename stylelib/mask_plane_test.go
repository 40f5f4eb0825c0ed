package stylelib

import (
	"image"
	"image/color"
	"testing"

	"stylenet/stylelib/picture"
)

// What is transparent is black; grey stays grey, at any size.
func TestMaskPlane(t *testing.T) {
	img := image.NewNRGBA(image.Rect(5, 5, 9, 6))
	for i, c := range []color.NRGBA{{255, 255, 255, 255}, {0, 0, 0, 255}, {255, 255, 255, 51}, {51, 51, 51, 255}} {
		img.Set(5+i, 5, c)
	}
	got := maskPlane(img, image.Pt(4, 1)).values
	got = append(got, maskPlane(picture.AlphaMask(img), image.Pt(4, 1)).values...)
	got = append(got, maskPlane(columns(4, 2, 0, 2), image.Pt(2, 1)).values...)
	for i, want := range []float32{1, 0, 0.2, 0.2, 1, 1, 0.2, 1, 6. / 7, 1. / 7} { // scaled: the edge is soft
		if d := got[i] - want; max(d, -d) > 1e-4 {
			t.Errorf("pixel %d: %g, want %g", i, got[i], want)
		}
	}
}
