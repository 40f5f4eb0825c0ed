package stylelib

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"image"
	"math"
	"slices"
	"time"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// run is one Transfer under way: what lies on the device, and the compiled step.
type run struct {
	backend compute.Backend
	net     *vgg.Extractor
	o       Options
	started time.Time

	targets  []*tensors.Tensor   // term by term: descriptions of the target, and masks, layer by layer
	pictures hash.Hash           // of the pictures that the targets are of
	copies   [][]*tensors.Tensor // the targets' parts on each device; nil before the first step, and where there is one device
	method   conv.Method         // of the step's convolutions

	programs *programs
	step     *Exec

	weights map[string]float64 // of the terms, by name, as Options.Control has left them
	rate    float64            // factor on the learning rate, likewise
	history []*State           // what the run can go back to, oldest first

	n          int               // steps taken
	began      int               // after how many of them the picture got its size
	age        int               // how many steps the memory counted as then
	picture    *tensors.Tensor   // [1, h, w, 3]
	memory     []*tensors.Tensor // of the optimiser
	lossBefore string            // the loss of the step before
	good       *tensors.Tensor   // the last picture whose loss was a number; nil before the first
	broken     bool              // picture is not to be trusted, good is
	records    []Step
	stopped    bool
}

// arguments returns what a step's program is called with.
func (r *run) arguments(scalars []float32) []any {
	args := append(tensorArgs([]*tensors.Tensor{r.picture}, r.memory), scalars, r.weightList())
	return append(args, tensorArgs(r.targets)...)
}

// chooseMethod returns the method of convolution: on several devices plain, for XLA cannot divide another; the one that was
// asked for; the one that the state's steps were taken with; or Winograd's, if the backend has it and the work ahead repays it.
// It saves about 4 microseconds a pixel and step of the full VGG-19, whose weights it takes 0.6 seconds to prepare.
func (r *run) chooseMethod(state *State) conv.Method {
	const repaid = 200_000 // pixels times steps
	switch {
	case r.o.Devices > 1:
		return conv.Plain
	case r.net.Conv != conv.Auto:
		return r.net.Conv
	case state.Method == conv.Winograd.String(), state.Method == "" && state.Height*state.Width*r.o.Steps >= repaid:
		return conv.Chosen(r.backend, conv.Winograd)
	}
	return conv.Plain
}

// buildStep is the graph of one step with this method of convolution. Its inputs are the picture, the optimiser's
// memory, the scalars [3] (learning rate, step number, fresh), the term weights [terms] and the targets; its outputs
// the next picture, the next memory, and a vector [terms + 1] of the weighted terms and whether the step was accepted.
func (r *run) buildStep(method conv.Method, inputs []*Node) []*Node {
	picture, inputs := inputs[0], inputs[1:]
	memory, inputs := inputs[:len(r.memory)], inputs[len(r.memory):]
	scalars, weights, targets := inputs[0], inputs[1], inputs[2:]

	losses := r.losses(method, picture, weights, targets)
	gradient := Gradient(graphs.AddAll(losses), picture)[0]
	return r.buildMove(picture, memory, Stack(losses, 0), gradient, scalars)
}

// buildMove is the end of a step, from the weighted losses [terms] and their sum's gradient.
func (r *run) buildMove(picture *Node, memory []*Node, losses, gradient, scalars *Node) []*Node {
	terms := make([]*Node, len(r.o.Terms))
	for i := range terms {
		terms[i] = graphs.Entry(losses, i)
	}
	loss := graphs.AddAll(terms)
	next, nextMemory, accepted := optim.Update(r.o.Optimizer, optim.Evaluation{
		Picture: picture, Loss: loss, Gradient: gradient, Bounds: r.o.Clip.box(),
		Rate: graphs.Entry(scalars, 0), N: graphs.Entry(scalars, 1), Fresh: graphs.Entry(scalars, 2),
	}, memory)
	return slices.Concat([]*Node{next}, nextMemory, []*Node{Concatenate([]*Node{losses, Reshape(accepted, 1)}, 0)})
}

// losses returns the weighted terms as scalars.
func (r *run) losses(method conv.Method, picture, weights *Node, targets []*Node) []*Node {
	features := r.net.FeaturesBy(vgg.Forward{Method: method}, picture, layersOf(r.o.Terms)...)
	got := make([][]*Node, len(r.o.Terms))
	for i, masks := range masksAmong(r.o.Terms, targets) {
		got[i] = r.o.Terms[i].describe(r.o.Terms[i].masked(features, masks))
	}
	return r.weighted(got, weights, targets)
}

// weighted returns the weighted terms as scalars, from the picture's descriptions.
func (r *run) weighted(got [][]*Node, weights *Node, targets []*Node) []*Node {
	losses := make([]*Node, len(r.o.Terms))
	for i := range r.o.Terms {
		want, _, rest := r.o.Terms[i].takes(targets)
		losses[i], targets = Mul(r.o.Terms[i].loss(got[i], want), graphs.Entry(weights, i)), rest
	}
	return losses
}

// loop takes the steps.
func (r *run) loop(ctx context.Context) error {
	last := r.n + r.o.Steps
	for r.n < last {
		if ctx.Err() == nil {
			if err := r.control(); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			r.stopped = true
			return nil
		}
		step, err := r.take(ctx, last)
		if err != nil {
			return err
		}
		if r.o.OnStep != nil && (step.N%r.o.Every == 0 || step.N == last) {
			step.Picture = r.fetch
			if err := r.o.OnStep(step); err != nil {
				return err
			}
		}
	}
	return nil
}

// take takes one step and records it.
func (r *run) take(ctx context.Context, last int) (Step, error) {
	n := r.n + 1
	shares, err := r.measureShares(n)
	if err != nil {
		return Step{}, err
	}
	loss, fresh := r.o.lossIdentity(r.net, r.weights, r.pictures.Sum(nil)), float32(0)
	if n == 1 || loss != r.lossBefore {
		fresh = 1
	}
	scalars := []float32{float32(r.o.Optimizer.Rate(n) * r.rate), float32(n - r.began + r.age), fresh}
	out, err := r.execStep(ctx, n, scalars)
	if err != nil {
		return Step{}, execError(fmt.Sprintf("step %d", n), err)
	}
	picture, memory, losses := out[0], slices.Clip(out[1:len(out)-1]), out[len(out)-1]
	step, err := r.record(n, last, losses)
	if err != nil {
		return step, errors.Join(err, finalize(append(memory, picture)...))
	}
	step.GradientShares = shares
	r.records = append(r.records, step)
	err = finalize(append(r.memory, r.good)...)
	r.good, r.picture, r.memory, r.n, r.lossBefore = r.picture, picture, memory, n, loss
	return step, err
}

// execStep runs step n, at once or tile by tile.
func (r *run) execStep(ctx context.Context, n int, scalars []float32) ([]*tensors.Tensor, error) {
	if r.inTiles() {
		return r.stepInTiles(ctx, scalars)
	}
	if r.o.Devices > 1 {
		return r.stepOnDevices(scalars)
	}
	return r.step.Exec(r.arguments(scalars)...)
}

// inTiles tells whether the picture is seen in tiles.
func (r *run) inTiles() bool {
	s := r.picture.Shape()
	return r.o.inTiles(image.Pt(s.Dim(2), s.Dim(1)))
}

// record reads the losses of step n into its record; a loss that is not a finite number is an error.
func (r *run) record(n, last int, losses *tensors.Tensor) (Step, error) {
	values, err := tensors.CopyFlatData[float32](losses)
	if err = errors.Join(err, losses.FinalizeAll()); err != nil {
		return Step{}, fmt.Errorf("stylelib: step %d: reading the losses: %w", n, err)
	}
	step := Step{N: n, Total: last, Terms: map[string]float64{}, Elapsed: time.Since(r.started)}
	step.Accepted = values[len(values)-1] != 0
	for i, term := range r.o.Terms {
		step.Terms[term.Name] = float64(values[i])
		step.Loss += float64(values[i])
	}
	if math.IsNaN(step.Loss) || math.IsInf(step.Loss, 0) {
		r.broken = true
		return step, notANumber(step, r.nonFinite())
	}
	return step, nil
}

// free gives back what lies on the device; the network's weights stay for the next run.
func (r *run) free() {
	finalize(slices.Concat(r.copies...)...)
	finalize(append(slices.Concat(r.targets, r.memory), r.picture, r.good)...)
	if !r.programs.kept {
		r.programs.finalize()
	}
}
