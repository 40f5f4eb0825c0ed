package kernelext

import (
	"fmt"
	"image"
	"image/draw"

	xdraw "golang.org/x/image/draw"
)

// Zoom returns a picture with a square of the given side, in pixels, framed around each of the points, and beside it
// what is in the squares, enlarged so many times without smoothing.
func Zoom(p image.Image, side, times int, at ...image.Point) image.Image {
	Check(checkPictures("Zoom", p))
	if side < 1 || times < 1 || len(at) == 0 {
		Check(fmt.Errorf("kernelext.Zoom: %d squares of %d pixels, enlarged %d times; at least one of each is needed", len(at), side, times))
	}
	size := p.Bounds().Size()
	framed := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(framed, framed.Bounds(), p, p.Bounds().Min, draw.Src)
	var crops []image.Image
	height, width := size.Y, 0
	for i, point := range at {
		r := square(point, side, size)
		crop := image.NewRGBA(image.Rect(0, 0, r.Dx()*times, r.Dy()*times))
		xdraw.NearestNeighbor.Scale(crop, crop.Bounds(), p, r.Add(p.Bounds().Min), draw.Src, nil)
		frame(crop, crop.Bounds(), 2, i)
		frame(framed, r.Inset(-2), 2, i)
		crops = append(crops, crop)
		width += gridGap + crop.Bounds().Dx()
		height = max(height, crop.Bounds().Dy())
	}
	to := image.NewRGBA(image.Rect(0, 0, size.X+width, height))
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(to, framed.Bounds(), framed, image.Point{}, draw.Src)
	x := size.X
	for _, crop := range crops {
		x += gridGap
		draw.Draw(to, crop.Bounds().Add(image.Pt(x, 0)), crop, image.Point{}, draw.Src)
		x += crop.Bounds().Dx()
	}
	return &wideImage{to}
}

// wideImage is a picture that is stored as wide as a page.
type wideImage struct{ *image.RGBA }

// square returns the square around a point, moved so that it lies within a picture's size, as far as it can.
func square(at image.Point, side int, size image.Point) image.Rectangle {
	corner := image.Pt(max(0, min(at.X-side/2, size.X-side)), max(0, min(at.Y-side/2, size.Y-side)))
	return image.Rectangle{corner, corner.Add(image.Pt(side, side))}.Intersect(image.Rectangle{Max: size})
}

// frame draws the edge of a rectangle in the i-th colour of charts, so many pixels thick on its inner side.
func frame(to draw.Image, r image.Rectangle, thick, i int) {
	c := image.NewUniform(palette[(i+1)%len(palette)])
	for _, edge := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+thick)}, {image.Pt(r.Min.X, r.Max.Y-thick), r.Max},
		{r.Min, image.Pt(r.Min.X+thick, r.Max.Y)}, {image.Pt(r.Max.X-thick, r.Min.Y), r.Max},
	} {
		draw.Draw(to, edge, c, image.Point{}, draw.Src)
	}
}
