//go:build cgo

package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"math"
	"sync"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
)

// The content and style pictures, and saved styles.

// shares returns the styles' shares; equal ones where none are given.
func (p *pictureSettings) shares() []float64 {
	if len(p.Mix) > 0 {
		return p.Mix
	}
	shares := make([]float64, len(p.Styles))
	for i := range shares {
		shares[i] = 1
	}
	return shares
}

// openContent opens the content picture; where there is none it is empty, a square.
func (p *pictureSettings) openContent() (image.Image, error) {
	if p.Content == "" {
		size := image.Pt(p.Size, p.Size)
		if err := picture.CheckSize(size); err != nil {
			return nil, err
		}
		return image.NewGray(image.Rectangle{Max: size}), nil
	}
	return picture.Open(p.Content, p.Size)
}

// openStyles opens the style pictures, side by side. It asks for the content picture where their sizes depend on it.
func (p *pictureSettings) openStyles(chosen *preset.Preset, content func() (image.Image, error)) ([]image.Image, error) {
	styles, errs := make([]image.Image, len(p.Styles)), make([]error, len(p.Styles))
	var all sync.WaitGroup
	for i := range styles {
		all.Go(func() { styles[i], errs[i] = p.openStyle(chosen, content, i) })
	}
	all.Wait()
	return styles, cmp.Or(errs...)
}

// openStyle returns style picture i at the size that the preset, or without one -size, asks for, times its scale; or a saved style.
func (p *pictureSettings) openStyle(chosen *preset.Preset, content func() (image.Image, error), i int) (image.Image, error) {
	if stylelib.IsSavedStyle(p.Styles[i]) {
		return stylelib.LoadStyle(p.Styles[i])
	}
	scale := 1.
	if len(p.Scale) > 0 {
		scale = p.Scale[i]
	}
	scaled := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	if p.Size > 0 && (chosen == nil || chosen.Fit == preset.FitNothing) {
		return picture.Open(p.Styles[i], scaled(p.Size))
	}
	style, err := picture.Open(p.Styles[i], 0)
	switch {
	case err != nil:
		return nil, err
	case chosen != nil && chosen.Fit != preset.FitNothing:
		fitted, err := content()
		if err != nil {
			return nil, err
		}
		size := fitted.Bounds().Size()
		to := image.Pt(scaled(size.X), scaled(size.Y))
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

// checkSavedStyles finds what is wrong with saved styles among the styles, and with -save-style.
func checkSavedStyles(s *settings) error {
	styles, to := s.pictures.Styles, s.output.SaveStyle
	for i, file := range styles {
		if !stylelib.IsSavedStyle(file) {
			continue
		}
		_, matches := colourMatches[s.colours.Mode]
		switch {
		case matches:
			return fmt.Errorf("-colour %s changes the style picture; %s is a saved style, which has no colours to change", s.colours.Mode, file)
		case len(s.pictures.Scale) > 0 && s.pictures.Scale[i] != 1:
			return fmt.Errorf("-style-scale scales style pictures; %s is a saved style, whose strokes have their size", file)
		case i == 0 && s.start.Init == "style":
			return fmt.Errorf("-init style starts from a style picture; %s is a saved style", file)
		}
	}
	switch {
	case to == "":
		return nil
	case !stylelib.IsSavedStyle(to):
		return fmt.Errorf("-save-style writes a file whose name ends in %s, found %s", stylelib.StyleEnding, to)
	case len(styles) != 1 || stylelib.IsSavedStyle(styles[0]):
		return errors.New("-save-style needs one style picture, -style FILE")
	}
	return nil
}

// saveStyle writes what the terms take from a painting's style picture.
func (s *session) saveStyle(p *painting, terms []stylelib.Term) error {
	style, err := stylelib.DescribeStyle(s.backend, p.extractor, p.in.styles[0], terms)
	if err == nil {
		err = style.Save(p.asked.output.SaveStyle)
	}
	if err == nil {
		fmt.Printf("saved style: %s (%s)\n", p.asked.output.SaveStyle, style)
	}
	return err
}
