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

// Masks that are no files.
const (
	wholeMask = "all"   // white everywhere
	alphaMask = "alpha" // what is not transparent, of the content or of the style picture
	restMask  = "rest"  // what the other masks leave
)

const (
	maskUsage = "`MASK` of the style given as often before: the part of the picture, white in a file, that the style paints; or all, " +
		"alpha, what is not transparent in the content picture, or rest, what the other masks leave"
	styleMaskUsage = "`MASK` of the style picture given as often before: the part, white in a file, that is its style; or all, or " +
		"alpha, what is not transparent in it"
	overlapUsage = "`SHARE`, from 0 to 1, of what they see that layers may see beyond masks; at 0 masks shrink with depth, so that " +
		"no colour crosses their edges, at 1 they do not"
)

// checkMasks finds what is wrong with -mask, -style-mask and -mask-overlap.
func (p *painting) checkMasks() error {
	for flag, list := range map[string]styleList{"-mask": p.Mask, "-style-mask": p.StyleMask} {
		if len(list) != 0 && len(list) != len(p.Style) {
			return fmt.Errorf("%s is given %d times for %d style pictures; give one for each, all for the whole, or none", flag, len(list), len(p.Style))
		}
	}
	if preset, err := p.preset(); len(p.Mask)+len(p.StyleMask) > 0 && err == nil && preset != nil && !preset.ComparesGrams() {
		return fmt.Errorf("-mask and -style-mask do not go with -preset %s, which does not compare Gram matrices", p.Preset)
	}
	rests := 0
	for _, mask := range p.Mask {
		if mask == restMask {
			rests++
		}
	}
	switch {
	case rests > 1 || rests == len(p.Mask) && rests > 0:
		return errors.New("-mask rest is what other masks leave; give it once, beside others")
	case slices.Contains(p.StyleMask, restMask):
		return errors.New("-style-mask takes a file, all or alpha; rest is for -mask")
	case p.Content == "" && slices.Contains(p.Mask, alphaMask):
		return errors.New("-mask alpha is of the content picture; there is none")
	case !(p.MaskOverlap >= 0 && p.MaskOverlap <= 1):
		return fmt.Errorf("-mask-overlap is a share from 0 to 1, found %g", p.MaskOverlap)
	}
	return nil
}

// maskFiles returns the files of a list of masks; words that are none are left out.
func maskFiles(list styleList) map[int]string {
	files := map[int]string{}
	for i, mask := range list {
		if !slices.Contains([]string{wholeMask, alphaMask, restMask}, mask) {
			files[i] = mask
		}
	}
	return files
}

// withoutFiles returns a list of masks in which files have no names.
func withoutFiles(list styleList) styleList {
	nameless := slices.Clone(list)
	for i := range maskFiles(list) {
		nameless[i] = "file"
	}
	return nameless
}

// openMask opens one mask; alpha is that of a picture's file. nil is the whole picture.
func openMask(mask, img string) (image.Image, error) {
	switch mask {
	case wholeMask, restMask:
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
func (p *painting) openMasks() (masks, styleMasks []image.Image, err error) {
	masks, styleMasks = make([]image.Image, len(p.Style)), make([]image.Image, len(p.Style))
	for i, mask := range p.Mask {
		if masks[i], err = openMask(mask, p.Content); err != nil {
			return nil, nil, err
		}
	}
	for i, mask := range p.StyleMask {
		if styleMasks[i], err = openMask(mask, p.Style[i]); err != nil {
			return nil, nil, err
		}
	}
	if i := slices.Index(p.Mask, restMask); i >= 0 {
		others := slices.DeleteFunc(slices.Clone(masks), func(mask image.Image) bool { return mask == nil })
		if len(others) < len(masks)-1 {
			return nil, nil, errors.New("-mask rest: the other masks leave nothing, one is all")
		}
		masks[i] = stylelib.MaskRest(others...)
	}
	return masks, styleMasks, nil
}

// masked returns the terms for several styles, each by its share and with its masks.
func (p *painting) masked(terms []stylelib.Term) ([]stylelib.Term, error) {
	if len(p.Style) == 0 {
		return terms, nil
	}
	masks, styleMasks, err := p.openMasks()
	if err != nil {
		return nil, err
	}
	if terms, err = stylelib.MaskStyles(terms, masks, p.shares()...); err != nil {
		return nil, err
	}
	for i := range terms {
		for k, mask := range styleMasks {
			if terms[i].Target == stylelib.Style(k) {
				terms[i].TargetMask, terms[i].Overlap = mask, p.MaskOverlap
			}
		}
	}
	return terms, nil
}
