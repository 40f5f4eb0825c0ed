package preset

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/optim"
)

// inUnits is an optimiser whose numbers are for pictures in which white is unit, not 1, in R, G and B. The picture that it shows must be the
// one that it evaluates next, see [optim.Optimizer] Best.
type inUnits struct {
	optim.Optimizer
	unit [3]float64
}

// Update implements [optim.Optimizer].
func (u inUnits) Update(at optim.Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	picture, bounds, unit := at.Picture, at.Bounds, channelUnit(at.Picture, u.unit)
	at.Picture, at.Gradient, at.Bounds = Mul(picture, unit), Div(at.Gradient, unit), nil
	next, nextMemory, accepted = u.Optimizer.Update(at, memory)
	move := Div(Sub(next, at.Picture), unit) // added to the picture, which is rounded once only
	return bounds.Clip(Add(picture, move)), nextMemory, accepted
}

// SetRate changes the learning rate, in units of [Preset] Unit. It returns an error where the optimiser has none.
func (p *Preset) SetRate(rate float64) error {
	optimizer, ok := withRate(p.Optimizer, rate)
	if !ok {
		return fmt.Errorf("preset: %s: its optimiser has no learning rate; a line search finds the length of its moves", p.Name)
	}
	p.Optimizer = optimizer
	return nil
}

// withRate returns the optimiser with a learning rate, and whether it has one.
func withRate(o optim.Optimizer, rate float64) (optim.Optimizer, bool) {
	switch o := o.(type) {
	case optim.Adam:
		o.LearningRate = rate
		return o, true
	case optim.SGD:
		o.LearningRate = rate
		return o, true
	case optim.TensorFlowAdam:
		o.LearningRate = rate
		return o, true
	case inUnits:
		scaled, ok := withRate(o.Optimizer, rate)
		return inUnits{scaled, o.unit}, ok
	}
	return o, false
}
