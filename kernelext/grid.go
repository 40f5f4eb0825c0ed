package kernelext

import (
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
	"unicode"

	xdraw "golang.org/x/image/draw"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
)

const (
	gridWidth   = 840 // of all columns together, in pixels: what a page shows at its own size
	gridGap     = 8
	titleHeight = 22
)

var ink = color.Gray{Y: 0x33}

// grid draws the items into one white picture, row by row.
func grid(columns int, items []Item) image.Image {
	columns = max(1, min(columns, len(items)))
	limit := min(pictureWidth, gridWidth/columns)
	pictures, width := make([]image.Image, len(items)), 0
	for i, item := range items {
		pictures[i] = fit(item.Picture, limit, 2*limit)
		width = max(width, pictures[i].Bounds().Dx())
	}
	corners, height := places(columns, width, pictures, items)
	edge := 0
	if slices.ContainsFunc(items, func(i Item) bool { return i.Title != "" }) {
		edge = gridGap // so that in a dark page titles do not begin at the very edge of the white
	}
	sheet := image.NewRGBA(image.Rect(-edge, 0, columns*(width+gridGap)-gridGap+edge, height+edge))
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	for i, p := range pictures {
		at := corners[i]
		write(sheet, items[i].Title, at.Sub(image.Pt(0, 6)), width)
		draw.Draw(sheet, image.Rectangle{at, at.Add(p.Bounds().Size())}, p, p.Bounds().Min, draw.Over)
	}
	return sheet
}

// places returns the upper left corner of each picture and the height of them all: a row is as high as its highest
// picture, and has room for titles where one of its items has one.
func places(columns, width int, pictures []image.Image, items []Item) (corners []image.Point, height int) {
	for row := 0; row < len(items); row += columns {
		title, highest := 0, 0
		for i := row; i < min(row+columns, len(items)); i++ {
			highest = max(highest, pictures[i].Bounds().Dy())
			if items[i].Title != "" {
				title = titleHeight
			}
		}
		if row > 0 {
			height += gridGap
		}
		for column := range min(columns, len(items)-row) {
			corners = append(corners, image.Pt(column*(width+gridGap), height+title))
		}
		height += title + highest
	}
	return corners, height
}

// write writes one line of text that begins at a point of its baseline, shortened to a width in pixels.
func write(to draw.Image, text string, at image.Point, width int) { writeSized(to, text, at, width, 1) }

// writeSized writes as write does, in letters so many times as large.
func writeSized(to draw.Image, text string, at image.Point, width, times int) {
	face := sans.Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Length(13*times)*px)
	d := xfont.Drawer{Dst: to, Src: image.NewUniform(ink), Face: face.FontFace(96), Dot: fixed.P(at.X, at.Y)}
	whole := []rune(text)
	for n := len(whole); d.MeasureString(text) > fixed.I(width) && n > 0; n-- {
		text = string(whole[:n-1]) + "…"
	}
	d.DrawString(text)
}

// drawable reports whether our typeface has a glyph for every letter of the texts. It has none for Japanese, say: such
// texts are for the browser to set.
func drawable(texts ...string) bool {
	face := sans.Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, 13*px)
	var buffer sfnt.Buffer
	for _, r := range strings.Join(texts, "") {
		if i, err := face.Face.GlyphIndex(&buffer, r); (err != nil || i == 0) && !unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// gridHTML returns the items as a table, its titles set by the browser.
func gridHTML(columns int, items []Item) (string, error) {
	columns = max(1, min(columns, len(items)))
	limit := min(pictureWidth, gridWidth/columns)
	var b strings.Builder
	b.WriteString("<table>")
	for row := 0; row < len(items); row += columns {
		b.WriteString("<tr>")
		for _, item := range items[row:min(row+columns, len(items))] {
			e, err := encode(fit(item.Picture, limit, 2*limit), false)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&b, `<td style="text-align:left;vertical-align:top"><div>%s</div><img alt="%[1]s" width="%d" src="%s"></td>`,
				html.EscapeString(item.Title), e.width, e.url())
		}
		b.WriteString("</tr>")
	}
	return b.String() + "</table>", nil
}

// sans holds the typefaces that titles are set in.
var sans = font.NewCache(liberation.Collection())

// toWidth returns the picture scaled to a width in pixels.
func toWidth(p image.Image, width int) image.Image {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if w == width {
		return p
	}
	return scale(p, width, max(1, h*width/w), xdraw.CatmullRom)
}
