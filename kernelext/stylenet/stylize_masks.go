//go:build cgo

package main

import (
	"errors"
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
)

// Masks of the picture and of the styles.

// Masks that are no files.
const (
	allMask   = "all"   // white everywhere
	alphaMask = "alpha" // what is not transparent, of the content or of the style picture
	restMask  = "rest"  // what the other masks leave
)

// maskWords are what -mask and -style-mask take beside files.
var maskWords = []string{allMask, alphaMask, restMask}

// check finds what is wrong with the masks themselves.
func (m *maskSettings) check() error {
	rests := 0
	for _, mask := range m.Picture {
		if mask == restMask {
			rests++
		}
	}
	switch {
	case rests > 1 || rests == len(m.Picture) && rests > 0:
		return errors.New("-mask rest is what other masks leave; give it once, beside others")
	case slices.Contains(m.Style, restMask):
		return errors.New("-style-mask takes a file, all or alpha; rest is for -mask")
	case !(m.Overlap >= 0 && m.Overlap <= 1):
		return fmt.Errorf("-mask-overlap is a share from 0 to 1, found %g", m.Overlap)
	}
	return nil
}

// checkMasks finds masks that do not go with the other settings.
func checkMasks(s *settings) error {
	for flag, list := range map[string]fileList{"-mask": s.masks.Picture, "-style-mask": s.masks.Style} {
		if len(list) != 0 && len(list) != len(s.pictures.Styles) {
			return fmt.Errorf("%s is given %d times for %d style pictures; give one for each, all for the whole picture, or none", flag, len(list), len(s.pictures.Styles))
		}
	}
	if s.pictures.Content == "" && slices.Contains(s.masks.Picture, alphaMask) {
		return errors.New("-mask alpha is of the content picture; there is none")
	}
	if preset, err := s.preset(); len(s.masks.Picture)+len(s.masks.Style) > 0 && err == nil && preset != nil && !preset.ComparesGrams() {
		return fmt.Errorf("-mask and -style-mask do not go with -preset %s, which does not compare Gram matrices", s.network.Preset)
	}
	return nil
}

// openMask opens one mask; alpha is that of a picture's file. nil is the whole picture.
func openMask(mask, img string) (image.Image, error) {
	switch mask {
	case allMask, restMask:
		return nil, nil
	case alphaMask:
		opened, err := picture.Open(img, 0)
		if err != nil {
			return nil, err
		}
		return picture.AlphaMask(opened), nil
	}
	return picture.Open(mask, 0)
}

// openMasks opens the masks of the picture and of the styles, one for each style.
func openMasks(s *settings) (masks, styleMasks []image.Image, err error) {
	styles := s.pictures.Styles
	masks, styleMasks = make([]image.Image, len(styles)), make([]image.Image, len(styles))
	for i, mask := range s.masks.Picture {
		if masks[i], err = openMask(mask, s.pictures.Content); err != nil {
			return nil, nil, err
		}
	}
	for i, mask := range s.masks.Style {
		if styleMasks[i], err = openMask(mask, styles[i]); err != nil {
			return nil, nil, err
		}
	}
	if i := slices.Index(s.masks.Picture, restMask); i >= 0 {
		others := slices.DeleteFunc(slices.Clone(masks), func(mask image.Image) bool { return mask == nil })
		if len(others) < len(masks)-1 {
			return nil, nil, errors.New("-mask rest: the other masks leave nothing, one is all")
		}
		masks[i] = stylelib.MaskRest(others...)
	}
	return masks, styleMasks, nil
}

// maskedTerms returns the terms for all styles, each by its share and with its masks.
func maskedTerms(s *settings, terms []stylelib.Term, shares []float64) ([]stylelib.Term, error) {
	if len(s.pictures.Styles) == 0 {
		return terms, nil
	}
	masks, styleMasks, err := openMasks(s)
	if err != nil {
		return nil, err
	}
	if terms, err = stylelib.MaskStyles(terms, masks, shares...); err != nil {
		return nil, err
	}
	for i := range terms {
		for k, mask := range styleMasks {
			if terms[i].Target == stylelib.Style(k) {
				terms[i].TargetMask, terms[i].Overlap = mask, s.masks.Overlap
			}
		}
	}
	return terms, nil
}
