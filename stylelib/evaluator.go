package stylelib

import (
	"context"
	"errors"
	"image"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// Evaluator measures how far pictures are from a style and from a content, by the features of one network. It compiles once for all
// pictures of a size.
type Evaluator struct {
	stylizer *Stylizer
}

// NewEvaluator returns an evaluator for these layers; nil stands for [vgg.ContentLayers] and [vgg.StyleLayers].
func NewEvaluator(backend compute.Backend, net *vgg.Extractor, contentLayers, styleLayers []string) *Evaluator {
	return &Evaluator{NewStylizer(backend, net, Options{
		Terms: []Term{ContentTerm(1, contentLayers...), StyleTerm(1, styleLayers...)},
		Steps: 1, // its losses are those of the picture as it enters the step

		Optimizer: optim.Adam{}, // compiles soonest
	})}
}

// Errors returns the style error and the content error of a picture, the content being of its size: the relative squared errors of
// Gram matrices and of features ([loss.RelativeSquare]), each a mean over its layers. 0 is the same; a picture that has nothing in
// common with them has about 1, one that exaggerates more.
func (e *Evaluator) Errors(ctx context.Context, picture, content, style image.Image) (styleError, contentError float64, err error) {
	e.stylizer.Options.Start = FromPicture(picture)
	result, err := e.stylizer.Transfer(ctx, content, []image.Image{style})
	if err != nil {
		return 0, 0, err
	}
	if len(result.Steps) == 0 {
		return 0, 0, errors.New("stylelib: the evaluation was stopped")
	}
	terms := result.Steps[0].Terms
	return terms["style"], terms["content"], nil
}

// Finalize frees what was compiled; the evaluator may be used again. The network's weights stay.
func (e *Evaluator) Finalize() { e.stylizer.Finalize() }
