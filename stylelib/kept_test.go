package stylelib

import (
	"image"
	"slices"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/gomlx/core/graph"
)

// TestTransferKeepsPrograms: the next Transfer with the same network and terms, but for weights and steps, compiles nothing; one
// with a network that has changed, or with another closure of the same name, does. Each paints what a run by itself paints.
func TestTransferKeepsPrograms(t *testing.T) {
	backend, net := testkit.Backend(t), vgg.New(testkit.Network())
	content, styles := testkit.Picture(21, 19, 1), []image.Image{testkit.Picture(18, 23, 2)}
	compilations := 0
	scaled := func(by float64) loss.Describe {
		return loss.Describe{Name: "scaled Gram", Of: func(f *graph.Node) *graph.Node {
			compilations++
			return graph.MulScalar(loss.Gram.Of(f), by)
		}}
	}
	one, other := scaled(1), scaled(3)
	for i, test := range []struct {
		describe loss.Describe
		weight   float64
		steps    int
		pooling  vgg.Pooling
		want     int // compilations until then
	}{
		{one, 10, 3, vgg.MaxPooling, 2}, // the target's and the step's
		{one, 4, 5, vgg.MaxPooling, 2},
		{other, 4, 5, vgg.MaxPooling, 4},
		{other, 4, 5, vgg.AveragePooling, 6},
		{other, 9, 2, vgg.AveragePooling, 6},
	} {
		term := StyleTerm(test.weight, "relu2_1")
		term.Describe = test.describe
		o := Options{Terms: []Term{ContentTerm(1, "relu2_2"), term}, Steps: test.steps}
		net.Pooling = test.pooling
		got, err := Transfer(t.Context(), backend, net, content, styles, o)
		if err != nil {
			t.Fatal(err)
		}
		if compilations != test.want {
			t.Errorf("run %d: %d compilations, want %d", i, compilations, test.want)
		}
		fresh := vgg.New(testkit.Network())
		fresh.Pooling = test.pooling
		alone := NewStylizer(backend, fresh, o)
		want, err := alone.Transfer(t.Context(), content, styles)
		if err != nil {
			t.Fatal(err)
		}
		alone.Finalize()
		compilations = test.want
		if !slices.Equal(got.State.Picture, want.State.Picture) {
			t.Errorf("run %d: not what a run by itself paints", i)
		}
	}
}
