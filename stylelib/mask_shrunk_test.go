package stylelib

import (
	"fmt"
	"slices"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/vgg"
)

// A row of 24 pixels, white from 8 on, at pool1, whose position i stands for 2i and 2i+1 and sees 2i-2 to 2i+3.
func TestShrunkByHand(t *testing.T) {
	net := vgg.New(testkit.Network())
	row := plane{make([]float32, 24), 24}
	for x := 8; x < 24; x++ {
		row.values[x] = 1
	}
	check := func(what string, got plane, want ...float32) {
		t.Helper()
		if !slices.Equal(got.values, want) {
			t.Errorf("%s: %v, want %v", what, got.values, want)
		}
	}
	check("all that it sees", shrunk(net, row, "pool1", 0), 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1)
	check("what it stands for", shrunk(net, row, "pool1", 1), 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
	row.values[10] = 0.5
	check("the least of greys", shrunk(net, row, "pool1", 0), 0, 0, 0, 0, 0, 0.5, 0.5, 1, 1, 1, 1, 1)
	check("the mean of greys", shrunk(net, row, "pool1", 1), 0, 0, 0, 0, 1, 0.75, 1, 1, 1, 1, 1, 1)
	round := plane{slices.Clone(row.values), 24}
	round.values[10] = 1
	got := round.minimum(net.Layer("pool1").ReceptiveField, 12, 0, true)
	check("round the edge", got, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0)
	net.DropOdd = true
	check("odd pixels dropped", shrunk(net, plane{slices.Concat(row.values[1:], row.values[1:], row.values[1:]), 23}, "pool1", 1), 0, 0, 0, 0.5, 0.75, 1, 1, 1, 1, 1, 1)
}

// Of a part too small for its layer a quarter is left: of 4 columns one, however far it sees.
func TestShrunkLeavesAQuarter(t *testing.T) {
	net := vgg.New(testkit.Network())
	mask := plane{make([]float32, 64*64), 64}
	for i := range mask.values {
		if i%64 < 32 {
			mask.values[i] = 1
		}
	}
	for layer, want := range map[string]string{"relu1_1": "[31 64]", "relu2_1": "[14 32]", "relu3_1": "[5 16]", "relu4_1": "[1 8]"} {
		got := shrunk(net, mask, layer, 0)
		columns := 0
		for _, v := range got.values[:got.w] {
			if v != 0 {
				columns++
			}
		}
		if text := fmt.Sprint([]int{columns, got.w}); text != want {
			t.Errorf("%s: columns left %s, want %s", layer, text, want)
		}
	}
}
