package picture

import (
	"image"
	"image/color"
	"testing"
)

// Of a picture in thirds, red, green and blue, a square cut in its own height is the middle; a wider one keeps the width.
func TestCover(t *testing.T) {
	picture := image.NewNRGBA(image.Rect(3, 4, 33, 14)) // 30x10
	for y := 4; y < 14; y++ {
		for x := range 30 {
			picture.Set(3+x, y, []color.Color{color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{0, 0, 255, 255}}[x/10])
		}
	}
	cut := Cover(picture, 10, 10)
	for _, at := range []image.Point{{0, 0}, {9, 9}} {
		if r, g, b, _ := cut.At(at.X, at.Y).RGBA(); r != 0 || g != 0xffff || b != 0 {
			t.Errorf("at %v: %d %d %d, want green", at, r, g, b)
		}
	}
	for _, size := range []image.Point{{10, 10}, {60, 20}, {60, 7}, {7, 60}, {1, 1}, {31, 11}} {
		if got := Cover(picture, size.X, size.Y).Bounds().Size(); got != size {
			t.Errorf("size %v, want %v", got, size)
		}
	}
	wide := Cover(picture, 60, 7)
	if r, _, _, _ := wide.At(2, 3).RGBA(); r < 0xf000 {
		t.Error("a wide cut has lost its left third")
	}
}
