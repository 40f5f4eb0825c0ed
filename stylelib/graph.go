package stylelib

import (
	"slices"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// The graphs of a job: what is computed of a target once, and of the picture at every step.

// buildTarget is the graph of what the terms with this target compare the picture with. Its inputs are the target picture
// [1, h, w, 3] and the terms' masks of it; its outputs the descriptions, term by term and layer by layer.
func (j *job) buildTarget(target Target, inputs []*Node) []*Node {
	terms := j.o.termsOf(target)
	features := j.net.FeaturesBy(vgg.Forward{Method: j.method, OpenEdges: target.style() >= 0}, inputs[0], layersOf(terms)...)
	var out []*Node
	for i, masks := range targetMasks(terms, inputs[1:]) {
		out = append(out, terms[i].describeTarget(terms[i].masked(features, masks))...)
	}
	return out
}

// buildStep is the graph of one step. Its inputs are the picture, the optimiser's memory, the scalars [3] (learning rate, step
// number, fresh), the term weights [terms] and the targets; its outputs the next picture, the next memory, and a vector
// [terms + 1] of the weighted terms and whether the step was accepted.
func (j *job) buildStep(inputs []*Node) []*Node {
	picture, inputs := inputs[0], inputs[1:]
	n := len(j.o.Optimizer.Memory(picture.Shape()))
	memory, scalars, weights, targets := inputs[:n], inputs[n], inputs[n+1], inputs[n+2:]
	losses := j.losses(j.method, picture, weights, targets)
	gradient := Gradient(graphs.AddAll(losses), picture)[0]
	return j.buildUpdate(picture, memory, Stack(losses, 0), gradient, scalars)
}

// buildUpdate is the end of a step, from the weighted losses [terms] and their sum's gradient.
func (j *job) buildUpdate(picture *Node, memory []*Node, losses, gradient, scalars *Node) []*Node {
	terms := make([]*Node, len(j.o.Terms))
	for i := range terms {
		terms[i] = graphs.Entry(losses, i)
	}
	next, nextMemory, accepted := optim.Update(j.o.Optimizer, optim.Evaluation{
		Picture: picture, Loss: graphs.AddAll(terms), Gradient: gradient, Bounds: j.o.Clip.bounds(),
		Rate: graphs.Entry(scalars, 0), N: graphs.Entry(scalars, 1), Fresh: graphs.Entry(scalars, 2),
	}, memory)
	return slices.Concat([]*Node{next}, nextMemory, []*Node{Concatenate([]*Node{losses, Reshape(accepted, 1)}, 0)})
}

// losses returns the weighted terms as scalars.
func (j *job) losses(method conv.Method, picture, weights *Node, targets []*Node) []*Node {
	features := j.net.FeaturesBy(vgg.Forward{Method: method}, picture, layersOf(j.o.Terms)...)
	descriptions := make([][]*Node, len(j.o.Terms))
	for i, masks := range masksAmong(j.o.Terms, targets) {
		descriptions[i] = j.o.Terms[i].describe(j.o.Terms[i].masked(features, masks))
	}
	return j.weighted(descriptions, weights, targets)
}

// weighted returns the weighted terms as scalars, from the picture's descriptions.
func (j *job) weighted(descriptions [][]*Node, weights *Node, targets []*Node) []*Node {
	losses := make([]*Node, len(j.o.Terms))
	for i := range j.o.Terms {
		want, _, rest := j.o.Terms[i].takes(targets)
		losses[i], targets = Mul(j.o.Terms[i].loss(descriptions[i], want), graphs.Entry(weights, i)), rest
	}
	return losses
}

// buildGradientNorms is the graph of the norms [terms] of the weighted terms' gradients. Its inputs are the picture, the term
// weights [terms] and the targets.
func (j *job) buildGradientNorms(inputs []*Node) []*Node {
	picture, weights, targets := inputs[0], inputs[1], inputs[2:]
	method := j.net.Conv
	if method == conv.Auto {
		method = conv.Plain // compiled soonest
	}
	var norms []*Node
	for _, loss := range j.losses(method, picture, weights, targets) {
		norms = append(norms, Sqrt(ReduceAllSum(Square(Gradient(loss, picture)[0]))))
	}
	return []*Node{Stack(norms, 0)}
}

// gradientNorms returns the norms of the weighted terms' gradients at a picture.
func (j *job) gradientNorms(in stepInput) ([]float32, error) {
	exec, err := j.program("gradient norms", j.buildGradientNorms)
	if err != nil {
		return nil, err
	}
	out, err := exec.Exec(append([]any{in.picture, in.weights}, tensorArgs(in.targets)...)...)
	if err != nil {
		return nil, execError("the terms' gradients", err)
	}
	defer finalize(out...)
	return tensors.CopyFlatData[float32](out[0])
}
