package optim

import (
	"fmt"
	"image"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// Optimizer moves the picture against the gradient of the loss. It is written as graph operations, so that picture
// and memory stay on the device. One step is one evaluation of the loss and its gradient, whatever the optimiser.
type Optimizer interface {
	// Memory returns the shapes of the arrays it remembers from step to step for a picture of this shape. All are
	// zero at the start.
	Memory(picture shapes.Shape) []shapes.Shape

	// Rate returns the learning rate of step n, counted from 1. Adam's is in units of the picture's range: 0.01 moves
	// a pixel by about a hundredth of the way from black to white.
	Rate(n int) float64

	// Update returns the picture to evaluate next, which it keeps in at.Box (see [Bounds.Clip]), the next memory, and a scalar
	// of the picture's type: 1 where an iteration ends here, 0 where the search goes on that it belongs to. nil stands for 1.
	Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node)

	// Best returns which array of the memory is the picture to show after a step, below 0 where it is the one to
	// evaluate next. A line search tries pictures that nobody should see.
	Best() int
}

// Evaluation is what an optimiser is told at one step. The scalars are of the picture's type.
type Evaluation struct {
	Picture  *Node   // [1, h, w, 3]; the optimisers here take any shape
	Loss     *Node   // of Picture, a scalar
	Gradient *Node   // of Loss to Picture, of its shape
	Rate     *Node   // a scalar
	N        *Node   // the step's number from 1, a scalar
	Fresh    *Node   // a scalar: 1 at the first step and where the loss is no longer the one of the step before, else 0
	Bounds   *Bounds // the values that a picture may have; nil: all
}

// update calls an optimiser's Update and panics where it returns what it must not.
func Update(o Optimizer, at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	graphs.Explain("the optimiser's Update", func() {
		next, nextMemory, accepted = o.Update(at, memory)
		if accepted == nil {
			accepted = OnesLike(at.Loss)
		}
		if len(nextMemory) != len(memory) {
			exceptions.Panicf("it returned %d arrays of memory, Memory names %d", len(nextMemory), len(memory))
		}
		alike("the next picture", next, at.Picture)
		for i := range memory {
			alike(fmt.Sprintf("array %d of the next memory", i), nextMemory[i], memory[i])
		}
		alike("accepted", accepted, at.Loss)
	})
	return next, nextMemory, accepted
}

// alike panics where what an optimiser returned has not the shape of the model.
func alike(what string, got, model *Node) {
	if got == nil {
		exceptions.Panicf("it returned nil for %s, want %s", what, model.Shape())
	}
	if !got.Shape().Equal(model.Shape()) {
		exceptions.Panicf("it returned %s for %s, want %s", got.Shape(), what, model.Shape())
	}
}

// Box is the closed interval from Low to High.
type Bounds struct{ Low, High float64 }

// Clip moves every entry of x into the box; b may be nil, which is no box.
func (b *Bounds) Clip(x *Node) *Node {
	if b == nil {
		return x
	}
	return ClipScalar(x, b.Low, b.High)
}

// inside returns the direction with 0 where it would lead out of the box at x.
func (b *Bounds) inside(direction, x *Node) *Node {
	if b == nil {
		return direction
	}
	zero := ScalarZero(x.Graph(), x.DType())
	below := LogicalAnd(LessOrEqual(x, AddScalar(zero, b.Low)), LessThan(direction, zero))
	above := LogicalAnd(GreaterOrEqual(x, AddScalar(zero, b.High)), GreaterThan(direction, zero))
	return Where(LogicalOr(below, above), ZerosLike(direction), direction)
}

// orDefault returns value, or what stands for it where it is 0.
func orDefault(value, standard float64) float64 {
	if value == 0 {
		return standard
	}
	return value
}

// Enlarger is an [Optimizer] whose memory serves a picture of another size too.
type Enlarger interface {
	// Enlarge returns the memory, gathered in age steps at the size from, as it would be at the size to, and how many
	// steps it counts as there.
	Enlarge(memory [][]float32, age int, from, to image.Point) (large [][]float32, counts int)
}
