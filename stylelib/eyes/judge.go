package eyes

import (
	"context"
	"errors"
	"image"

	"github.com/gomlx/compute"
	"stylenet/stylelib"
)

// Judge returns how far a picture is from a style and from a content of the picture's size in the eyes of a network:
// the relative squared errors of Gram matrices, the mean over [stylelib.StyleLayers], and of the features at
// [stylelib.ContentLayers]. 0 is the same; a picture that knows nothing of them is about 1 away.
func Judge(ctx context.Context, backend compute.Backend, judge *stylelib.VGG, picture, content, style image.Image) (styleError, contentError float64, err error) {
	result, err := stylelib.Transfer(ctx, backend, judge, content, []image.Image{style}, stylelib.Options{
		Terms: []stylelib.Term{stylelib.ContentTerm(1), stylelib.StyleTerm(1)},
		Start: stylelib.FromPicture(picture),
		Steps: 1, // whose losses are those of the picture as it enters
	})
	if err != nil {
		return 0, 0, err
	}
	if len(result.Steps) == 0 {
		return 0, 0, errors.New("eyes: the judgement was stopped")
	}
	terms := result.Steps[0].Terms
	return terms["style"], terms["content"], nil
}
