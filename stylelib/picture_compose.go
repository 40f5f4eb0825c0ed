package stylelib

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
)

// Row returns pictures beside each other, at the height of the first, with a gap of 2 % of it.
func Row(pictures ...image.Image) (image.Image, error) {
	var sizes []image.Point
	width := 0
	for i, picture := range pictures {
		size, err := pictureSize(picture)
		if err != nil {
			return nil, fmt.Errorf("stylelib: the %s picture of the row %w", ordinal(i), err)
		}
		if i > 0 {
			size = image.Pt(max(1, size.X*sizes[0].Y/size.Y), sizes[0].Y)
		}
		sizes = append(sizes, size)
		width += size.X
	}
	if len(pictures) == 0 {
		return nil, errors.New("stylelib: a row needs a picture")
	}
	gap, height := max(1, sizes[0].Y/50), sizes[0].Y
	row := image.NewNRGBA64(image.Rect(0, 0, width+gap*(len(pictures)-1), height))
	draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
	x := 0
	for i, size := range sizes {
		picture := ResizeTo(pictures[i], size.X, size.Y)
		draw.Draw(row, image.Rect(x, 0, x+size.X, height), picture, picture.Bounds().Min, draw.Over)
		x += size.X + gap
	}
	return row, nil
}

// WithAlpha returns a picture as transparent as another one is, whose alpha is scaled to its size; the picture itself where
// that one is opaque.
func WithAlpha(picture, other image.Image) image.Image {
	if o, ok := other.(interface{ Opaque() bool }); ok && o.Opaque() {
		return picture
	}
	b, at := picture.Bounds(), nrgba64At(picture)
	alpha := maskPlane(AlphaMask(other), b.Size())
	clear := image.NewNRGBA64(image.Rectangle{Max: b.Size()})
	for k, a := range alpha.values {
		c := at(b.Min.X+k%b.Dx(), b.Min.Y+k/b.Dx())
		c.A = uint16(math.Round(0xffff * float64(a)))
		clear.SetNRGBA64(k%b.Dx(), k/b.Dx(), c)
	}
	return clear
}

// AlphaMask returns what is not transparent in a picture as a mask.
func AlphaMask(picture image.Image) image.Image {
	b := picture.Bounds()
	mask := image.NewAlpha16(image.Rectangle{Max: b.Size()})
	draw.Draw(mask, mask.Rect, picture, b.Min, draw.Src)
	return mask
}
