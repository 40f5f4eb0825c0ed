package preset

import (
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/optim"
)

// inUnits runs an optimiser whose numbers are meant for pictures where white is so many units, not 1. Range and
// memory are the optimiser's own; it must show the picture that it evaluates next, see Best.
type inUnits struct {
	optim.Optimizer
	unit [3]float64
}

// Update implements [optim.Optimizer].
func (u inUnits) Update(at optim.Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	picture, box, unit := at.Picture, at.Bounds, channelUnit(at.Picture, u.unit)
	at.Picture, at.Gradient, at.Bounds = Mul(picture, unit), Div(at.Gradient, unit), nil
	next, nextMemory, accepted = u.Optimizer.Update(at, memory)
	move := Div(Sub(next, at.Picture), unit) // added to the picture, which is rounded once only
	return box.Clip(Add(picture, move)), nextMemory, accepted
}
