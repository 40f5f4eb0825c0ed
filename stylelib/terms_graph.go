package stylelib

import (
	"errors"
	"fmt"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// The graphs of a term: what is described, compared and added up, and which of a run's inputs are its own.

// masked returns the features of the term's layers times the masks, if there are any.
func (t *Term) masked(features vgg.Features, masks []*Node) vgg.Features {
	if len(masks) == 0 {
		return features
	}
	product := vgg.Features{}
	for i, layer := range t.layers() {
		product[layer.Layer] = Mul(features[layer.Layer], masks[i])
	}
	return product
}

// targetMasks returns the terms' masks of their target, layer by layer, from a list of all.
func targetMasks(terms []Term, list []*Node) [][]*Node {
	all := make([][]*Node, len(terms))
	for i := range terms {
		if terms[i].targetMask() != nil {
			n := len(terms[i].layers())
			all[i], list = list[:n], list[n:]
		}
	}
	return all
}

// takes returns what belongs to the term of the inputs that [job.describeTargets] has made: its target's descriptions and
// the picture's masks, one for each layer, or none; rest is that of the terms that follow.
func (t *Term) takes(inputs []*Node) (want, masks, rest []*Node) {
	n := len(t.layers())
	if t.Target != Nothing {
		want, inputs = inputs[:n], inputs[n:]
	}
	if t.Mask != nil {
		masks, inputs = inputs[:n], inputs[n:]
	}
	return want, masks, inputs
}

// targetCount returns how many inputs [job.describeTargets] makes for the terms.
func targetCount(terms []Term) (n int) {
	for i := range terms {
		if terms[i].Target != Nothing {
			n += len(terms[i].layers())
		}
		if terms[i].Mask != nil {
			n += len(terms[i].layers())
		}
	}
	return n
}

// masksAmong returns the masks of all terms, layer by layer, among the inputs of which [Term.takes] takes each term's.
func masksAmong(terms []Term, inputs []*Node) [][]*Node {
	all := make([][]*Node, len(terms))
	for i := range terms {
		_, all[i], inputs = terms[i].takes(inputs)
	}
	return all
}

// describe returns the picture's descriptions of the term's layers, one for each.
func (t *Term) describe(features vgg.Features) []*Node { return t.describeAll(features, false) }

// describeTarget is describe for the target.
func (t *Term) describeTarget(features vgg.Features) []*Node { return t.describeAll(features, true) }

func (t *Term) describeAll(features vgg.Features, target bool) []*Node {
	var descriptions []*Node
	for _, layer := range t.layers() {
		descriptions = append(descriptions, t.describeLayer(layer.Layer, features[layer.Layer], target))
	}
	return descriptions
}

// describeLayer returns the description of one layer's features.
func (t *Term) describeLayer(layer string, features *Node, target bool) *Node {
	describe := t.Describe
	if target && t.DescribeTarget.Of != nil {
		describe = t.DescribeTarget
	}
	if describe.Of == nil {
		return features
	}
	t.explain(layer, func() {
		if features = describe.Of(features); features == nil {
			exceptions.Panicf("Describe returned nil; it must return a description of the features")
		}
	})
	return features
}

// loss returns the unweighted scalar of the term, from the picture's descriptions and the target's, of which there are none
// where Target is Nothing.
func (t *Term) loss(got, want []*Node) *Node { return graphs.AddAll(t.layerLosses(got, want)) }

// layerLosses returns the addends of loss, one for each layer.
func (t *Term) layerLosses(got, want []*Node) []*Node {
	losses := make([]*Node, len(got))
	for i, layer := range t.layers() {
		t.explain(layer.Layer, func() {
			var target *Node
			if t.Target != Nothing {
				target = want[i]
			}
			losses[i] = MulScalar(t.compare(got[i], target), layer.Weight)
		})
	}
	return losses
}

// compare applies Compare or what stands for it where it is nil, and insists on a scalar.
func (t *Term) compare(got, want *Node) *Node {
	switch {
	case t.Compare.Of != nil:
		got = t.Compare.Of(got, want)
		if got == nil {
			exceptions.Panicf("Compare returned nil; it must return a scalar")
		}
	case want != nil:
		got = loss.MeanSquare.Of(got, want)
	case !got.IsScalar():
		exceptions.Panicf("the loss must be a scalar, got shape %s; without Target and Compare it is what Describe returns", got.Shape())
	}
	if !got.IsScalar() {
		exceptions.Panicf("the loss must be a scalar, got shape %s", got.Shape())
	}
	return got
}

// explain runs a graph function and adds the term and the layer to its panic.
func (t *Term) explain(layer string, fn func()) {
	graphs.Explain(fmt.Sprintf("term %q, layer %s", t.Name, layer), fn)
}

// execError words an executor's error: a fault of a term stands for itself, without the way it took through GoMLX.
func execError(what string, err error) error {
	var inside *graphs.Fault
	if errors.As(err, &inside) {
		err = inside
	}
	return fmt.Errorf("stylelib: %s: %w", what, err)
}
