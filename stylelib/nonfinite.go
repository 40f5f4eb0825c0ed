package stylelib

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
)

// nonFinite says where a loss or a picture that is not finite comes from: ", from term … at layer …", or nothing where that cannot
// be told. It evaluates the picture that entered step n+1 or, if that one is not finite already, the one that entered step n.
func nonFinite(e evaluation, terms []Term, in stepInput, before *tensors.Tensor, n int) string {
	values, err := tensors.CopyFlatData[float32](in.picture)
	if err != nil {
		return ""
	}
	when := ""
	if !finite(values) {
		in.picture, when = before, fmt.Sprintf(" in step %d", n)
	}
	if in.picture == nil {
		return ""
	}
	losses, gradients, err := e.layerLosses(in)
	if err != nil || losses == nil {
		return ""
	}
	for i, found := range [][]float32{losses, gradients} {
		what := []string{"", "the gradient of "}[i]
		for _, term := range terms {
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
