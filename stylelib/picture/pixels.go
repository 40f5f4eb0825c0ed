package picture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
)

// EachPixel calls visit for each pixel of a picture, row by row, with x and y from 0 and its colour on white, which is opaque.
func EachPixel(picture image.Image, visit func(x, y int, c color.RGBA64)) {
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

// Values returns a picture on white as values [h, w, 3], RGB in [0, 1], and its height and width.
func Values(picture image.Image) (values []float32, h, w int) {
	b := picture.Bounds()
	values = make([]float32, 0, b.Dx()*b.Dy()*3)
	EachPixel(picture, func(_, _ int, c color.RGBA64) {
		values = append(values, float32(c.R)/0xffff, float32(c.G)/0xffff, float32(c.B)/0xffff)
	})
	return values, b.Dy(), b.Dx()
}

// FromValues returns the opaque picture of values [h, w, 3], clipped to [0, 1] and rounded to 16 bits.
func FromValues(values []float32, h, w int) image.Image {
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

// eightBits rounds a picture with 16 bits a channel to 8; it returns others as they are.
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

// nrgba64At returns a function that returns a picture's pixels, not premultiplied; fast where they are opaque.
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

// Size returns a picture's size in pixels. It returns an error for nil, for a nil pointer, whose methods panic, and for a picture without
// pixels. The error has no prefix and follows the name of the picture: "the style picture" + "is missing (nil)".
func Size(picture image.Image) (size image.Point, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("is missing (nil)")
		}
	}()
	if size = picture.Bounds().Size(); size.X < 1 || size.Y < 1 {
		return size, fmt.Errorf("has no pixels: it is %dx%d", size.X, size.Y)
	}
	return size, nil
}

// Colours returns the pixels of a picture on white, row by row, as sRGB values of R, G and B in [0, 1].
func Colours(picture image.Image) [][3]float64 {
	size := picture.Bounds().Size()
	values := make([][3]float64, 0, size.X*size.Y)
	EachPixel(picture, func(_, _ int, c color.RGBA64) {
		values = append(values, [3]float64{float64(c.R) / 0xffff, float64(c.G) / 0xffff, float64(c.B) / 0xffff})
	})
	return values
}

// FromColours is the inverse of [Colours]: it returns the opaque picture of such values, clipped to [0, 1] and rounded to 16 bits.
func FromColours(values [][3]float64, size image.Point) image.Image {
	picture := image.NewRGBA64(image.Rectangle{Max: size})
	round := func(v float64) uint16 { return uint16(math.Round(min(max(v, 0), 1) * 0xffff)) }
	for i, v := range values {
		picture.SetRGBA64(i%size.X, i/size.X, color.RGBA64{round(v[0]), round(v[1]), round(v[2]), 0xffff})
	}
	return picture
}
