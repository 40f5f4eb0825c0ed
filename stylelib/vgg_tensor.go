package stylelib

import (
	"image"

	"github.com/gomlx/gomlx/core/tensors"
)

// PictureTensor returns a picture as a tensor [1, h, w, 3], RGB in [0, 1], for [VGG.Features] and graphs of your own.
func PictureTensor(picture image.Image) *tensors.Tensor {
	values, h, w := pixels(picture)
	return tensors.FromFlatDataAndDimensions(values, 1, h, w, 3)
}
