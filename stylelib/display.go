package stylelib

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Display says how a notebook shows a result: the picture, below it how the run went, and the losses of the first and the
// last step as a table.
func (r Result) Display() []any {
	text := fmt.Sprintf("%d steps in %s", len(r.Steps), r.Elapsed.Round(time.Millisecond))
	if len(r.Steps) == 1 {
		text = strings.Replace(text, "steps", "step", 1)
	}
	if n := len(r.Steps); n > 0 {
		text += fmt.Sprintf(", loss %.4g", r.Steps[n-1].Loss)
	}
	if r.Stopped {
		text += "; stopped before the last step"
	}
	var shown []any
	if r.Picture != nil {
		shown = append(shown, r.Picture)
	}
	shown = append(shown, text)
	if len(r.Steps) > 0 {
		shown = append(shown, lossesOf(r.Steps))
	}
	return shown
}

// lossesOf returns the losses of the first and the last step as a table, with a column for each term.
func lossesOf(steps []Step) [][]string {
	last := steps[len(steps)-1]
	terms := slices.Sorted(maps.Keys(last.Terms))
	table := [][]string{append([]string{"step", "loss"}, terms...)}
	for i, step := range steps {
		if i > 0 && i < len(steps)-1 {
			continue
		}
		row := []string{fmt.Sprint(step.N), fmt.Sprintf("%.4g", step.Loss)}
		for _, term := range terms {
			row = append(row, fmt.Sprintf("%.4g", step.Terms[term]))
		}
		table = append(table, row)
	}
	return table
}

// Display says how a notebook shows options: those that are set, as a table.
func (o Options) Display() []any {
	table := [][]string{{"setting", "value"}}
	v := reflect.ValueOf(o)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		if field.IsZero() {
			continue
		}
		switch value := field.Interface().(type) {
		case []Term:
			for _, term := range value {
				table = append(table, []string{"term " + term.Name, term.describeSettings()})
			}
		case Start:
			table = append(table, []string{name, value.describe()})
		case *State:
			table = append(table, []string{name, fmt.Sprintf("step %d of a picture of %dx%d", value.Step, value.Width, value.Height)})
		default:
			table = append(table, []string{name, settingText(field)})
		}
	}
	if len(table) == 1 {
		return []any{"all options have their defaults"}
	}
	return []any{table}
}

// Display says how a notebook shows a term: its settings, as a table.
func (t Term) Display() []any {
	return []any{append([][]string{{"term", t.Name}}, t.settings()...)}
}

// settings returns the names and values of what is set, without the term's name.
func (t *Term) settings() [][]string {
	rows := [][]string{
		{"weight", fmt.Sprintf("%.4g", t.Weight)},
		{"target", t.Target.describe()},
		{"layers", t.describeLayers()},
	}
	if t.Describe.Of != nil {
		rows = append(rows, []string{"describe", t.Describe.Identity()})
	}
	if t.DescribeTarget.Of != nil {
		rows = append(rows, []string{"describe the target", t.DescribeTarget.Identity()})
	}
	if t.Compare.Of != nil {
		rows = append(rows, []string{"compare", t.Compare.Identity()})
	}
	if t.Mask != nil {
		rows = append(rows, []string{"mask", "a " + sizeText(t.Mask.Bounds().Dx(), t.Mask.Bounds().Dy())})
	}
	if t.TargetMask != nil {
		rows = append(rows, []string{"mask of the target", "a " + sizeText(t.TargetMask.Bounds().Dx(), t.TargetMask.Bounds().Dy())})
	}
	if t.Overlap != 0 {
		rows = append(rows, []string{"overlap", fmt.Sprintf("%.4g", t.Overlap)})
	}
	return rows
}

// describeSettings returns the settings in one line.
func (t *Term) describeSettings() string {
	var list []string
	for _, row := range t.settings() {
		list = append(list, row[0]+" "+row[1])
	}
	return strings.Join(list, "; ")
}

// describeLayers lists the layers with their shares.
func (t *Term) describeLayers() string {
	if len(t.Layers) == 0 {
		return "the picture itself"
	}
	isEven, names, shares := true, []string{}, []string{}
	for _, layer := range t.Layers {
		isEven = isEven && layer.Weight == t.Layers[0].Weight
		names = append(names, layer.Layer)
		shares = append(shares, fmt.Sprintf("%s × %.4g", layer.Layer, layer.Weight))
	}
	switch {
	case !isEven:
		return strings.Join(shares, ", ")
	case len(names) == 1 && t.Layers[0].Weight == 1:
		return names[0]
	}
	return fmt.Sprintf("%s, each × %.4g", strings.Join(names, ", "), t.Layers[0].Weight)
}

// describe names the target as code does.
func (t Target) describe() string {
	switch {
	case t == Nothing:
		return "Nothing"
	case t == Content:
		return "Content"
	case t >= firstStyle:
		return fmt.Sprintf("Style(%d)", t.style())
	}
	return fmt.Sprintf("Target(%d)", int(t))
}

// describe says what the picture to start from is.
func (s Start) describe() string {
	switch {
	case s.picture != nil:
		return "a " + sizeText(s.picture.Bounds().Dx(), s.picture.Bounds().Dy())
	case s.kind == startsFromColours:
		return "the content picture in the style's colours"
	case s.IsNoise() && s.share < 1:
		return fmt.Sprintf("%.4g of noise, the rest content, seed %d", s.share, s.seed)
	case s.IsNoise():
		return fmt.Sprintf("noise of %.4g around R, G, B %.4g, seed %d", s.deviation, s.colour, s.seed)
	}
	return "the content picture"
}

func sizeText(width, height int) string { return fmt.Sprintf("picture of %dx%d", width, height) }

// settingText writes a setting: a function by what it is, a struct by its type and the fields that are set.
func settingText(v reflect.Value) string {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Func:
		return "a function"
	case reflect.Struct:
		text := v.Type().Name()
		for _, f := range reflect.VisibleFields(v.Type()) {
			if field, err := v.FieldByIndexErr(f.Index); err == nil && f.IsExported() && !f.Anonymous && !field.IsZero() {
				text += fmt.Sprintf(", %s %v", f.Name, field)
			}
		}
		return text
	case reflect.Pointer:
		return v.Type().String()
	}
	return fmt.Sprint(v)
}
