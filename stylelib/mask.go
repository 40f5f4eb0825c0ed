package stylelib

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"stylenet/stylelib/picture"
)

// MaskStyles is [MixStyles] for styles that each have a region of the picture: the i-th mask is that of [Style](i), a picture that is
// white in the region, see [Term]; nil stands for all of the picture, and no shares for equal ones. Where regions overlap, styles
// are mixed by their shares. A term's weight goes with its region's area, so that a style moves a pixel of a small region as much as
// one of a large region.
//
//	terms, _ := stylelib.MaskStyles(stylelib.DefaultTerms(), []image.Image{cat, stylelib.MaskRest(cat)})
func MaskStyles(terms []Term, masks []image.Image, shares ...float64) ([]Term, error) {
	if len(masks) == 0 {
		return nil, errors.New("stylelib: no masks given; each style needs one, nil for all of the picture")
	}
	if !anyHasTarget(terms, Style(0)) {
		return nil, errors.New("stylelib: no term has the first style picture as its target, so there is none to mask; StyleTerm returns one")
	}
	if len(shares) == 0 {
		for range masks {
			shares = append(shares, 1)
		}
	}
	if len(shares) != len(masks) {
		return nil, fmt.Errorf("stylelib: %d masks for %d shares of styles; give one for each, nil for all of the picture", len(masks), len(shares))
	}
	if _, err := MixStyles(nil, shares...); err != nil {
		return nil, err
	}
	parts, err := partsOf(masks, shares)
	if err != nil {
		return nil, err
	}
	var masked []Term
	for _, term := range terms {
		if term.Target != Style(0) {
			masked = append(masked, term)
			continue
		}
		for i, mask := range masks {
			one := term
			one.Target, one.Weight, one.Mask = Style(i), term.Weight*parts[i], mask
			if len(masks) > 1 {
				one.Name = fmt.Sprintf("%s %d", term.Name, i+1)
			}
			masked = append(masked, one)
		}
	}
	return masked, nil
}

// partsOf returns each style's part of the picture: at each pixel its share of what is there, on average.
func partsOf(masks []image.Image, shares []float64) ([]float64, error) {
	size := image.Pt(1, 1) // where there is no mask
	for i, mask := range masks {
		if mask == nil {
			continue
		}
		if _, err := picture.Size(mask); err != nil {
			return nil, fmt.Errorf("stylelib: the %s mask %w", ordinal(i), err)
		}
		size = mask.Bounds().Size()
	}
	parts, total := make([]float64, len(masks)), make([]float64, size.X*size.Y)
	planes := make([]plane, len(masks))
	for i, mask := range masks {
		planes[i] = maskPlane(mask, size)
		if !slices.ContainsFunc(planes[i].values, func(v float32) bool { return v > 0 }) {
			return nil, fmt.Errorf("stylelib: the %s mask is black all over; white is the region that its style takes", ordinal(i))
		}
		for k, v := range planes[i].values {
			total[k] += shares[i] * float64(v)
		}
	}
	for i := range masks {
		for k, v := range planes[i].values {
			if v > 0 && shares[i] > 0 {
				// Where the masks' greys add up to less than white, the rest is nobody's.
				parts[i] += shares[i] * float64(v) / total[k] * min(1, cover(planes, k)) / float64(len(total))
			}
		}
	}
	return parts, nil
}

// cover returns the sum of the masks at a pixel.
func cover(planes []plane, k int) (sum float64) {
	for _, p := range planes {
		sum += float64(p.values[k])
	}
	return sum
}

// Rest returns a mask of what masks, all of the first one's size, leave over of the picture; nil, which stands for all of it,
// where there are none. Of nil, which stands for all of it too, nothing is left over.
func MaskRest(masks ...image.Image) image.Image {
	if len(masks) == 0 {
		return nil
	}
	size := image.Pt(1, 1)
	if i := slices.IndexFunc(masks, func(mask image.Image) bool { return mask != nil }); i >= 0 {
		size = masks[i].Bounds().Size()
	}
	rest := image.NewGray16(image.Rectangle{Max: size})
	planes := make([]plane, len(masks))
	for i, mask := range masks {
		planes[i] = maskPlane(mask, size)
	}
	for k := range size.X * size.Y {
		rest.SetGray16(k%size.X, k/size.X, color.Gray16{Y: uint16(math.Round(0xffff * max(0, 1-cover(planes, k))))})
	}
	return rest
}

// maskPlane returns a mask's greys, from 0 to 1, at a size; white for nil. What is transparent is black.
func maskPlane(mask image.Image, size image.Point) plane {
	p := plane{make([]float32, size.X*size.Y), size.X}
	if mask == nil {
		for i := range p.values {
			p.values[i] = 1
		}
		return p
	}
	grey := picture.GreyAt(mask, size)
	for i := range p.values {
		p.values[i] = float32(binary.BigEndian.Uint16(grey.Pix[2*i:])) / 0xffff
	}
	return p
}

// checkMask finds what is wrong with a mask of a picture of this size.
func (t *Term) checkMask(mask image.Image, of string, size image.Point) error {
	if mask == nil {
		return nil
	}
	m, err := picture.Size(mask)
	if err != nil {
		return fmt.Errorf("stylelib: term %q: the mask %w", t.Name, err)
	}
	// Rounded to whole pixels, one size may be half a pixel off the other's proportions.
	if off := m.X*size.Y - m.Y*size.X; max(off, -off) > max(m.X+m.Y, size.X+size.Y)/2 {
		return fmt.Errorf("stylelib: term %q: the mask is %dx%d pixels, %s %dx%d; a mask has the proportions of its picture", t.Name, m.X, m.Y, of, size.X, size.Y)
	}
	lightest := float32(0)
	for _, v := range maskPlane(mask, m).values {
		lightest = max(lightest, v)
	}
	if lightest < 1./16 {
		return fmt.Errorf("stylelib: term %q: nothing of the mask is white, its lightest pixel is %.0f of 255; white is the part that counts", t.Name, lightest*255)
	}
	return nil
}

// checkMasks finds what is wrong with the term's masks.
func (t *Term) checkMasks(content image.Image, styles []image.Image) error {
	if !(t.Overlap >= 0 && t.Overlap <= 1) {
		return fmt.Errorf("stylelib: term %q: the overlap is %g; it is a share from 0 to 1", t.Name, t.Overlap)
	}
	size := content.Bounds().Size()
	if err := t.checkMask(t.Mask, "the picture", size); err != nil {
		return err
	}
	of := "the content picture"
	if i := t.Target.style(); i >= 0 {
		of, size = fmt.Sprintf("the %s style picture", ordinal(i)), styles[i].Bounds().Size()
	}
	if t.Target == Nothing && t.TargetMask != nil {
		return fmt.Errorf("stylelib: term %q has no target, but a mask for one", t.Name)
	}
	return t.checkMask(t.targetMask(), of, size)
}

// targetMask returns the mask of the target; nil: there is none. The content picture's is the picture's own.
func (t *Term) targetMask() image.Image {
	if t.TargetMask == nil && t.Target == Content {
		return t.Mask
	}
	return t.TargetMask
}
