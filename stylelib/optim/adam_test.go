package optim

import (
	"image"
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
)

// Adam with a running mean of its pictures and a rate that halves every second step, or falls as it does by itself, or stays, beside the same
// computed in Go on the gradient 2x of x².
func TestAdamDecaysAndAverages(t *testing.T) {
	square := func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(graph.Square(x)) }
	for _, c := range []struct {
		o     Adam
		rates []float64
	}{
		{Adam{LearningRate: 0.1, Decay: 0.5, DecayEvery: 2, Average: 0.8}, []float64{0.1, 0.1, 0.05, 0.05, 0.025, 0.025}},
		{Adam{LearningRate: 0.1, Average: 0.8}, []float64{0.1, 0.0995, 0.0990025, 0.0985074875}}, // 0.995 times the one before
		{Adam{LearningRate: 0.2, DecayEvery: 2, Average: 0.8}, []float64{0.2, 0.2, 0.199, 0.199}},
		{Adam{Decay: 1, Average: 0.8}, []float64{0.05, 0.05, 0.05, 0.05}},
	} {
		got := minimize(t, c.o, square, []float64{1, -0.03}, len(c.rates), nil)
		for i, x := range []float64{1, -0.03} {
			var m, v, weighted, weights float64
			for n, rate := range c.rates {
				if d := math.Abs(got.points[n][i] - x); !(d < 1e-12) {
					t.Errorf("%+v, entry %d, step %d: at %g, want %g", c.o, i, n+1, got.points[n][i], x)
				}
				m, v = 0.9*m+0.1*2*x, 0.999*v+0.001*4*x*x
				k := float64(n + 1)
				x -= rate * m / (1 - math.Pow(0.9, k)) / (math.Sqrt(v/(1-math.Pow(0.999, k))) + 1e-8)
				weighted, weights = 0.8*weighted+x, 0.8*weights+1
				if d := math.Abs(got.best[n][i] - weighted/weights); !(d < 1e-12) {
					t.Errorf("%+v, entry %d, step %d: shows %g, want the mean %g", c.o, i, n+1, got.best[n][i], weighted/weights)
				}
			}
		}
	}
}

// A picture of twice the width keeps a slope between pixel centres and is constant beyond them; gradients shrink with the number of
// pixels.
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
