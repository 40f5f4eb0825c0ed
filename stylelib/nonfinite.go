package stylelib

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
)

// nonFinite says where a loss or a picture that is not finite comes from: ", from term … at layer …", or nothing where that cannot
// be told. It evaluates the picture that entered the step, and if that one is not finite already, the one before.
func (r *run) nonFinite() string {
	values, err := tensors.CopyFlatData[float32](r.state.picture)
	if err != nil {
		return ""
	}
	in, when := r.input(), ""
	if !finite(values) {
		in.picture, when = r.state.before, fmt.Sprintf(" in step %d", r.state.n)
	}
	if in.picture == nil {
		return ""
	}
	losses, gradients, err := r.layerLosses(in)
	if err != nil || losses == nil {
		return ""
	}
	for i, found := range [][]float32{losses, gradients} {
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
