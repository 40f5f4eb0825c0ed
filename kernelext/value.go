package kernelext

import (
	"fmt"
	"html"
	"image"
	"reflect"
	"strings"

	"stylenet/kernelext/internal/codec"
)

// Displayer is a type that says how Display shows its values: as the values that it returns, one below the other. A string
// among them is shown as lines of text, without quotes, a [][]string as a table whose first row is the header, a picture
// as a picture, and anything else as Display shows it.
//
//	func (n *Network) Display() []any { return []any{"a network of 3 layers", [][]string{{"layer", "size"}, …}} }
type Displayer interface {
	Display() []any
}

// maxNested is how many Display methods lead from a value to what is shown: one may return values that have one as well.
const maxNested = 3

// Display shows each value in the cell's output, as the last expression of a cell is shown: a picture as a picture,
// structs of more than 4 fields and slices of structs as tables, an error in red, and other values as text. Long values are
// cut. It never panics, and it shows nothing for a *Live, which has an output of its own.
func Display(values ...any) {
	for _, value := range values {
		displayValue(value, 0)
	}
}

// displayValue shows one value that so many Display methods have led to.
func displayValue(value any, nested int) {
	defer func() {
		if r := recover(); r != nil { // of a method of the value
			showText(panicText(value, r))
		}
	}()
	if _, isLive := value.(*Live); isLive {
		return
	}
	v := reflect.ValueOf(value)
	if text, isNil := nilText(v); isNil {
		showText(text)
		return
	}
	if nested < maxNested {
		if items, ok := itemsOf(value, v); ok {
			displayItems(items, nested+1)
			return
		}
		if rows := tableOfDisplayers(v); rows != nil {
			Table(rows[0], rows[1:]...)
			return
		}
	}
	if err, ok := value.(error); ok {
		text := "error: " + strings.ToValidUTF8(cut(err.Error(), maxText), "\uFFFD")
		show(output{html: `<pre style="color:#c22">` + html.EscapeString(text) + "</pre>", text: text})
		return
	}
	if pictures := picturesOf(v); pictures != nil {
		displayPictures(pictures)
		return
	}
	if header, rows, ok := tableOf(v); ok {
		Table(header, rows...)
		return
	}
	showText(textOf(v))
}

// showText shows text, of which no byte can spoil a message.
func showText(text string) {
	if text == "" { // what a String method returned
		text = `""`
	}
	show(output{text: strings.ToValidUTF8(versions.ReplaceAllString(text, ""), "\uFFFD")})
}

// nilText returns the text of nil, and of a nil pointer, function or channel.
func nilText(v reflect.Value) (text string, isNil bool) {
	if !v.IsValid() {
		return "nil", true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan:
		return "(" + typeText(v.Type()) + ")(nil)", v.IsNil()
	}
	return "", false
}

// itemsOf returns what a value's own Display function returns, if it has one.
func itemsOf(value any, v reflect.Value) (items []any, ok bool) {
	if c, ok := codec.For(v.Type()); ok && c.Display != nil {
		return c.Display(value), true
	}
	if d, ok := value.(Displayer); ok {
		return d.Display(), true
	}
	if reflect.PointerTo(v.Type()).Implements(reflect.TypeFor[Displayer]()) {
		return pointerTo(v).Interface().(Displayer).Display(), true
	}
	return nil, false
}

// displayItems shows what a Display method returned.
func displayItems(items []any, nested int) {
	for _, item := range items {
		switch item := item.(type) {
		case string:
			if item != "" {
				showText(item)
			}
		case [][]string:
			if len(item) > 0 {
				Table(item[0], item[1:]...)
			}
		default:
			displayValue(item, nested)
		}
	}
}

const (
	maxPixels = 1 << 27 // of a picture that is drawn
	maxSide   = 1 << 20 // of its width and of its height
	rowLength = 8       // pictures beside each other
	maxRows   = 8       // of pictures
)

// isPicture tells whether values of this type are pictures: those of the standard library's two that stand for an area or
// a colour are not.
func isPicture(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[image.Image]()) && t != reflect.TypeFor[image.Rectangle]() && t != reflect.TypeFor[*image.Uniform]()
}

// pictureIn returns the picture that a value is, nil if it is none or cannot be drawn.
func pictureIn(v reflect.Value) image.Image {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() || !v.CanInterface() || !isPicture(v.Type()) || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil
	}
	p := v.Interface().(image.Image)
	if b := p.Bounds(); b.Empty() || max(b.Dx(), b.Dy()) > maxSide || b.Dx()*b.Dy() > maxPixels {
		return nil
	}
	return p
}

// picturesOf returns the pictures that a value is, nil if it is something else or one of them cannot be drawn.
func picturesOf(v reflect.Value) []image.Image {
	if p := pictureIn(v); p != nil {
		return []image.Image{p}
	}
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array || !isPicture(v.Type().Elem()) {
		return nil
	}
	var pictures []image.Image
	for i := range v.Len() {
		p := pictureIn(v.Index(i))
		if p == nil {
			return nil
		}
		pictures = append(pictures, p)
	}
	return pictures
}

// displayPictures shows pictures in a row, many of them in several.
func displayPictures(pictures []image.Image) {
	if len(pictures) <= rowLength {
		Show(pictures...)
		return
	}
	shown := pictures[:min(len(pictures), rowLength*maxRows)]
	items := make([]Item, len(shown))
	for i, p := range shown {
		items[i].Picture = p
	}
	Gallery(rowLength, items...)
	if len(shown) < len(pictures) {
		showText(fmt.Sprintf("the first %d of %d pictures", len(shown), len(pictures)))
	}
}
