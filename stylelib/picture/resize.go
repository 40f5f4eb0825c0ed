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

// Resize scales a picture so that its longer side has longSide pixels, keeping its proportions.
func Resize(picture image.Image, longSide int) (image.Image, error) {
	from, err := Size(picture)
	if err != nil {
		return nil, fmt.Errorf("stylelib: the picture to scale %w", err)
	}
	size := WithLongSide(from, longSide)
	if longSide < 1 || CheckSize(size) != nil {
		return nil, fmt.Errorf("stylelib: a picture cannot be %d pixels long; give a size from 1 to about %d, or 0 for its own",
			longSide, int(math.Sqrt(MaxPixels)))
	}
	return ResizeTo(picture, size.X, size.Y), nil
}

// CheckSize returns an error for sizes that no picture is made in: without pixels, or of more than 134 million.
func CheckSize(size image.Point) error {
	if size.X < 1 || size.Y < 1 || size.X > MaxPixels/size.Y {
		return fmt.Errorf("stylelib: a picture cannot be of %dx%d pixels; it has at least one, and up to %d million", size.X, size.Y, MaxPixels/1_000_000)
	}
	return nil
}

// toLongSide scales a size so that its longer side is long, keeping its proportions.
func WithLongSide(size image.Point, long int) image.Point {
	scale := float64(long) / float64(max(size.X, size.Y))
	part := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	return image.Pt(part(size.X), part(size.Y))
}

// ResizeTo scales a picture to w x h pixels. It averages light, not sRGB codes (which would darken fine detail), with a
// Catmull-Rom filter.
func ResizeTo(picture image.Image, w, h int) image.Image {
	b := picture.Bounds()
	if b.Dx() == w && b.Dy() == h {
		return picture
	}
	toLight := lightTable()
	light := image.NewRGBA64(image.Rect(0, 0, b.Dx(), b.Dy()))
	EachPixel(picture, func(x, y int, c color.RGBA64) {
		light.SetRGBA64(x, y, color.RGBA64{toLight[c.R], toLight[c.G], toLight[c.B], 0xffff})
	})
	small := image.NewRGBA64(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(small, small.Bounds(), light, light.Bounds(), draw.Src, nil)
	for i := 0; i < len(small.Pix); i += 2 {
		if i%8 == 6 {
			continue // alpha
		}
		v := toCode(uint16(small.Pix[i])<<8 | uint16(small.Pix[i+1]))
		small.Pix[i], small.Pix[i+1] = uint8(v>>8), uint8(v)
	}
	return small
}

// lightTable turns 16-bit sRGB codes into linear light, 16 bits too.
var lightTable = sync.OnceValue(func() []uint16 {
	table := make([]uint16, 1<<16)
	for i := range table {
		table[i] = uint16(math.Round(rgb.ToLinear(float64(i)/0xffff) * 0xffff))
	}
	return table
})

// toCode turns 16-bit linear light into an sRGB code.
func toCode(light uint16) uint16 {
	return uint16(math.Round(rgb.FromLinear(float64(light)/0xffff) * 0xffff))
}

// Cover scales a picture until it covers w x h pixels and cuts off what hangs over, as much on both sides. What has no
// pixels, such as a [stylelib.SavedStyle], stays as it is.
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
