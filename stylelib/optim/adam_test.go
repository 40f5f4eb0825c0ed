package optim

import (
	"image"
	"math"
	"slices"
	"testing"
)

// A picture that grows by half keeps a slope, and is held at the edges; gradients shrink with the number of pixels.
func TestAdamEnlarges(t *testing.T) {
	memory := [][]float32{{0, 0, 0, 4, 8, 12}, {0, 0, 0, 4, 8, 12}}
	got, counts := Adam{}.Enlarge(memory, 8, image.Pt(2, 1), image.Pt(4, 1))
	if counts != 8 {
		t.Errorf("counts as %d steps, want 8", counts)
	}
	want := [][]float32{{0, 0, 0, 0.5, 1, 1.5, 1.5, 3, 4.5, 2, 4, 6}, {0, 0, 0, 0.25, 0.5, 0.75, 0.75, 1.5, 2.25, 1, 2, 3}}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("array %d is %v, want %v", i, got[i], want[i])
		}
	}
	// A constant gradient of 1 makes a mean of 1-0.9^40 in 40 steps; as that of ten it is 1-0.9^10, halved.
	got, counts = Adam{}.Enlarge([][]float32{{0.98521914, 0, 0}}, 40, image.Pt(1, 1), image.Pt(2, 1))
	if want := 0.5 * (1 - math.Pow(0.9, 10)); counts != 10 || math.Abs(float64(got[0][0])-want) > 1e-6 {
		t.Errorf("counts as %d steps, mean %g, want %g", counts, got[0][0], want)
	}
}
