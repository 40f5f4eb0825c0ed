package picture

import (
	"errors"
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// Row returns pictures next to each other, scaled to the height of the first, with white gaps of 2 % of it.
func Row(pictures ...image.Image) (image.Image, error) {
	var sizes []image.Point
	width := 0
	for i, picture := range pictures {
		size, err := Size(picture)
		if err != nil {
			return nil, fmt.Errorf("picture: in a row, picture %d %w", i+1, err)
		}
		if i > 0 {
			size = image.Pt(max(1, size.X*sizes[0].Y/size.Y), sizes[0].Y)
		}
		sizes = append(sizes, size)
		width += size.X
	}
	if len(pictures) == 0 {
		return nil, errors.New("picture: a row needs at least one picture")
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

// WithAlpha returns a picture with the alpha of another one, scaled to its size; the picture itself where the other is opaque.
func WithAlpha(picture, other image.Image) image.Image {
	if o, ok := other.(interface{ Opaque() bool }); ok && o.Opaque() {
		return picture
	}
	b, at := picture.Bounds(), nrgba64At(picture)
	alpha := GreyAt(AlphaMask(other), b.Size())
	out := image.NewNRGBA64(image.Rectangle{Max: b.Size()})
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := at(b.Min.X+x, b.Min.Y+y)
			c.A = alpha.Gray16At(x, y).Y
			out.SetNRGBA64(x, y, c)
		}
	}
	return out
}

// AlphaMask returns the alpha of a picture, with 16 bits, as a mask.
func AlphaMask(picture image.Image) image.Image {
	b := picture.Bounds()
	mask := image.NewAlpha16(image.Rectangle{Max: b.Size()})
	draw.Draw(mask, mask.Rect, picture, b.Min, draw.Src)
	return mask
}

// GreyAt returns a picture in grey, scaled bilinearly to a size in pixels. What is transparent is black.
func GreyAt(picture image.Image, size image.Point) *image.Gray16 {
	grey := image.NewGray16(image.Rectangle{Max: size})
	if picture.Bounds().Size() == size {
		draw.Draw(grey, grey.Rect, picture, picture.Bounds().Min, draw.Src)
	} else {
		draw.BiLinear.Scale(grey, grey.Rect, picture, picture.Bounds(), draw.Src, nil)
	}
	return grey
}
