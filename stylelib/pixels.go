package stylelib

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"

	"github.com/gomlx/gomlx/core/tensors"
	"golang.org/x/image/draw"
)

// Resize scales a picture so that its longer side has longSide pixels, keeping its proportions.
func Resize(picture image.Image, longSide int) (image.Image, error) {
	from, err := pictureSize(picture)
	if err != nil {
		return nil, fmt.Errorf("stylelib: the picture to scale %w", err)
	}
	size := toLongSide(from, longSide)
	if longSide < 1 || CheckSize(size) != nil {
		return nil, fmt.Errorf("stylelib: a picture cannot be %d pixels long; give a size from 1 to about %d, or 0 for its own",
			longSide, int(math.Sqrt(maxPixels)))
	}
	return ResizeTo(picture, size.X, size.Y), nil
}

// CheckSize returns an error for sizes that no picture is made in: without pixels, or of more than 134 million.
func CheckSize(size image.Point) error {
	if size.X < 1 || size.Y < 1 || size.X > maxPixels/size.Y {
		return fmt.Errorf("stylelib: a picture cannot be of %dx%d pixels; it has at least one, and up to %d million", size.X, size.Y, maxPixels/1_000_000)
	}
	return nil
}

// toLongSide scales a size so that its longer side is long, keeping its proportions.
func toLongSide(size image.Point, long int) image.Point {
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
	eachPixel(picture, func(x, y int, c color.RGBA64) {
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
		table[i] = uint16(math.Round(toLinear(float64(i)/0xffff) * 0xffff))
	}
	return table
})

// toCode turns 16-bit linear light into an sRGB code.
func toCode(light uint16) uint16 {
	return uint16(math.Round(fromLinear(float64(light)/0xffff) * 0xffff))
}

// toLinear turns an sRGB code into linear light, both in [0, 1] (IEC 61966-2-1).
func toLinear(code float64) float64 {
	if code <= 0.04045 {
		return code / 12.92
	}
	return math.Pow((code+0.055)/1.055, 2.4)
}

// fromLinear is the inverse of toLinear.
func fromLinear(light float64) float64 {
	if light <= 0.0031308 {
		return light * 12.92
	}
	return 1.055*math.Pow(light, 1/2.4) - 0.055
}

// eachPixel visits a picture's pixels, row by row from (0, 0), as opaque colours: what is transparent shows white.
func eachPixel(picture image.Image, visit func(x, y int, c color.RGBA64)) {
	b := picture.Bounds()
	at := func(x, y int) color.RGBA64 {
		r, g, b, a := picture.At(x, y).RGBA()
		return color.RGBA64{uint16(r), uint16(g), uint16(b), uint16(a)}
	}
	if fast, ok := picture.(image.RGBA64Image); ok {
		at = fast.RGBA64At
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := at(b.Min.X+x, b.Min.Y+y)
			white := 0xffff - c.A // c is premultiplied
			visit(x, y, color.RGBA64{c.R + white, c.G + white, c.B + white, 0xffff})
		}
	}
}

// pixels returns a picture as values [1, h, w, 3], RGB in [0, 1], and its height and width.
func pixels(picture image.Image) (values []float32, h, w int) {
	b := picture.Bounds()
	values = make([]float32, 0, b.Dx()*b.Dy()*3)
	eachPixel(picture, func(_, _ int, c color.RGBA64) {
		values = append(values, float32(c.R)/0xffff, float32(c.G)/0xffff, float32(c.B)/0xffff)
	})
	return values, b.Dy(), b.Dx()
}

// PictureTensor returns a picture as a tensor [1, h, w, 3], RGB in [0, 1], for [VGG.Features] and graphs of your own.
func PictureTensor(picture image.Image) *tensors.Tensor {
	values, h, w := pixels(picture)
	return tensors.FromFlatDataAndDimensions(values, 1, h, w, 3)
}

// toPicture turns values [1, h, w, 3] into a picture: clipped to [0, 1] and rounded to 16 bits.
func toPicture(values []float32, h, w int) image.Image {
	picture := image.NewNRGBA64(image.Rect(0, 0, w, h))
	for i := range h * w {
		pixel := picture.Pix[i*8 : i*8+8]
		for c := range 3 {
			v := min(max(values[i*3+c], 0), 1)
			binary.BigEndian.PutUint16(pixel[2*c:], uint16(v*0xffff+0.5))
		}
		pixel[6], pixel[7] = 0xff, 0xff
	}
	return picture
}

// eightBits rounds a picture of 16 bits a channel to 8; others stay as they are.
func eightBits(picture image.Image) image.Image {
	switch picture.ColorModel() {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
	default:
		return picture
	}
	b, at := picture.Bounds(), nrgba64At(picture)
	round := func(v uint16) uint8 { return uint8((uint32(v) + 128) / 257) }
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for i := range b.Dx() * b.Dy() {
		c := at(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx())
		copy(out.Pix[4*i:], []uint8{round(c.R), round(c.G), round(c.B), round(c.A)})
	}
	return out
}

// sixteenBits returns a picture with 16 bits a channel.
func sixteenBits(picture image.Image) image.Image {
	b, at := picture.Bounds(), nrgba64At(picture)
	out := image.NewNRGBA64(image.Rect(0, 0, b.Dx(), b.Dy()))
	for i := range b.Dx() * b.Dy() {
		out.SetNRGBA64(i%b.Dx(), i/b.Dx(), at(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx()))
	}
	return out
}

// nrgba64At returns how to look at a picture's pixels, quickly where they are opaque.
func nrgba64At(picture image.Image) func(x, y int) color.NRGBA64 {
	fast, isFast := picture.(image.RGBA64Image)
	return func(x, y int) color.NRGBA64 {
		if isFast {
			if c := fast.RGBA64At(x, y); c.A == 0xffff {
				return color.NRGBA64(c)
			}
		}
		return color.NRGBA64Model.Convert(picture.At(x, y)).(color.NRGBA64)
	}
}
