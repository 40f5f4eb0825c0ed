//go:build cgo

package main

import (
	"errors"
	"fmt"
	"image"
	"strings"

	"stylenet/stylelib"
)

const savePaletteUsage = "write what the loss takes from the style picture to `FILE`" + stylelib.StyleEnding +
	"; -style FILE" + stylelib.StyleEnding + " then paints without the picture, on the same network"

// checkPalettes finds what is wrong with palettes among the styles, and with -save-palette.
func (p *painting) checkPalettes() error {
	for i, file := range p.Style {
		if !stylelib.IsSavedStyle(file) {
			continue
		}
		_, matches := colourMatches[p.Colour]
		switch {
		case matches:
			return fmt.Errorf("-colour %s changes the style picture; %s is a palette, which has no colours to change", p.Colour, file)
		case len(p.StyleScale) > 0 && p.StyleScale[i] != 1:
			return fmt.Errorf("-style-scale scales style pictures; %s is a palette, whose strokes have their size", file)
		case i == 0 && p.Init == "style":
			return fmt.Errorf("-init style starts from a style picture; %s is a palette", file)
		}
	}
	switch {
	case p.savePalette == "":
		return nil
	case !stylelib.IsSavedStyle(p.savePalette):
		return fmt.Errorf("-save-palette writes a file whose name ends in %s, found %s", stylelib.StyleEnding, p.savePalette)
	case len(p.Style) != 1 || stylelib.IsSavedStyle(p.Style[0]):
		return errors.New("-save-palette needs one style picture, -style FILE")
	}
	return nil
}

// writePalette saves what the terms take from the style picture, where that is asked for.
func (s *studio) writePalette(p *painting, style image.Image, terms []stylelib.Term) error {
	palette, err := stylelib.DescribeStyle(s.backend, s.vgg, style, terms)
	if err == nil {
		err = palette.Save(p.savePalette)
	}
	if err == nil {
		fmt.Printf("palette: %s (%s)\n", p.savePalette, strings.ReplaceAll(palette.String(), "stylenet/stylelib.", ""))
	}
	return err
}
