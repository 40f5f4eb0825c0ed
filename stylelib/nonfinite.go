package stylelib

import (
	"errors"
	"fmt"
	"math"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/vgg"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// blame says where a loss or a picture that is no longer made of numbers comes from: ", from term … at layer …", or
// nothing where that cannot be told. It looks at the picture that entered the step, and if that one is spoilt already,
// at what the step before made of its own.
func (r *run) nonFinite() string {
	if r.inTiles() {
		return "" // it looks at the whole picture at once
	}
	values, err := tensors.CopyFlatData[float32](r.picture)
	if err != nil {
		return ""
	}
	picture, when := r.picture, ""
	if !finite(values) {
		picture, when = r.good, fmt.Sprintf(" in step %d", r.n)
	}
	if picture == nil {
		return ""
	}
	losses, slopes, err := r.parts(picture)
	if err != nil {
		return ""
	}
	for i, found := range [][]float32{losses, slopes} {
		what := []string{"", "the gradient of "}[i]
		for _, term := range r.o.Terms {
			for _, layer := range term.layers() {
				if v := float64(found[0]); math.IsNaN(v) || math.IsInf(v, 0) {
					return fmt.Sprintf(", from %sterm %q at layer %s%s", what, term.Name, layer.Layer, when)
				}
				found = found[1:]
			}
		}
	}
	return ""
}

// parts returns the weighted loss of every layer of every term at a picture, and the sum of its gradient's entries
// without their signs.
func (r *run) parts(picture *tensors.Tensor) (losses, slopes []float32, err error) {
	exec, err := r.net.NewExec(r.backend, r.buildParts)
	if err != nil {
		return nil, nil, err
	}
	defer exec.Finalize()
	out, err := exec.Exec(append([]any{picture, r.weightList()}, tensorArgs(r.targets)...)...)
	if err != nil {
		return nil, nil, err
	}
	losses, err = tensors.CopyFlatData[float32](out[0])
	slopes, slopesErr := tensors.CopyFlatData[float32](out[1])
	return losses, slopes, errors.Join(err, slopesErr, finalize(out...))
}

// buildParts is the graph of parts. Its inputs are the picture, the term weights [terms] and the targets.
func (r *run) buildParts(inputs []*Node) []*Node {
	picture, weights, targets := inputs[0], inputs[1], inputs[2:]
	features := r.net.FeaturesBy(vgg.Forward{Method: conv.Plain}, picture, layersOf(r.o.Terms)...)
	var losses, slopes []*Node
	for i := range r.o.Terms {
		term := &r.o.Terms[i]
		want, masks, rest := term.takes(targets)
		targets = rest
		for _, part := range term.parts(term.describe(term.masked(features, masks)), want) {
			part = Mul(part, graphs.Entry(weights, i))
			losses = append(losses, part)
			slopes = append(slopes, ReduceAllSum(Abs(Gradient(part, picture)[0])))
		}
	}
	return []*Node{Stack(losses, 0), Stack(slopes, 0)}
}
