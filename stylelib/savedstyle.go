package stylelib

import (
	"encoding/binary"
	"fmt"
	"hash"
	"image"
	"image/color"
	"slices"
	"strings"

	"stylenet/stylelib/colour"
	"stylenet/stylelib/internal/identity"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// SavedStyle is what a loss takes from a style picture: the descriptions that its terms make of the layers, such as Gram
// matrices, and the mean and the covariance of its colours. It stands in the place of the picture among the styles of [Transfer],
// [Pyramid] and [Stylizer], which then do without it. [SavedStyle.Save] writes it to a file, of 2.4 MB for the Gram matrices of VGG-19's
// five layers.
//
//	saved, _ := stylelib.DescribeStyle(backend, net, style, stylelib.DefaultTerms())
//	result, _ := stylelib.Transfer(ctx, backend, net, content, []image.Image{saved}, stylelib.Options{})
//
// The result is that of the picture, to the last bit. Weights and shares may be others than those the style was saved with, and
// layers may be left out. Another network, pooling or padding, another description and a layer that is missing are errors;
// functions are told apart by their names. Strokes have the size they had in the picture: [Pyramid] does not scale them from level
// to level.
//
// It is a picture without pixels to all that asks for pixels, such as colour.Match.
type SavedStyle struct {
	network      string // see styleIdentity
	descriptions []description
	colours      colour.Moments // of the style picture, see [FromColours]
}

// description is what a function made of one layer.
type description struct {
	Layer, Describe string // Describe is the function's name
	Shape           []int
	values          []float32
}

// describeName names what a term makes of its target.
func (t *Term) describeName() string {
	if t.DescribeTarget.Of != nil {
		return t.DescribeTarget.Identity()
	}
	return t.Describe.Identity()
}

// find returns the description that a term wants of a layer; nil where there is none.
func (s *SavedStyle) find(term *Term, layer string) *description {
	i := slices.IndexFunc(s.descriptions, func(d description) bool { return d.Layer == layer && d.Describe == term.describeName() })
	if i < 0 {
		return nil
	}
	return &s.descriptions[i]
}

// check finds out whether the saved style serves these terms.
func (s *SavedStyle) check(net *vgg.Extractor, terms []Term) error {
	if network := styleIdentity(net); network != s.network {
		had, have := identity.Difference(s.network, network)
		return fmt.Errorf("stylelib: the style was saved with another network: it had %s, this one has %s", had, have)
	}
	for i := range terms {
		term := &terms[i]
		if term.TargetMask != nil {
			return fmt.Errorf("stylelib: term %q has a mask of its target, which is a saved style and has no places; save the style with that mask", term.Name)
		}
		for _, layer := range term.layers() {
			if s.find(term, layer.Layer) == nil {
				return fmt.Errorf("stylelib: term %q wants %s of layer %s; the saved style has %s", term.Name, term.describeName(), layer.Layer, s)
			}
		}
	}
	return nil
}

// String lists what is saved.
func (s *SavedStyle) String() string {
	var list []string
	for _, d := range s.descriptions {
		list = append(list, fmt.Sprintf("%s of %s %v", d.Describe, d.Layer, d.Shape))
	}
	return strings.Join(list, ", ")
}

// upload returns the descriptions that a term wants, on the device, and adds them to the checksum of the run's pictures.
func (s *SavedStyle) upload(backend compute.Backend, sum hash.Hash, term *Term) (list []*tensors.Tensor, err error) {
	for _, layer := range term.layers() {
		d := s.find(term, layer.Layer)
		binary.Write(sum, binary.LittleEndian, d.values) // a hash takes all
		tensor, err := upload(backend, d.values, shapes.Make(dtypes.Float32, d.Shape...))
		if err != nil {
			return list, err
		}
		list = append(list, tensor)
	}
	return list, nil
}

// ColorModel, Bounds and At make a saved style a picture of 0x0 pixels.
func (s *SavedStyle) ColorModel() color.Model { return color.NRGBA64Model }

// Bounds is empty.
func (s *SavedStyle) Bounds() image.Rectangle { return image.Rectangle{} }

// At is transparent.
func (s *SavedStyle) At(x, y int) color.Color { return color.NRGBA64{} }
