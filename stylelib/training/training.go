// Package eyes trains StyleNet's own network: a slim VGG-19 that has seen nothing but the pictures of package paint. It
// is also a lesson in how a network is trained with GoMLX, from the first filter to the file:
//
//	paint/         pictures and the truth about them
//	batch.go       pictures become tensors, beside the training
//	network.go     the network while it is trained: convolutions, each with batch normalisation
//	heads.go       what is asked of it: which textures, colours and shapes there are, and what the picture looks like
//	loss.go        how wrong the answers are
//	optimizer.go   how it is made less wrong: Muon and AdamW
//	train.go       Train: step by step, with a schedule; step.go: one step
//	checkpoint.go  to stop and go on
//	fold.go        batch normalisation goes into the convolutions: a weights.Network
//	evaluate.go    what it has learned, measured with pictures it has never seen
//
// The network's layers are named as in VGG-19, conv1_1 to conv5_1, so whatever paints with VGG-19 paints with this one.
package training

import (
	"fmt"
	"time"
)

// Options says how to train. Zero fields take the defaults named.
type Options struct {
	Seed     uint64
	Minutes  float64 // how long; a step that was held up counts as a usual one. 0: 35
	Steps    int     // how many steps instead: repeats a training on a slower or faster machine. 0: as Minutes says
	Classes  int     // of textures; 0: 40 for each family, see testdata/recipes.md
	Canvases int     // of each class; 0: 4

	Checkpoint string             // file to go on from, if it is there, and to keep up to date; empty: none
	Every      time.Duration      // between two reports; 0: 10 seconds
	OnReport   func(Report) error // nil: nobody is told; an error ends the training and is returned
}

// Report says how far a training has come.
type Report struct {
	Step     int
	Pictures int                // seen so far
	Trained  time.Duration      // the time that counts
	Left     time.Duration      // of it; an estimate where Steps is given
	Loss     float64            // smoothed, as all that follows
	Terms    map[string]float64 // unweighted, by name
	Accuracy float64            // how often the class of a texture is named right, at relu5_1; chance is 1/Classes
	Rate     float64            // pictures a second, since the last report
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

// check finds what is wrong with the request.
func (o Options) check() error {
	switch {
	case !(o.Minutes > 0):
		return fmt.Errorf("eyes: a training of %v minutes; more than 0 are needed", o.Minutes)
	case o.Steps < 0:
		return fmt.Errorf("eyes: %d steps; 1 or more are needed", o.Steps)
	case o.Classes < 2 || o.Canvases < 1:
		return fmt.Errorf("eyes: %d classes of %d canvases; at least 2 of 1 are needed", o.Classes, o.Canvases)
	}
	return nil
}
