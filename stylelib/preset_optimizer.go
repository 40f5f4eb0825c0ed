package stylelib

import (
	. "github.com/gomlx/gomlx/core/graph"
)

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
