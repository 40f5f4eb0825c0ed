package stylelib

import (
	"math"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// SGD is plain gradient descent: picture - rate · gradient. It is at the mercy of the loss's scale.
type SGD struct {
	LearningRate float64 // in units of the picture per unit of the gradient

	// Decay multiplies the learning rate once every DecayEvery steps, a little at each; 0: it stays. DecayEvery 0: 1.
	Decay      float64
	DecayEvery int
}

// check finds settings that cannot be meant.
func (s SGD) check() error { return checkDecay("SGD", s.Decay, s.DecayEvery) }

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
	return at.Box.Clip(Sub(at.Picture, Mul(at.Rate, at.Gradient))), nil, nil
}

// tensorFlowAdam is Adam as TensorFlow and Keras have it: ε is added before the correction of the second mean, and so
// counts for more in the first steps.
type tensorFlowAdam struct{ Adam }

// Update implements [Optimizer]: rate · √(1-β₂ⁿ)/(1-β₁ⁿ) · m/(√v + ε).
func (a tensorFlowAdam) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	beta1, beta2 := orDefault(a.Beta1, 0.9), orDefault(a.Beta2, 0.999)
	m := Add(MulScalar(memory[0], beta1), MulScalar(at.Gradient, 1-beta1))
	v := Add(MulScalar(memory[1], beta2), MulScalar(Square(at.Gradient), 1-beta2))
	rate := Div(Mul(at.Rate, Sqrt(oneMinusPower(beta2, at.N))), oneMinusPower(beta1, at.N))
	move := Div(m, AddScalar(Sqrt(v), orDefault(a.Epsilon, 1e-8)))
	return at.Box.Clip(Sub(at.Picture, Mul(rate, move))), []*Node{m, v}, nil
}

// inUnits runs an optimiser whose numbers are meant for pictures where white is so many units, not 1. Range and
// memory are the optimiser's own; it must show the picture that it evaluates next, see Best.
type inUnits struct {
	Optimizer
	unit [3]float64
}

// Update implements [Optimizer].
func (u inUnits) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	picture, box, unit := at.Picture, at.Box, channelUnit(at.Picture, u.unit)
	at.Picture, at.Gradient, at.Box = Mul(picture, unit), Div(at.Gradient, unit), nil
	next, nextMemory, accepted = u.Optimizer.Update(at, memory)
	move := Div(Sub(next, at.Picture), unit) // added to the picture, which is rounded once only
	return box.Clip(Add(picture, move)), nextMemory, accepted
}
