package stylelib

import (
	"context"
	"errors"
	"image"

	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// Judge tells in the eyes of one network how far pictures are from a style and from a content. It compiles once for all
// pictures of a size.
type Evaluator struct {
	stylizer *Stylizer
}

// NewJudge returns a judge that looks at these layers; nil stands for [vgg.ContentLayers] and [vgg.StyleLayers].
func NewEvaluator(backend compute.Backend, net *vgg.Extractor, contentLayers, styleLayers []string) *Evaluator {
	return &Evaluator{NewStylizer(backend, net, Options{
		Terms: []Term{ContentTerm(1, contentLayers...), StyleTerm(1, styleLayers...)},
		Steps: 1, // whose losses are those of the picture as it enters
	})}
}

// Distances returns how far a picture is from a style and from a content of the picture's size: the relative squared
// errors of Gram matrices and of features, each a mean over its layers. 0 is the same; a picture that knows nothing of
// them is about 1 away, one that exaggerates more.
func (j *Evaluator) Errors(ctx context.Context, picture, content, style image.Image) (fromStyle, fromContent float64, err error) {
	j.stylizer.Options.Start = FromPicture(picture)
	result, err := j.stylizer.Transfer(ctx, content, []image.Image{style})
	if err != nil {
		return 0, 0, err
	}
	if len(result.Steps) == 0 {
		return 0, 0, errors.New("eyes: the judgement was stopped")
	}
	terms := result.Steps[0].Terms
	return terms["style"], terms["content"], nil
}

// Finalize frees what the judge has compiled; it may judge again. The network's weights stay.
func (j *Evaluator) Finalize() { j.stylizer.Finalize() }
