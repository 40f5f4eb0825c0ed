package kernelext

import (
	"fmt"
	"image"
	"strings"
	"stylenet/kernelext/internal/values"
)

// Show shows pictures in the cell's output, several in a row. So that a notebook stays small, it stores a picture wider
// than 512 pixels scaled down to that. One of less than 128 pixels is enlarged with square pixels. A chart keeps its size.
func Show(pictures ...image.Image) {
	if len(pictures) != 1 {
		items := make([]Item, len(pictures))
		for i, p := range pictures {
			items[i].Picture = p
		}
		Gallery(len(items), items...)
		return
	}
	Check(checkPictures("Show", pictures...))
	o := output{text: describe(pictures[0]), name: "picture"}
	if c, ok := pictures[0].(*chart); ok {
		o.text, o.name, o.html = c.Text, "chart", c.html()
	}
	var err error
	o.picture, err = encodePicture(pictures[0], pictureWidth)
	Check(err)
	show(o)
}

// Item is one picture of a Gallery with the title above it, which may be empty.
type Item struct {
	Title   string
	Picture image.Image
}

// Gallery shows pictures under their titles in a grid with the given number of columns, as one picture no wider than a
// page. If our typeface lacks a letter of a title, a Japanese one say, the browser must draw the titles: the notebook then
// stores a table of pictures.
func Gallery(columns int, items ...Item) {
	if len(items) == 0 {
		return
	}
	pictures, names := make([]image.Image, len(items)), make([]string, len(items))
	for i, item := range items {
		pictures[i], names[i] = item.Picture, item.Title
		if item.Title == "" {
			names[i] = fmt.Sprint(i + 1)
		}
	}
	Check(checkPictures("Gallery", pictures...))
	o := output{text: fmt.Sprintf("%s: %s", plural(len(items), "picture"), strings.Join(names, ", ")), name: "gallery"}
	var err error
	if !hasGlyphs(names...) {
		o.html, err = gridHTML(columns, items)
		Check(err)
	}
	o.picture, err = encode(drawGrid(columns, items), false)
	Check(err)
	show(o)
}

// Compare shows two pictures side by side at the same width, under the titles before and after.
func Compare(before, after image.Image) {
	Check(checkPictures("Compare", before, after))
	width := min(previewWidth, max(before.Bounds().Dx(), after.Bounds().Dx()))
	e, err := encode(drawGrid(2, []Item{{"before", scaleToWidth(before, width)}, {"after", scaleToWidth(after, width)}}), false)
	Check(err)
	text := fmt.Sprintf("before and after: %s, %s", describe(before), describe(after))
	show(output{picture: e, text: text, name: "compare"})
}

// describe describes a picture as text.
func describe(p image.Image) string {
	return fmt.Sprintf("picture %dx%d", p.Bounds().Dx(), p.Bounds().Dy())
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// checkPictures returns an error if a picture cannot be shown.
func checkPictures(function string, pictures ...image.Image) error {
	for i, p := range pictures {
		if values.IsNil(p) {
			return fmt.Errorf("kernelext.%s: picture %d of %d is nil", function, i+1, len(pictures))
		}
		if p.Bounds().Empty() {
			return fmt.Errorf("kernelext.%s: picture %d of %d has no pixels", function, i+1, len(pictures))
		}
	}
	return nil
}
