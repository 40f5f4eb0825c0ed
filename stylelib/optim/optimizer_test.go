package optim

import (
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
)

// Adam with a rate that halves every second step and a running mean of its pictures, beside the same worked out in Go on the
// gradient 2x of x².
func TestAdamDecaysAndAverages(t *testing.T) {
	square := func(x *graph.Node) *graph.Node { return graph.ReduceAllSum(graph.Square(x)) }
	o := Adam{LearningRate: 0.1, Decay: 0.5, DecayEvery: 2, Average: 0.8}
	got := minimize(t, o, square, []float64{1, -0.03}, 6, nil)
	for i, x := range []float64{1, -0.03} {
		var m, v, weighted, weights float64
		rates := []float64{0.1, 0.1, 0.05, 0.05, 0.025, 0.025}
		for n, rate := range rates {
			if d := math.Abs(got.points[n][i] - x); !(d < 1e-12) {
				t.Errorf("entry %d, step %d: at %g, want %g", i, n+1, got.points[n][i], x)
			}
			m, v = 0.9*m+0.1*2*x, 0.999*v+0.001*4*x*x
			k := float64(n + 1)
			x -= rate * m / (1 - math.Pow(0.9, k)) / (math.Sqrt(v/(1-math.Pow(0.999, k))) + 1e-8)
			weighted, weights = 0.8*weighted+x, 0.8*weights+1
			if d := math.Abs(got.best[n][i] - weighted/weights); !(d < 1e-12) {
				t.Errorf("entry %d, step %d: shows %g, want the mean %g", i, n+1, got.best[n][i], weighted/weights)
			}
		}
	}
}
