package stylelib

import (
	"context"
	"image"

	"stylenet/stylelib/conv"

	"github.com/gomlx/gomlx/core/tensors"
)

// evaluation is how a loss of a picture is evaluated and a step taken: of the whole picture at once, in tiles, or divided over
// devices. Which of them it is is decided here and nowhere else.
type evaluation interface {
	// describe returns what the terms with a target compare the picture with, term by term and layer by layer, from the target
	// picture and the terms' masks of it.
	describe(ctx context.Context, target Target, inputs []*tensors.Tensor) ([]*tensors.Tensor, error)

	// step returns the next picture, the optimiser's next memory, and a vector [terms + 1] of the weighted losses and whether the
	// step was accepted.
	step(ctx context.Context, in stepInput) ([]*tensors.Tensor, error)

	// layerLosses returns the weighted loss of every layer of every term at a picture, and the sum of its gradient's absolute
	// values; nothing where that is not evaluated.
	layerLosses(in stepInput) (losses, gradients []float32, err error)

	// cost forecasts what a step takes for a picture of this size.
	cost(size image.Point) cost

	// free gives back what it keeps on devices.
	free() error
}

// stepInput is what a step is given.
type stepInput struct {
	picture         *tensors.Tensor   // [1, h, w, 3]
	memory, targets []*tensors.Tensor // of the optimiser; descriptions of the targets, and masks
	scalars         []float32         // learning rate, step number, and 1 where the loss is another than the step before's
	weights         []float32         // of the terms
}

// evaluationOf returns how a picture of this size is evaluated.
func (j *job) evaluationOf(size image.Point) evaluation {
	switch {
	case j.o.Devices > 1:
		return &onDevices{job: j}
	case j.o.Tile > 0 && max(size.X, size.Y) > j.o.Tile:
		return inTiles{j}
	}
	return atOnce{j}
}

// chooseMethod returns the method of convolution for so many steps of a picture of this size: on several devices plain, for XLA
// cannot divide another; the one that was asked for; the one that the steps before were taken with; or Winograd's, if the backend
// has it and the work ahead repays it. It saves about 4 microseconds a pixel and step of the full VGG-19, whose weights it takes
// 0.6 seconds to prepare.
func (j *job) chooseMethod(size image.Point, steps int, before string) conv.Method {
	const repaid = 200_000 // pixels times steps
	switch {
	case j.o.Devices > 1:
		return conv.Plain
	case j.net.Conv != conv.Auto:
		return j.net.Conv
	case before == conv.Winograd.String(), before == "" && size.X*size.Y*steps >= repaid:
		return conv.Chosen(j.backend, conv.Winograd)
	}
	return conv.Plain
}
