package kernelext

import (
	"fmt"
	"image"
	"image/draw"
	"slices"
)

// Grid shows the pictures of a sweep over two settings: one row for each of the row titles, one column for each of the
// column titles, and in each place what cell returns for the row and the column, counted from 0.
//
//	kernelext.Grid([]string{"10", "100"}, []string{"avg", "max"}, func(row, column int) (image.Image, error) {
func Grid(rows, columns []string, cell func(row, column int) (image.Image, error)) {
	var items []Item
	for r, row := range rows {
		for c, column := range columns {
			p, err := cell(r, c)
			Check(err)
			Check(checkPictures("Grid", p))
			items = append(items, Item{row + ", " + column, p})
		}
	}
	if len(items) == 0 {
		return
	}
	o := output{text: fmt.Sprintf("%d by %d pictures: %q by %q", len(rows), len(columns), rows, columns), name: "grid"}
	var err error
	if !hasGlyphs(slices.Concat(rows, columns)...) {
		o.html, err = gridHTML(len(columns), items)
		Check(err)
	}
	o.picture, err = encode(drawSweep(rows, columns, items), false)
	Check(err)
	show(o)
}

// drawSweep draws the pictures of a sweep under the column titles and beside the row titles.
func drawSweep(rows, columns []string, items []Item) image.Image {
	const left = 90 // for the row titles
	plain := make([]Item, len(items))
	for i, item := range items {
		if plain[i].Picture = item.Picture; i < len(columns) {
			plain[i].Title = columns[i]
		}
	}
	pictures := drawGrid(len(columns), plain)
	b := pictures.Bounds()
	to := image.NewRGBA(image.Rect(0, 0, left+b.Dx(), b.Dy()))
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(to, b.Sub(b.Min).Add(image.Pt(left, 0)), pictures, b.Min, draw.Src)
	for r, row := range rows {
		y := titleHeight + r*(b.Dy()-titleHeight)/len(rows)
		drawText(to, row, image.Pt(gridGap, y+16), left-gridGap)
	}
	return to
}
