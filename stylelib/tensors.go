package stylelib

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// Arrays on the device and in a program's arguments.

// pictureShape returns [1, h, w, 3].
func pictureShape(h, w int) shapes.Shape { return shapes.Make(dtypes.Float32, 1, h, w, 3) }

// toDevice uploads values [1, h, w, 3].
func toDevice(backend compute.Backend, values []float32, h, w int) (*tensors.Tensor, error) {
	return upload(backend, values, pictureShape(h, w))
}

// upload puts values on the device.
func upload(backend compute.Backend, values []float32, shape shapes.Shape) (*tensors.Tensor, error) {
	buffer, err := backend.BufferFromFlatData(0, values, shape)
	if err != nil {
		return nil, fmt.Errorf("stylelib: uploading values %s: %w", shape, err)
	}
	return tensors.FromBuffer(buffer)
}

// finite reports whether no value is NaN or infinite.
func finite(values []float32) bool {
	for _, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}

// tensorArgs makes one list of arguments.
func tensorArgs(lists ...[]*tensors.Tensor) []any {
	var args []any
	for _, t := range slices.Concat(lists...) {
		if t != nil {
			args = append(args, t)
		}
	}
	return args
}

// finalize frees tensors, nil ones left out.
func finalize(list ...*tensors.Tensor) error {
	var errs []error
	for _, t := range list {
		if t != nil {
			errs = append(errs, t.FinalizeAll())
		}
	}
	return errors.Join(errs...)
}

func shapesOf(list []*tensors.Tensor) []shapes.Shape {
	shapes := make([]shapes.Shape, len(list))
	for i, t := range list {
		shapes[i] = t.Shape()
	}
	return shapes
}
