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
	gridWidth   = 840 // of all columns together, in pixels: a page shows that without scaling
	gridGap     = 8
	titleHeight = 22
)

var textColor = color.Gray{Y: 0x33}

// drawGrid draws the items into one white picture, row by row.
func drawGrid(columns int, items []Item) image.Image {
	columns = max(1, min(columns, len(items)))
	limit := min(pictureWidth, gridWidth/columns)
	pictures, width := make([]image.Image, len(items)), 0
	for i, item := range items {
		pictures[i] = fit(item.Picture, limit, 2*limit)
		width = max(width, pictures[i].Bounds().Dx())
	}
	corners, height := cellPositions(columns, width, pictures, items)
	border := 0
	if slices.ContainsFunc(items, func(i Item) bool { return i.Title != "" }) {
		border = gridGap // on a dark page titles would begin at the very edge of the white
	}
	sheet := image.NewRGBA(image.Rect(-border, 0, columns*(width+gridGap)-gridGap+border, height+border))
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	for i, p := range pictures {
		at := corners[i]
		drawText(sheet, items[i].Title, at.Sub(image.Pt(0, 6)), width)
		draw.Draw(sheet, image.Rectangle{at, at.Add(p.Bounds().Size())}, p, p.Bounds().Min, draw.Over)
	}
	return sheet
}

// cellPositions returns the upper left corner of each picture, and the height of them all. A row is as high as its highest
// picture, and has room for titles if one of its items has one.
func cellPositions(columns, width int, pictures []image.Image, items []Item) (corners []image.Point, height int) {
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

// drawText draws one line of text, shortened to a width in pixels. It begins at a point of its baseline.
func drawText(to draw.Image, text string, at image.Point, width int) {
	drawTextScaled(to, text, at, width, 1)
}

// drawTextScaled draws text as drawText does, in larger letters.
func drawTextScaled(to draw.Image, text string, at image.Point, width, times int) {
	face := fonts.Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, vg.Length(13*times)*px)
	d := xfont.Drawer{Dst: to, Src: image.NewUniform(textColor), Face: face.FontFace(96), Dot: fixed.P(at.X, at.Y)}
	runes := []rune(text)
	for n := len(runes); d.MeasureString(text) > fixed.I(width) && n > 0; n-- {
		text = string(runes[:n-1]) + "…"
	}
	d.DrawString(text)
}

// hasGlyphs reports whether our typeface has a glyph for every letter of the texts. It has none for Japanese, say: the
// browser must draw such texts.
func hasGlyphs(texts ...string) bool {
	face := fonts.Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, 13*px)
	var buffer sfnt.Buffer
	for _, r := range strings.Join(texts, "") {
		if i, err := face.Face.GlyphIndex(&buffer, r); (err != nil || i == 0) && !unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// gridHTML returns the items as an HTML table, so that the browser draws the titles.
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

// fonts has the typefaces of titles.
var fonts = font.NewCache(liberation.Collection())

// scaleToWidth returns the picture scaled to a width in pixels.
func scaleToWidth(p image.Image, width int) image.Image {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if w == width {
		return p
	}
	return scale(p, width, max(1, h*width/w), xdraw.CatmullRom)
}
