package vgg

import (
	"image"

	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/picture"
)

// Tensor returns a picture on white as a tensor [1, h, w, 3], RGB in [0, 1], the input of [Extractor.Features] and of graphs of one's own.
func Tensor(img image.Image) *tensors.Tensor {
	values, h, w := picture.Values(img)
	return tensors.FromFlatDataAndDimensions(values, 1, h, w, 3)
}
