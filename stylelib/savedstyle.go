package stylelib

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

// Palette is what a loss takes from a style picture: what its terms' Describe functions make of the layers that they look
// at, such as Gram matrices. It stands in the place of the picture among the styles of [Transfer], [Pyramid] and [Stylizer],
// which then do without it; [SavedStyle.Save] writes it to a file, of 2.4 MB for the Gram matrices of VGG-19's five layers.
//
//	palette, _ := stylelib.DescribeStyle(backend, vgg, style, stylelib.DefaultTerms())
//	result, _ := stylelib.Transfer(ctx, backend, vgg, content, []image.Image{palette}, stylelib.Options{})
//
// The result is that of the picture, to the last bit. Weights and shares may be others than those that the palette was
// made with, layers may be left out; another network, pooling or padding, another description and a layer that is missing
// are errors; functions are told apart by their names, as [Stylizer] does. Its strokes have the size they had in the picture:
// [Pyramid] does not scale them from level to level.
//
// It is a picture without pixels to all that looks at pixels, such as [colour.Match].
type SavedStyle struct {
	sight string // how it was seen, for people
	sum   string // of the network's numbers
	parts []description
}

// palettePart is the description of one layer.
type description struct {
	Layer, Describe string // Describe is the function's name
	Shape           []int
	values          []float32
}

// NewPalette describes a style picture, at its size, as the terms that look at the first one, [Style](0), do.
func DescribeStyle(backend compute.Backend, net *vgg.Extractor, style image.Image, terms []Term) (*SavedStyle, error) {
	if _, isPalette := style.(*SavedStyle); isPalette {
		return nil, errors.New("stylelib: a palette is made of a style picture, not of another palette")
	}
	if _, err := picture.Size(style); err != nil {
		return nil, fmt.Errorf("stylelib: the style picture %w", err)
	}
	o := Options{}.withDefaults()
	o.Terms = nil
	for _, term := range terms {
		if term.Target == Style(0) {
			term.Mask = nil // of the picture that is painted
			o.Terms = append(o.Terms, term)
		}
	}
	if len(o.Terms) == 0 {
		return nil, errors.New("stylelib: a palette needs a term that looks at the style picture, such as StyleTerm")
	}
	if err := o.check(backend, net, style, []image.Image{style}); err != nil {
		return nil, err
	}
	descriptions, err := describeStyle(backend, net, style, o)
	if err != nil {
		return nil, err
	}
	defer func() { finalize(slices.Concat(descriptions...)...) }()
	p := &SavedStyle{sight: net.Describe(), sum: net.Weights.Sum()}
	for i, term := range o.Terms {
		for k, layer := range term.layers() {
			if p.part(&term, layer.Layer) != nil {
				continue
			}
			tensor := descriptions[i][k]
			if tensor.DType() != dtypes.Float32 {
				return nil, fmt.Errorf("stylelib: a palette cannot keep what %s makes, of type %s; only float32", term.describeName(), tensor.DType())
			}
			values, err := tensors.CopyFlatData[float32](tensor)
			if err != nil {
				return nil, fmt.Errorf("stylelib: fetching a description: %w", err)
			}
			p.parts = append(p.parts, description{layer.Layer, term.describeName(), tensor.Shape().Dimensions, values})
		}
	}
	return p, nil
}

// describeStyle returns what terms make of a style picture, term by term and layer by layer.
func describeStyle(backend compute.Backend, net *vgg.Extractor, style image.Image, o Options) ([][]*tensors.Tensor, error) {
	r := &run{backend: backend, net: net, o: o, pictures: sha256.New(), programs: &programs{}}
	defer r.free()
	descriptions := make([][]*tensors.Tensor, len(o.Terms))
	err := r.describeTarget(context.Background(), Style(0), style, descriptions)
	return descriptions, err
}

// describeName names what a term makes of its target.
func (t *Term) describeName() string {
	if t.DescribeTarget != nil {
		return functionName(t.DescribeTarget)
	}
	return functionName(t.Describe)
}

// part returns the description that a term wants of a layer; nil where there is none.
func (p *SavedStyle) part(term *Term, layer string) *description {
	i := slices.IndexFunc(p.parts, func(part description) bool { return part.Layer == layer && part.Describe == term.describeName() })
	if i < 0 {
		return nil
	}
	return &p.parts[i]
}

// check finds out whether the palette serves these terms.
func (p *SavedStyle) check(net *vgg.Extractor, terms []Term) error {
	if manner := net.Describe(); manner != p.sight {
		return fmt.Errorf("stylelib: the palette was made with %s; this is %s", p.sight, manner)
	}
	if sum := net.Weights.Sum(); sum != p.sum {
		return fmt.Errorf("stylelib: the palette was made with other weights of %s: their SHA-256 is %.12s…, these have %.12s…", p.sight, p.sum, sum)
	}
	for i := range terms {
		term := &terms[i]
		if term.TargetMask != nil {
			return fmt.Errorf("stylelib: term %q has a mask of its target, which is a palette and has no places; make the palette with that mask", term.Name)
		}
		for _, layer := range term.layers() {
			if p.part(term, layer.Layer) == nil {
				return fmt.Errorf("stylelib: term %q wants %s of layer %s; the palette has %s", term.Name, term.describeName(), layer.Layer, p)
			}
		}
	}
	return nil
}

// String lists what the palette holds.
func (p *SavedStyle) String() string {
	var list []string
	for _, part := range p.parts {
		list = append(list, fmt.Sprintf("%s of %s %v", part.Describe, part.Layer, part.Shape))
	}
	return strings.Join(list, ", ")
}

// upload returns the descriptions that a term wants, on the device, and adds them to what the run has seen.
func (p *SavedStyle) upload(r *run, term *Term) (list []*tensors.Tensor, err error) {
	for _, layer := range term.layers() {
		part := p.part(term, layer.Layer)
		binary.Write(r.pictures, binary.LittleEndian, part.values) // a hash takes all
		tensor, err := upload(r.backend, part.values, shapes.Make(dtypes.Float32, part.Shape...))
		if err != nil {
			return list, err
		}
		list = append(list, tensor)
	}
	return list, nil
}

// ColorModel, Bounds and At make a palette a picture of 0x0 pixels.
func (p *SavedStyle) ColorModel() color.Model { return color.NRGBA64Model }

// Bounds is empty.
func (p *SavedStyle) Bounds() image.Rectangle { return image.Rectangle{} }

// At is transparent.
func (p *SavedStyle) At(x, y int) color.Color { return color.NRGBA64{} }
