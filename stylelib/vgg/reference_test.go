package vgg

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/testkit"
)

// featuresOf returns a picture's features at the layers.
func featuresOf(t *testing.T, backend compute.Backend, net *Extractor, picture *tensors.Tensor, layers []string) []*tensors.Tensor {
	t.Helper()
	exec, err := net.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		features := net.Features(in[0], layers...)
		var out []*graph.Node
		for _, name := range layers {
			out = append(out, features[name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Exec(picture)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The features of every layer have the mean and the projection on a random direction that PyTorch computed in float64.
func TestFeaturesAgreeWithPyTorch(t *testing.T) {
	backend := testkit.Backend(t)
	net := New(testkit.Network())
	layers := net.Layers()
	out := featuresOf(t, backend, net, testkit.Uploaded(testkit.Picture(21, 19, 3)), layers)
	want := testkit.ReadReference(t, "reference.json").Features
	if len(want) != len(layers) || len(layers) != 1+16+16+5 {
		t.Fatalf("%d layers, recorded %d, want 38", len(layers), len(want))
	}
	for i, name := range layers {
		row := want[name]
		if got := out[i].Shape().Dimensions; fmt.Sprint(got) != fmt.Sprint(row.Shape) {
			t.Errorf("%s: shape %v, want %v", name, got, row.Shape)
			continue
		}
		var mean, projection float64
		values := tensors.MustCopyFlatData[float32](out[i])
		direction := testkit.Unit(len(values), uint64(400+i))
		for j, v := range values {
			mean += float64(v) / float64(len(values))
			projection += float64(v) * (float64(direction[j]) - 0.5)
		}
		if tol := 1e-5 * row.Norm; math.Abs(mean-row.Mean) > tol || math.Abs(projection-row.Projection) > tol {
			t.Errorf("%s: mean %g and projection %g, want %g and %g", name, mean, projection, row.Mean, row.Projection)
		}
	}
}
