package optim

import (
	"math"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// SGD is gradient descent: picture - rate · gradient. Its steps are as large as the loss's scale makes them, so the learning rate has
// to fit that scale.
type SGD struct {
	LearningRate float64 // in units of the picture per unit of the gradient

	// Decay multiplies the learning rate once every DecayEvery steps, a little at each; 0: it stays. DecayEvery 0: 1.
	Decay      float64
	DecayEvery int
}

// Check returns an error for settings outside their ranges. It has no prefix.
func (s SGD) Check() error { return checkDecay("SGD", s.Decay, s.DecayEvery) }

// Memory implements [Optimizer].
func (SGD) Memory(shapes.Shape) []shapes.Shape { return nil }

// Best implements [Optimizer].
func (SGD) Best() int { return -1 }

// Rate implements [Optimizer].
func (s SGD) Rate(n int) float64 {
	if s.Decay == 0 {
		return s.LearningRate
	}
	return s.LearningRate * math.Pow(s.Decay, float64(n-1)/float64(max(1, s.DecayEvery)))
}

// Update implements [Optimizer].
func (s SGD) Update(at Evaluation, _ []*Node) (next *Node, memory []*Node, accepted *Node) {
	return at.Bounds.Clip(Sub(at.Picture, Mul(at.Rate, at.Gradient))), nil, nil
}
