package kernelext

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"image"
	"image/draw"
	_ "image/jpeg" // what Upload sends
	"math"
	"slices"
	"strings"
	"stylenet/kernelext/internal/values"

	xdraw "golang.org/x/image/draw"
)

// Control is an input that the user can set: Slider, Choice, Toggle, Upload, Brush and View return one, for Ask.
// A control is bound to a variable: it shows the variable's value, and sets it when the user moves the control.
type Control struct {
	label   string
	html    func(i int) string            // the element of control i; nil where there is none
	set     func(v json.RawMessage) error // takes a value from the page, if it can be one
	text    func() string                 // the value as text; nil where there is none
	picture func() image.Image            // for the static record, may return nil; nil where there never is one
	err     error                         // what is wrong with the control itself
}

// Slider sets a number from low to high. Its scale is logarithmic, as weights and rates want it, where low is above 0 and
// high at least 100 times low.
func Slider[T int | float64](label string, value *T, low, high T) Control {
	if value == nil || !(low < high) || math.IsInf(float64(high-low), 0) {
		return Control{err: fmt.Errorf("kernelext.Slider %q: from %v to %v; a variable and two numbers are needed, the lower one first", label, low, high)}
	}
	_, integer := any(low).(int)
	c := Control{label: label, text: func() string { return fmt.Sprint(*value) }}
	c.html = func(i int) string {
		logarithmic := low > 0 && high >= 100*low
		share := float64(*value-low) / float64(high-low)
		flags := ""
		if logarithmic {
			share = math.Log(float64(*value)/float64(low)) / math.Log(float64(high)/float64(low))
			flags = " data-logarithmic"
		}
		if integer {
			flags += " data-integer"
		}
		return fmt.Sprintf(`<input type="range" min="0" max="1000" value="%.0f" style="width:280px" aria-label="%s" data-name="%d" `+
			`data-kind="slider" data-low="%v" data-high="%v"%s><span style="min-width:60px">%v</span>`,
			1000*min(max(share, 0), 1), html.EscapeString(label), i, low, high, flags, *value)
	}
	c.set = func(v json.RawMessage) error {
		var to T
		if err := json.Unmarshal(v, &to); err != nil {
			return err
		}
		*value = min(max(to, low), high)
		return nil
	}
	return c
}

// number sets a number that the user types; Live.Control has it for weights that are not positive.
func number(label string, value *float64) Control {
	c := Control{label: label, text: func() string { return fmt.Sprint(*value) }}
	c.html = func(i int) string {
		return fmt.Sprintf(`<input type="number" step="any" value="%v" aria-label="%s" data-name="%d" data-kind="number">`,
			*value, html.EscapeString(label), i)
	}
	c.set = func(v json.RawMessage) error { return json.Unmarshal(v, value) } // JSON knows finite numbers only
	return c
}

// Choice sets a string to one of several.
func Choice(label string, value *string, choices ...string) Control {
	if value == nil || !slices.Contains(choices, *value) {
		return Control{err: fmt.Errorf("kernelext.Choice %q: the variable must hold one of the choices %q", label, choices)}
	}
	c := Control{label: label, text: func() string { return *value }}
	c.html = func(i int) string {
		var s strings.Builder
		fmt.Fprintf(&s, `<select aria-label="%s" data-name="%d">`, html.EscapeString(label), i)
		for _, choice := range choices {
			selected := map[bool]string{true: " selected"}[choice == *value]
			fmt.Fprintf(&s, `<option value="%s"%s>%[1]s</option>`, html.EscapeString(choice), selected)
		}
		return s.String() + `</select>`
	}
	c.set = func(v json.RawMessage) error {
		var to string
		if err := json.Unmarshal(v, &to); err != nil {
			return err
		}
		if !slices.Contains(choices, to) {
			return fmt.Errorf("%q is none of %q", to, choices)
		}
		*value = to
		return nil
	}
	return c
}

// Toggle sets yes or no.
func Toggle(label string, value *bool) Control {
	if value == nil {
		return Control{err: fmt.Errorf("kernelext.Toggle %q: a variable is needed", label)}
	}
	c := Control{label: label, text: func() string { return map[bool]string{true: "yes", false: "no"}[*value] }}
	c.html = func(i int) string {
		checked := map[bool]string{true: " checked"}[*value]
		return fmt.Sprintf(`<input type="checkbox" aria-label="%s" data-name="%d" data-kind="toggle"%s>`, html.EscapeString(label), i, checked)
	}
	c.set = func(v json.RawMessage) error { return json.Unmarshal(v, value) }
	return c
}

// Upload takes a picture file from the person's own computer in place of the one given, which may be nil. It comes
// the right way up and at most 2048 pixels a side.
func Upload(label string, value *image.Image) Control {
	if value == nil {
		return Control{err: fmt.Errorf("kernelext.Upload %q: a variable is needed", label)}
	}
	var taken image.Image
	c := Control{label: label, picture: func() image.Image { return taken }}
	c.text = func() string {
		if values.IsNil(*value) {
			return "none"
		}
		return describe(*value)
	}
	c.html = func(i int) string {
		return fmt.Sprintf(`<input type="file" accept="image/*" aria-label="%s" data-name="%d" data-kind="upload"><span>%s</span>`,
			html.EscapeString(label), i, html.EscapeString(c.text()))
	}
	c.set = func(v json.RawMessage) error {
		p, err := fromDataURL(v, 2048)
		if err == nil {
			*value, taken = p, p
		}
		return err
	}
	return c
}

// Brush has a mask painted over a picture: 255 where it is painted, 0 where not, of the picture's size. The mask
// given is shown first; an empty one stands for nothing painted.
func Brush(label string, mask *image.Gray, over image.Image) Control {
	if err := checkPictures("Brush", over); err != nil || mask == nil {
		return Control{err: errors.Join(err, fmt.Errorf("kernelext.Brush %q: a mask and a picture are needed", label))}
	}
	size := over.Bounds().Size()
	if mask.Bounds().Size() != size {
		*mask = *image.NewGray(image.Rectangle{Max: size})
	}
	c := Control{label: label, picture: func() image.Image {
		if coverage(mask) == 0 {
			return nil
		}
		return overlay(mask, over)
	}}
	c.text = func() string { return fmt.Sprintf("%.0f %% painted", 100*coverage(mask)) }
	c.html = func(i int) string { return brushHTML(label, i, mask, over) }
	c.set = func(v json.RawMessage) error {
		p, err := fromDataURL(v, 2048)
		if err != nil {
			return err
		}
		alpha := image.NewAlpha(image.Rectangle{Max: size})
		xdraw.ApproxBiLinear.Scale(alpha, alpha.Bounds(), p, p.Bounds(), draw.Src, nil)
		*mask = image.Gray{Pix: alpha.Pix, Stride: alpha.Stride, Rect: alpha.Rect}
		return nil
	}
	return c
}

// View shows a picture that depends on the other controls. It is drawn again when one of them has changed.
func View(draw func() (image.Image, error)) Control {
	return Control{label: "view", picture: func() image.Image {
		p, err := draw()
		Check(err)
		return p
	}}
}

// fromDataURL decodes the picture of a JSON string that holds a data URL, of at most so many pixels a side.
func fromDataURL(v json.RawMessage, side int) (image.Image, error) {
	var url string
	if err := json.Unmarshal(v, &url); err != nil {
		return nil, err
	}
	_, code, ok := strings.Cut(url, ";base64,")
	if !ok {
		return nil, errors.New("not a data URL")
	}
	data, err := base64.StdEncoding.DecodeString(code)
	if err != nil {
		return nil, err
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if size.Width > side || size.Height > side {
		return nil, fmt.Errorf("a picture of %dx%d pixels; at most %d a side are taken", size.Width, size.Height, side)
	}
	p, _, err := image.Decode(bytes.NewReader(data))
	return p, err
}
