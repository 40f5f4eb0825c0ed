package kernelext

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	xdraw "golang.org/x/image/draw"
)

const (
	pictureWidth  = 384 // the widest that one picture is stored, in pixels
	pictureHeight = 768 // the tallest
	matrixSide    = 128 // smaller pictures than this are looked at pixel by pixel
	jpegQuality   = 88
)

// fit returns the picture no larger than width x height, scaled down by a Catmull-Rom filter where it must be. A
// picture of less than 128 pixels a side is enlarged instead, a whole number of times with square pixels, for a
// matrix drawn as a picture is read pixel by pixel.
func fit(p image.Image, width, height int) image.Image {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if side := max(w, h); side < matrixSide {
		if times := min(2*matrixSide/side, width/w, height/h); times > 1 {
			return scale(p, w*times, h*times, xdraw.NearestNeighbor)
		}
	}
	if w <= width && h <= height {
		return p
	}
	factor := min(float64(width)/float64(w), float64(height)/float64(h))
	return scale(p, max(1, int(float64(w)*factor+0.5)), max(1, int(float64(h)*factor+0.5)), xdraw.CatmullRom)
}

func scale(p image.Image, width, height int, filter xdraw.Scaler) image.Image {
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	filter.Scale(to, to.Bounds(), p, p.Bounds(), draw.Src, nil)
	return to
}

// encode stores a picture as it is: as JPEG, or as PNG where a pixel may be seen through, where the picture must stay
// exact, or where it is a drawing that PNG makes smaller.
func encode(p image.Image, exact bool) (*encoded, error) {
	size := p.Bounds().Size()
	e := &encoded{width: size.X, height: size.Y, wide: size.X}
	o, ok := p.(interface{ Opaque() bool })
	exact = exact || ok && !o.Opaque()
	if !exact {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: jpegQuality}); err != nil {
			return nil, err
		}
		e.mime, e.data = "image/jpeg", b.Bytes()
	}
	if exact || isDrawing(p) {
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil {
			return nil, err
		}
		if exact || b.Len() < len(e.data) {
			e.mime, e.data = "image/png", b.Bytes()
		}
	}
	return e, nil
}

// isDrawing reports whether a picture has few colours, judged by 32 x 32 of its pixels.
func isDrawing(p image.Image) bool {
	const side = 32
	b, colours := p.Bounds(), map[color.Color]bool{}
	for i := range side * side {
		x, y := b.Min.X+i%side*b.Dx()/side, b.Min.Y+i/side*b.Dy()/side
		colours[color.RGBAModel.Convert(p.At(x, y))] = true
	}
	return len(colours) <= side*side/8
}

// stored returns one picture as a notebook keeps it: fitted and encoded, a chart at its own size.
func stored(p image.Image) (*encoded, error) {
	if c, ok := p.(*chart); ok {
		e, err := encode(fewColours(c.RGBA), true)
		if err == nil {
			e.width, e.height = e.width/chartScale, e.height/chartScale
		}
		return e, err
	}
	if w, ok := p.(*wide); ok {
		return encode(fit(w.RGBA, gridWidth, gridWidth), false)
	}
	size := p.Bounds().Size()
	return encode(fit(p, pictureWidth, pictureHeight), max(size.X, size.Y) < matrixSide)
}

// fewColours returns a drawing with 16 levels a channel, which nobody can tell from 256 on thin lines, and a palette:
// as a PNG it takes a third of the room. A drawing with more than 256 colours even so is returned as it is.
func fewColours(p *image.RGBA) image.Image {
	to := image.NewPaletted(p.Bounds(), nil)
	index := map[[4]byte]byte{}
	for i := range to.Pix {
		var c [4]byte
		for k, v := range p.Pix[4*i : 4*i+4] {
			c[k] = byte((int(v) + 8) / 17 * 17)
		}
		at, known := index[c]
		if !known {
			if len(index) == 256 {
				return p
			}
			at = byte(len(index))
			index[c] = at
			to.Palette = append(to.Palette, color.RGBA{c[0], c[1], c[2], c[3]})
		}
		to.Pix[i] = at
	}
	return to
}
