//go:build cgo

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
)

// styleList are the style pictures' files; a recipe has a single one as a string.
type styleList []string

// MarshalJSON writes a single file as a string.
func (l styleList) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return json.Marshal(l[0])
	}
	return json.Marshal([]string(l))
}

// UnmarshalJSON reads a string or a list.
func (l *styleList) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*l = nil
		if one != "" {
			*l = styleList{one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// styleFlag collects -style FILE, -style FILE …; the first replaces what a recipe had.
type styleFlag struct {
	list  *styleList
	given bool
}

func (f *styleFlag) String() string {
	if f.list == nil {
		return ""
	}
	return strings.Join(*f.list, " ")
}

// Set takes one more file.
func (f *styleFlag) Set(file string) error {
	if file == "" {
		return errors.New("it names no file")
	}
	if !f.given {
		*f.list, f.given = nil, true
	}
	*f.list = append(*f.list, file)
	return nil
}

// numbersFlag is a list of numbers separated by commas.
type numbersFlag struct{ list *[]float64 }

func (f numbersFlag) String() string {
	if f.list == nil {
		return ""
	}
	texts := make([]string, len(*f.list))
	for i, v := range *f.list {
		texts[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strings.Join(texts, ",")
}

// Set replaces the list.
func (f numbersFlag) Set(text string) error {
	var list []float64
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", field)
		}
		list = append(list, v)
	}
	*f.list = list
	return nil
}

// checkStyles finds what is wrong with -style-mix and -style-scale.
func (p *painting) checkStyles() error {
	for flag, list := range map[string][]float64{"-style-mix": p.StyleMix, "-style-scale": p.StyleScale} {
		if len(list) != 0 && len(list) != len(p.Style) {
			return fmt.Errorf("%s has %d numbers for %d style pictures; give one for each, or none", flag, len(list), len(p.Style))
		}
	}
	for _, scale := range p.StyleScale {
		if !(scale > 0 && scale <= 100) {
			return fmt.Errorf("-style-scale must be above 0 and at most 100, found %g", scale)
		}
	}
	if len(p.Style) == 0 {
		return nil
	}
	_, err := stylelib.MixStyles(nil, p.shares()...)
	return err
}

// shares returns the styles' shares; equal ones where none are given.
func (p *painting) shares() []float64 {
	if len(p.StyleMix) > 0 {
		return p.StyleMix
	}
	shares := make([]float64, len(p.Style))
	for i := range shares {
		shares[i] = 1
	}
	return shares
}

// openStyle returns style picture i at the size that the preset, or without one -size, asks for, times its scale; or a
// palette.
func (p *painting) openStyle(chosen *preset.Preset, content image.Point, i int) (image.Image, error) {
	if stylelib.IsSavedStyle(p.Style[i]) {
		return stylelib.LoadStyle(p.Style[i])
	}
	scale := 1.
	if len(p.StyleScale) > 0 {
		scale = p.StyleScale[i]
	}
	scaled := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	if p.Size > 0 && (chosen == nil || chosen.Fit == preset.FitNothing) {
		return picture.Open(p.Style[i], scaled(p.Size))
	}
	style, err := picture.Open(p.Style[i], 0)
	switch {
	case err != nil:
		return nil, err
	case chosen != nil && chosen.Fit != preset.FitNothing:
		to := image.Pt(scaled(content.X), scaled(content.Y))
		if err := picture.CheckSize(to); err != nil {
			return nil, err
		}
		return chosen.FitStyle(style, to), nil
	case scale == 1:
		return style, nil
	}
	size := style.Bounds().Size()
	return picture.Resize(style, scaled(max(size.X, size.Y)))
}
