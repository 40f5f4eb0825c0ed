package eyes

import (
	"context"
	"errors"
	"image"

	"github.com/gomlx/compute"
	"stylenet/stylelib"
	"stylenet/stylelib/vgg"
)

// Judge tells in the eyes of one network how far pictures are from a style and from a content. It compiles once for all
// pictures of a size.
type Judge struct {
	painter *stylelib.Painter
}

// NewJudge returns a judge that looks at these layers; nil stands for [vgg.ContentLayers] and [vgg.StyleLayers].
func NewJudge(backend compute.Backend, vgg *vgg.Extractor, contentLayers, styleLayers []string) *Judge {
	return &Judge{stylelib.NewPainter(backend, vgg, stylelib.Options{
		Terms: []stylelib.Term{stylelib.ContentTerm(1, contentLayers...), stylelib.StyleTerm(1, styleLayers...)},
		Steps: 1, // whose losses are those of the picture as it enters
	})}
}

// Distances returns how far a picture is from a style and from a content of the picture's size: the relative squared
// errors of Gram matrices and of features, each a mean over its layers. 0 is the same; a picture that knows nothing of
// them is about 1 away, one that exaggerates more.
func (j *Judge) Distances(ctx context.Context, picture, content, style image.Image) (fromStyle, fromContent float64, err error) {
	j.painter.Options.Start = stylelib.FromPicture(picture)
	result, err := j.painter.Paint(ctx, content, []image.Image{style})
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
func (j *Judge) Finalize() { j.painter.Finalize() }
