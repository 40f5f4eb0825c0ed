package kernelext

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	xdraw "golang.org/x/image/draw"
)

// brushColor is the colour of the mask, the same as in widget.js.
var brushColor = color.NRGBA{0xff, 0x88, 0x00, 0xff}

const brushWidth = 512 // of the picture that is painted over, in CSS pixels

// brushHTML returns the HTML of Brush: a canvas over a picture, and its tools.
func brushHTML(label string, i int, mask *image.Gray, over image.Image) string {
	shown := fit(over, brushWidth, brushWidth)
	size := shown.Bounds().Size()
	e, err := encode(shown, false)
	if err != nil {
		return html.EscapeString(err.Error())
	}
	start := ""
	if coverage(mask) > 0 {
		start = maskURL(mask, size)
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<div aria-label="%s" data-name="%d" data-kind="brush" data-mask="%s">`, html.EscapeString(label), i, start)
	fmt.Fprintf(&s, `<div style="position:relative;width:%dpx;height:%dpx"><img alt="the picture to paint over" src="%s" `+
		`style="position:absolute;width:100%%;height:100%%"><canvas width="%[1]d" height="%[2]d" `+
		`style="position:absolute;width:100%%;height:100%%;opacity:.55;touch-action:none;cursor:crosshair"></canvas></div>`, size.X, size.Y, e.url())
	s.WriteString(`<label>size <input type="range" min="4" max="120" value="40" data-tool="size" style="vertical-align:middle"></label> ` +
		`<label><input type="checkbox" data-tool="erase"> erase</label> ` +
		`<button data-tool="all">all</button> <button data-tool="clear">nothing</button></div>`)
	return s.String()
}

// maskURL returns a mask as a data URL for the canvas: the brush colour, transparent where the mask is dark.
func maskURL(mask *image.Gray, size image.Point) string {
	alpha := &image.Alpha{Pix: mask.Pix, Stride: mask.Stride, Rect: mask.Rect}
	to := image.NewNRGBA(image.Rectangle{Max: size})
	draw.DrawMask(to, to.Bounds(), image.NewUniform(brushColor), image.Point{}, resizeMask(alpha, size), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, to); err != nil {
		return ""
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

func resizeMask(mask *image.Alpha, size image.Point) *image.Alpha {
	to := image.NewAlpha(image.Rectangle{Max: size})
	xdraw.ApproxBiLinear.Scale(to, to.Bounds(), mask, mask.Bounds(), draw.Src, nil)
	return to
}

// overlay returns the picture under the mask in the brush colour, as the canvas shows it.
func overlay(mask *image.Gray, over image.Image) image.Image {
	size := over.Bounds().Size()
	to := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(to, to.Bounds(), over, over.Bounds().Min, draw.Src)
	alpha := image.NewAlpha(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			alpha.SetAlpha(x, y, color.Alpha{uint8(float64(mask.GrayAt(mask.Rect.Min.X+x, mask.Rect.Min.Y+y).Y) * 0.55)})
		}
	}
	draw.DrawMask(to, to.Bounds(), image.NewUniform(brushColor), image.Point{}, alpha, image.Point{}, draw.Over)
	return to
}

// coverage returns how much of a mask is painted, from 0 to 1.
func coverage(mask *image.Gray) float64 {
	sum, size := 0, mask.Bounds().Size()
	for y := mask.Rect.Min.Y; y < mask.Rect.Max.Y; y++ {
		for x := mask.Rect.Min.X; x < mask.Rect.Max.X; x++ {
			sum += int(mask.GrayAt(x, y).Y)
		}
	}
	return float64(sum) / float64(255*max(1, size.X*size.Y))
}
