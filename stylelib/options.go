package stylelib

import (
	"image"
	"stylenet/stylelib/optim"
	"time"
)

// Options says what [Transfer] paints. Zero fields take the defaults named.
type Options struct {
	Terms     []Term          // of the loss; nil: DefaultTerms
	Steps     int             `identity:"-"`     // 0: 120
	Optimizer optim.Optimizer `identity:"-loss"` // nil: LBFGS{}
	Start     Start           `identity:"-"`     // FromColours unless it says otherwise
	From      *State          `identity:"-"`     // go on from here instead of Start; Steps more steps are taken
	Clip      Clipping        `identity:"-loss"` // what becomes of pixels that leave [0, 1]

	// Tile is the side in pixels of the windows in which larger pictures are evaluated, tile by tile, with less memory and more
	// work; losses and gradients stay those of the whole picture. 0: everything at once. Stopping waits for one tile.
	Tile int `identity:"-loss"`

	// Devices is over how many of the backend's devices the picture is divided, by rows; 0 or 1: it is on one. Each then
	// needs the memory of its rows, and of an entire layer for terms that need all its positions together, such as [loss.Patches].
	// Convolutions are plain. XLA's CPU plugin shows several devices, to try it with.
	Devices int `identity:"-loss"`

	Every          int              `identity:"-"` // OnStep is called after every so many steps and after the last; 0: 10
	OnStep         func(Step) error `identity:"-"` // nil: nobody is told; an error ends the run and is returned with the result so far
	GradientShares int              `identity:"-"` // Step.GradientShares is measured in the first step and in every so many; 0: never

	// Control, if not nil, is called before every step, n steps having been taken. It may wait. What it writes into
	// weights, the terms' weights by name, and into rate, a factor on the optimiser's learning rate (1 at first),
	// holds from this step on; the optimiser's memory stays. If it returns a number below n, the run goes back to
	// where it was after so many steps, or to the nearest moment before that it remembers: those of the last steps in
	// steps of 5, fewer the longer ago, and the start.
	Control func(n int, weights map[string]float64, rate *float64) (back int) `identity:"-"`
}

// Step is the record of one step.
type Step struct {
	N, Total int                // this step, counted from 1, and the last one planned
	Loss     float64            // of the picture as it enters the step: the sum of Terms
	Terms    map[string]float64 // by name, weighted
	Elapsed  time.Duration      // since Transfer was called
	Accepted bool               // false: a trial of a line search that goes on; the picture shown stays as it was

	// GradientShares has, by term, the length (Euclidean norm) of the weighted term's gradient in the picture as a share of
	// the lengths of all: a large one moves the picture most. It is nil in steps that
	// Options.GradientShares leaves out.
	GradientShares map[string]float64

	// Picture returns the picture as it leaves the step. It is fetched from the device only when called, and only
	// while OnStep runs; the records in Result have none.
	Picture func() (image.Image, error)
}

// Result is what a run leaves.
type Result struct {
	Picture image.Image
	State   *State        // to go on from
	Steps   []Step        // one record for every step taken, none if the context had ended before the first
	Stopped bool          // the context ended the run before the last step
	Elapsed time.Duration // in all
}

// termsOf returns the terms that have this target.
func (o *Options) termsOf(target Target) []Term {
	var terms []Term
	for _, term := range o.Terms {
		if term.Target == target {
			terms = append(terms, term)
		}
	}
	return terms
}
