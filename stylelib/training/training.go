// Package training trains the built-in network: a VGG-19 up to conv5_1 with a quarter of the channels, on procedural pictures
// of package textures instead of photographs. It also shows a complete training with GoMLX.
//
//	textures/       the pictures and their labels
//	batch.go        the pictures of a step, as tensors
//	network.go      the network during training: each convolution is followed by batch normalisation
//	heads.go        the heads, small models on the network's features that predict the labels during training
//	loss.go         the terms of the loss
//	optimizer.go    Muon and AdamW
//	step.go         one training step: its compiled graph, and the variables on the device
//	train.go        Train: the loop over the steps, with learning rate, reports and checkpoints
//	checkpoint.go   a training saved to a file and restored
//	fold.go         the result, a weights.Network: batch normalisation folded into the convolutions
//	probe.go        HeldOut: a linear probe on textures that the training did not use
//	measure.go      Measure: how well Gram matrices tell pictures apart, and which channels are dead
//
// The layers have the names of VGG-19's, conv1_1 to conv5_1, so the network works wherever a VGG-19 does.
package training

import (
	"fmt"
	"time"
)

// Options says how to train. A zero field stands for the default that its comment names.
type Options struct {
	Seed     uint64
	Minutes  float64 // how long to train, not counting compilation and interruptions; 0: 35
	Steps    int     // how many steps to train, instead of Minutes: the same on every machine; 0: as Minutes says
	Classes  int     // of textures; 0: 40 of each family, see testdata/recipes.md
	Canvases int     // of each class; 0: 4

	Checkpoint string             // file to resume from, if it exists, and to write every minute and at the end; empty: none
	Every      time.Duration      // between two reports; 0: 10 seconds
	OnReport   func(Report) error // receives the reports; its error ends the training and is returned
}

// Report describes the progress of a training. Loss, Terms and Accuracy are exponential moving averages.
type Report struct {
	Step     int
	Pictures int                // used so far
	Trained  time.Duration      // time spent, as far as it counts for Options.Minutes
	Left     time.Duration      // an estimate where Options.Steps is set
	Loss     float64            // the weighted sum of Terms
	Terms    map[string]float64 // by name, see TermNames
	Accuracy float64            // of the classes of textures predicted from relu5_1, in [0, 1]; chance is 1/Classes
	Rate     float64            // pictures per second since the previous report
}

func (o Options) withDefaults() Options {
	if o.Minutes == 0 {
		o.Minutes = 35
	}
	if o.Classes == 0 {
		o.Classes = 40 * families
	}
	if o.Canvases == 0 {
		o.Canvases = 4
	}
	if o.Every == 0 {
		o.Every = 10 * time.Second
	}
	return o
}

// check returns an error for options out of range.
func (o Options) check() error {
	switch {
	case !(o.Minutes > 0):
		return fmt.Errorf("training: Minutes is %v; it must be above 0", o.Minutes)
	case o.Steps < 0:
		return fmt.Errorf("training: Steps is %d; it must be 1 or more, or 0 for a training by time", o.Steps)
	case o.Classes < 2 || o.Canvases < 1:
		return fmt.Errorf("training: %d classes of %d canvases; at least 2 classes of 1 canvas are needed", o.Classes, o.Canvases)
	}
	return nil
}
