package kernelext

import (
	"fmt"
	"image"
	"strings"
)

// Show shows pictures in the cell's output: one by itself, several as a row. A picture wider than 384 pixels is
// stored scaled down to that, so that a notebook stays small; one of less than 128 pixels is enlarged with square
// pixels; a chart keeps its size.
func Show(pictures ...image.Image) {
	if len(pictures) != 1 {
		items := make([]Item, len(pictures))
		for i, p := range pictures {
			items[i].Picture = p
		}
		Gallery(len(items), items...)
		return
	}
	Check(wrong("Show", pictures...))
	o := output{text: sentence(pictures[0]), name: "picture"}
	if c, ok := pictures[0].(*chart); ok {
		o.text, o.name, o.html = c.Text, "chart", c.html()
	}
	var err error
	o.picture, err = stored(pictures[0])
	Check(err)
	show(o)
}

// Item is one picture of a Gallery with the title above it, which may be empty.
type Item struct {
	Title   string
	Picture image.Image
}

// Gallery shows pictures under their titles in a grid with the given number of columns, as one picture no wider than a
// page. Titles that our typeface cannot write, such as Japanese ones, are left to the browser: the notebook then stores
// a table of pictures.
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
	Check(wrong("Gallery", pictures...))
	o := output{text: fmt.Sprintf("%s: %s", count(len(items), "picture"), strings.Join(names, ", ")), name: "gallery"}
	var err error
	if !drawable(names...) {
		o.html, err = gridHTML(columns, items)
		Check(err)
	}
	o.picture, err = encode(grid(columns, items), false)
	Check(err)
	show(o)
}

// Compare shows two pictures side by side at the same width, under the titles before and after.
func Compare(before, after image.Image) {
	Check(wrong("Compare", before, after))
	width := min(pictureWidth, max(before.Bounds().Dx(), after.Bounds().Dx()))
	e, err := encode(grid(2, []Item{{"before", toWidth(before, width)}, {"after", toWidth(after, width)}}), false)
	Check(err)
	text := fmt.Sprintf("before and after: %s, %s", sentence(before), sentence(after))
	show(output{picture: e, text: text, name: "compare"})
}

// sentence says in words what a picture is.
func sentence(p image.Image) string {
	return fmt.Sprintf("picture %dx%d", p.Bounds().Dx(), p.Bounds().Dy())
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// wrong returns an error where a picture cannot be shown.
func wrong(function string, pictures ...image.Image) error {
	for i, p := range pictures {
		if isNil(p) {
			return fmt.Errorf("kernelext.%s: picture %d of %d is nil", function, i+1, len(pictures))
		}
		if p.Bounds().Empty() {
			return fmt.Errorf("kernelext.%s: picture %d of %d has no pixels", function, i+1, len(pictures))
		}
	}
	return nil
}
