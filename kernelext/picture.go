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
	pictureWidth  = 512 // the widest that one picture is stored, in pixels
	previewWidth  = 384 // the widest beside something else, as in a panel
	pictureHeight = 768 // the tallest
	enlargeBelow  = 128 // smaller pictures are enlarged
	jpegQuality   = 88
)

// fit scales a picture down to width x height where it is larger, by a Catmull-Rom filter. A picture of less than 128
// pixels a side, such as a matrix, is enlarged by an integer factor, so that its pixels can be read one by one.
func fit(p image.Image, width, height int) image.Image {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if side := max(w, h); side < enlargeBelow {
		if times := min(2*enlargeBelow/side, width/w, height/h); times > 1 {
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

// encode encodes a picture at its own size: as JPEG, or as PNG where it may be transparent, where it must be lossless, or
// where it is a drawing that is smaller as PNG.
func encode(p image.Image, lossless bool) (*encoded, error) {
	size := p.Bounds().Size()
	e := &encoded{width: size.X, height: size.Y, pixelWidth: size.X}
	o, ok := p.(interface{ Opaque() bool })
	lossless = lossless || ok && !o.Opaque()
	if !lossless {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, p, &jpeg.Options{Quality: jpegQuality}); err != nil {
			return nil, err
		}
		e.mime, e.data = "image/jpeg", b.Bytes()
	}
	if lossless || isDrawing(p) {
		var b bytes.Buffer
		if err := png.Encode(&b, p); err != nil {
			return nil, err
		}
		if lossless || b.Len() < len(e.data) {
			e.mime, e.data = "image/png", b.Bytes()
		}
	}
	return e, nil
}

// isDrawing reports whether a picture has few colours. It counts those of 32 x 32 pixels.
func isDrawing(p image.Image) bool {
	const side = 32
	b, colours := p.Bounds(), map[color.Color]bool{}
	for i := range side * side {
		x, y := b.Min.X+i%side*b.Dx()/side, b.Min.Y+i/side*b.Dy()/side
		colours[color.RGBAModel.Convert(p.At(x, y))] = true
	}
	return len(colours) <= side*side/8
}

// encodePicture encodes a picture for a notebook, scaled down to a width. A chart keeps its size.
func encodePicture(p image.Image, width int) (*encoded, error) {
	if c, ok := p.(*chart); ok {
		e, err := encode(quantize(c.RGBA), true)
		if err == nil {
			e.width, e.height = e.width/chartScale, e.height/chartScale
		}
		return e, err
	}
	if w, ok := p.(*wideImage); ok {
		return encode(fit(w.RGBA, gridWidth, gridWidth), false)
	}
	size := p.Bounds().Size()
	return encode(fit(p, width, pictureHeight), max(size.X, size.Y) < enlargeBelow)
}

// quantize rounds the colours of a drawing to 16 levels a channel, which look the same on thin lines, and gives it a
// palette: the PNG is a third as large. A drawing that still has more than 256 colours is returned unchanged.
func quantize(p *image.RGBA) image.Image {
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
