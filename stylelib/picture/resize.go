package picture

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/draw"
	"stylenet/stylelib/internal/rgb"
)

// Resize scales a picture so that its longer side has longSide pixels and its proportions stay, by [ResizeTo].
func Resize(picture image.Image, longSide int) (image.Image, error) {
	from, err := Size(picture)
	if err != nil {
		return nil, fmt.Errorf("picture: the picture to scale %w", err)
	}
	size := WithLongSide(from, longSide)
	if longSide < 1 || CheckSize(size) != nil {
		return nil, fmt.Errorf("picture: a picture cannot be %d pixels long; give a size from 1 to about %d, or 0 for its own",
			longSide, int(math.Sqrt(MaxPixels)))
	}
	return ResizeTo(picture, size.X, size.Y), nil
}

// CheckSize returns an error for a size without pixels or of more than [MaxPixels].
func CheckSize(size image.Point) error {
	if size.X < 1 || size.Y < 1 || size.X > MaxPixels/size.Y {
		return fmt.Errorf("picture: a picture cannot be of %dx%d pixels; it has at least one, and up to %d million", size.X, size.Y, MaxPixels/1_000_000)
	}
	return nil
}

// WithLongSide scales a size so that its longer side is long pixels and its proportions stay. No side is below 1.
func WithLongSide(size image.Point, long int) image.Point {
	scale := float64(long) / float64(max(size.X, size.Y))
	scaled := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	return image.Pt(scaled(size.X), scaled(size.Y))
}

// ResizeTo scales a picture on white to w x h pixels with a Catmull-Rom filter, in linear light: averages of sRGB values would darken fine
// detail. A picture of that size already is returned as it is.
func ResizeTo(picture image.Image, w, h int) image.Image {
	b := picture.Bounds()
	if b.Dx() == w && b.Dy() == h {
		return picture
	}
	toLinear := linearTable()
	light := image.NewRGBA64(image.Rect(0, 0, b.Dx(), b.Dy()))
	EachPixel(picture, func(x, y int, c color.RGBA64) {
		light.SetRGBA64(x, y, color.RGBA64{toLinear[c.R], toLinear[c.G], toLinear[c.B], 0xffff})
	})
	small := image.NewRGBA64(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(small, small.Bounds(), light, light.Bounds(), draw.Src, nil)
	for i := 0; i < len(small.Pix); i += 2 {
		if i%8 == 6 {
			continue // alpha
		}
		v := fromLinear(uint16(small.Pix[i])<<8 | uint16(small.Pix[i+1]))
		small.Pix[i], small.Pix[i+1] = uint8(v>>8), uint8(v)
	}
	return small
}

// linearTable returns the linear light, in 16 bits, of each 16-bit sRGB value.
var linearTable = sync.OnceValue(func() []uint16 {
	table := make([]uint16, 1<<16)
	for i := range table {
		table[i] = uint16(math.Round(rgb.ToLinear(float64(i)/0xffff) * 0xffff))
	}
	return table
})

// fromLinear returns the 16-bit sRGB value of 16-bit linear light.
func fromLinear(light uint16) uint16 {
	return uint16(math.Round(rgb.FromLinear(float64(light)/0xffff) * 0xffff))
}

// Cover scales a picture until it covers w x h pixels and crops it to them around its centre. What has no pixels, such as a
// [stylelib.SavedStyle], is returned as it is.
func Cover(picture image.Image, w, h int) image.Image {
	size := picture.Bounds().Size()
	if picture.Bounds().Empty() {
		return picture
	}
	scaled := image.Pt(w, max(h, (size.Y*w+size.X-1)/size.X))
	if size.X*h > size.Y*w {
		scaled = image.Pt(max(w, (size.X*h+size.Y-1)/size.Y), h)
	}
	covering := ResizeTo(picture, scaled.X, scaled.Y)
	cut := image.NewRGBA64(image.Rect(0, 0, w, h))
	corner := covering.Bounds().Min.Add(image.Pt((scaled.X-w)/2, (scaled.Y-h)/2))
	draw.Draw(cut, cut.Rect, covering, corner, draw.Src)
	return cut
}
