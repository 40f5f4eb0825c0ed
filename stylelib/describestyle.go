package stylelib

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"slices"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
)

// DescribeStyle describes a style picture, at its size, as the terms whose target is the first one, [Style](0), do.
func DescribeStyle(backend compute.Backend, net *vgg.Extractor, style image.Image, terms []Term) (*SavedStyle, error) {
	if _, isSaved := style.(*SavedStyle); isSaved {
		return nil, errors.New("stylelib: a style picture is described, not a saved style")
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
		return nil, errors.New("stylelib: a saved style needs a term whose target is the style picture, such as StyleTerm")
	}
	if err := o.check(backend, net, style, []image.Image{style}); err != nil {
		return nil, err
	}
	descriptions, err := describeStyle(backend, net, style, o)
	if err != nil {
		return nil, err
	}
	defer func() { finalize(slices.Concat(descriptions...)...) }()
	s := &SavedStyle{network: styleIdentity(net)}
	if s.colours, err = coloursOf(style); err != nil {
		return nil, err
	}
	for i, term := range o.Terms {
		for k, layer := range term.layers() {
			if s.find(&term, layer.Layer) != nil {
				continue
			}
			tensor := descriptions[i][k]
			if tensor.DType() != dtypes.Float32 {
				return nil, fmt.Errorf("stylelib: a saved style cannot keep what %s makes, of type %s; only float32", term.describeName(), tensor.DType())
			}
			values, err := tensors.CopyFlatData[float32](tensor)
			if err != nil {
				return nil, fmt.Errorf("stylelib: fetching a description: %w", err)
			}
			s.descriptions = append(s.descriptions, description{layer.Layer, term.describeName(), tensor.Shape().Dimensions, values})
		}
	}
	return s, nil
}

// describeStyle returns what terms make of a style picture, term by term and layer by layer.
func describeStyle(backend compute.Backend, net *vgg.Extractor, style image.Image, o Options) ([][]*tensors.Tensor, error) {
	j := &job{backend: backend, net: net, o: o, programs: &programs{}}
	defer j.programs.finalize()
	descriptions := make([][]*tensors.Tensor, len(o.Terms))
	err := j.describeTarget(context.Background(), sha256.New(), Style(0), style, descriptions)
	return descriptions, err
}
