package vgg

import (
	"image"

	"stylenet/stylelib/picture"

	"github.com/gomlx/gomlx/core/tensors"
)

// PictureTensor returns a picture as a tensor [1, h, w, 3], RGB in [0, 1], for [Extractor.Features] and graphs of your own.
func Tensor(img image.Image) *tensors.Tensor {
	values, h, w := picture.Values(img)
	return tensors.FromFlatDataAndDimensions(values, 1, h, w, 3)
}
