package stylelib

import (
	"context"
	"errors"
	"fmt"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/vgg"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// atOnce evaluates the whole picture at once: a step is one execution.
type atOnce struct{ *job }

func (e atOnce) describe(_ context.Context, target Target, inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	name := fmt.Sprintf("target %d", target)
	exec, err := e.program(name, func(inputs []*Node) []*Node { return e.buildTarget(target, inputs) })
	if err != nil {
		return nil, err
	}
	defer e.done(name)
	out, err := exec.Exec(tensorArgs(inputs)...)
	if err != nil {
		return nil, execError("the targets", err)
	}
	return out, nil
}

func (e atOnce) step(_ context.Context, in stepInput) ([]*tensors.Tensor, error) {
	exec, err := e.program("step", e.buildStep)
	if err != nil {
		return nil, err
	}
	args := append(tensorArgs([]*tensors.Tensor{in.picture}, in.memory), in.scalars, in.weights)
	return exec.Exec(append(args, tensorArgs(in.targets)...)...)
}

func (e atOnce) layerLosses(in stepInput) (losses, gradients []float32, err error) {
	exec, err := e.net.NewExec(e.backend, e.buildLayerLosses)
	if err != nil {
		return nil, nil, err
	}
	defer exec.Finalize()
	out, err := exec.Exec(append([]any{in.picture, in.weights}, tensorArgs(in.targets)...)...)
	if err != nil {
		return nil, nil, err
	}
	losses, err = tensors.CopyFlatData[float32](out[0])
	gradients, gradientsErr := tensors.CopyFlatData[float32](out[1])
	return losses, gradients, errors.Join(err, gradientsErr, finalize(out...))
}

// buildLayerLosses is the graph of layerLosses. Its inputs are the picture, the term weights [terms] and the targets.
func (e atOnce) buildLayerLosses(inputs []*Node) []*Node {
	picture, weights, targets := inputs[0], inputs[1], inputs[2:]
	features := e.net.FeaturesBy(vgg.Forward{Method: conv.Plain}, picture, layersOf(e.o.Terms)...)
	var losses, gradients []*Node
	for i := range e.o.Terms {
		term := &e.o.Terms[i]
		want, masks, rest := term.takes(targets)
		targets = rest
		for _, loss := range term.layerLosses(term.describe(term.masked(features, masks)), want) {
			loss = Mul(loss, graphs.Entry(weights, i))
			losses = append(losses, loss)
			gradients = append(gradients, ReduceAllSum(Abs(Gradient(loss, picture)[0])))
		}
	}
	return []*Node{Stack(losses, 0), Stack(gradients, 0)}
}

func (e atOnce) free() error { return nil }
