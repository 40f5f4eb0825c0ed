package stylelib

import (
	"context"
	"image"

	"github.com/gomlx/gomlx/core/tensors"
)

// evaluation is how a loss of a picture is evaluated and a step taken: of the whole picture at once, in tiles, or divided over
// devices.
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

// cost is what a step of one evaluation takes.
type cost struct {
	arrays  int64   // bytes of all arrays, beside the network
	device  int64   // bytes of them on each of several devices; 0 where there is one
	pixels  float64 // that are evaluated, forward and backward: a step's time grows with them
	forward float64 // the time of a forward pass over the picture, in steps
	tiled   bool    // there is a program for each pass over the picture and over each target
}

// memory returns how many bytes a step needs beside the network: for its arrays, and to be compiled.
func (c cost) memory() int64 {
	return c.arrays + min(compilerMemory, c.arrays) // small programs find room in what was freed before
}

// compilations returns how many times as long as a small picture's step all programs take to compile.
func (c cost) compilations(styles int) float64 {
	if c.tiled {
		return 1.5 + float64(1+styles)/2
	}
	return 1
}

// The share of a step's time that a forward pass takes: of one forward and one backward pass, and of two and one.
const (
	forwardShare      = 1. / 2
	tiledForwardShare = 1. / 3
)

const (
	compilerMemory = 80e6  // about what XLA needs to compile the step of a large picture
	levelsMemory   = 120e6 // about what a large pyramid's small levels leave behind
	narrowLayer    = 64    // channels: for fewer a step takes more memory, measured with the built-in network's 16
)
