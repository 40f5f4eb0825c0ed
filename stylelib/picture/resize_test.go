package picture

import (
	"image"
	"image/color"
	"testing"
)

func TestResizeKeepsProportions(t *testing.T) {
	for _, test := range []struct{ w, h, longSide, wantW, wantH int }{
		{326, 458, 229, 163, 229}, {458, 326, 229, 229, 163}, {10, 10, 25, 25, 25}, {1000, 1, 10, 10, 1},
	} {
		picture, err := Resize(image.NewGray(image.Rect(0, 0, test.w, test.h)), test.longSide)
		if err != nil {
			t.Fatal(err)
		}
		b := picture.Bounds()
		if b.Dx() != test.wantW || b.Dy() != test.wantH {
			t.Errorf("%dx%d at %d: %dx%d, want %dx%d", test.w, test.h, test.longSide, b.Dx(), b.Dy(), test.wantW, test.wantH)
		}
	}
}

// A fine checkerboard of black and white gives half the light of white, which is the sRGB value 1.055·0.5^(1/2.4) - 0.055 = 0.735, not
// 0.5.
func TestResizeAveragesLight(t *testing.T) {
	checkerboard := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range checkerboard.Pix {
		checkerboard.Pix[i] = uint8(255 * ((i + i/64) % 2))
	}
	values, _, _ := Values(ResizeTo(checkerboard, 8, 8))
	for _, v := range values {
		if v < 0.725 || v > 0.745 {
			t.Fatalf("value %g, want 0.735", v)
		}
	}
}

// Values are clipped, not stretched: 2 becomes 1, -1 becomes 0, and 0.5 stays although the values go further.
func TestFromValuesClips(t *testing.T) {
	got := FromValues([]float32{2, -1, 0.5}, 1, 1).At(0, 0)
	if want := (color.NRGBA64{0xffff, 0, 0x8000, 0xffff}); got != want {
		t.Errorf("pixel %v, want %v", got, want)
	}
}

// Of a picture in thirds, red, green and blue, a square crop at its own height is the middle third; a wide crop keeps the width.
func TestCover(t *testing.T) {
	picture := image.NewNRGBA(image.Rect(3, 4, 33, 14)) // 30x10
	for y := 4; y < 14; y++ {
		for x := range 30 {
			picture.Set(3+x, y, []color.Color{color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{0, 0, 255, 255}}[x/10])
		}
	}
	crop := Cover(picture, 10, 10)
	for _, at := range []image.Point{{0, 0}, {9, 9}} {
		if r, g, b, _ := crop.At(at.X, at.Y).RGBA(); r != 0 || g != 0xffff || b != 0 {
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
		t.Error("a wide crop has lost its left third")
	}
}
