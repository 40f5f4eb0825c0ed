package stylelib

import (
	"image"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// A run that starts from the content picture looks at it in its first step anyway, so the content's descriptions can come
// from there: the first picture is there sooner by the time of a look, a second for 512x512 pixels. Until then there are
// gaps among the targets, nil.

// leavesGaps tells whether the content's descriptions are left to the first step of a run that has an opening: where one
// step is all of that, and nobody wants them before or sees them otherwise than the picture.
func (o *Options) leavesGaps(size image.Point) bool {
	for _, t := range o.termsOf(Content) {
		if t.targetMask() != nil || t.DescribeTarget != nil {
			return false
		}
	}
	return openingSteps(size) == 1 && o.From == nil && o.Start.isContent() && o.Shares == 0
}

// withGaps returns the targets in a graph, nil where there are gaps, from those that are known.
func (r *run) withGaps(known []*Node) []*Node {
	targets := make([]*Node, len(r.targets))
	for i, t := range r.targets {
		if t != nil {
			targets[i], known = known[0], known[1:]
		}
	}
	return targets
}

// closeGaps puts the picture's descriptions, layer by layer for each term, into gaps among the targets.
func (r *run) closeGaps(targets []*Node, got [][]*Node) {
	for i := range r.o.Terms {
		var want []*Node
		want, _, targets = r.o.Terms[i].takes(targets)
		for k := range want {
			if want[k] == nil {
				want[k] = StopGradient(got[i][k])
			}
		}
	}
}

// ofGaps returns what has been put into the gaps among the targets.
func (r *run) ofGaps(targets []*Node) (closed []*Node) {
	for i, t := range r.targets {
		if t == nil {
			closed = append(closed, targets[i])
		}
	}
	return closed
}

// fillGaps takes what belongs into the gaps from the end of a step's outputs, and returns the others.
func (r *run) fillGaps(out []*tensors.Tensor) []*tensors.Tensor {
	first := 2 + len(r.memory)
	outputs, missing := out[:first], out[first:]
	for i, t := range r.targets {
		if t == nil {
			r.targets[i], missing = missing[0], missing[1:]
		}
	}
	return outputs
}
