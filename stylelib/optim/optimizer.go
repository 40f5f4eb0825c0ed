// Package optim has the optimisers that move the pixels of a picture against the gradient of a loss.
//
//	optimizer.go    Optimizer, what an optimiser is given (Evaluation, Bounds), and Update, which checks what it returns
//	adam.go         Adam, and TensorFlowAdam as TensorFlow and Keras compute it
//	sgd.go          SGD, gradient descent
//	lbfgs.go        LBFGS, with the line search of linesearch.go
//
// Pictures are [1, h, w, 3] with values in [0, 1] in float32, but the optimisers here take any shape and float type. All of it is
// GoMLX graphs. It needs package internal/graphs.
package optim

import (
	"fmt"
	"image"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
	"stylenet/stylelib/internal/graphs"
)

// Optimizer moves the picture against the gradient of the loss. It is written as graph operations, so that picture and memory stay on
// the device. One step is one evaluation of the loss and its gradient, whatever the optimiser.
type Optimizer interface {
	// Memory returns the shapes of the arrays that it keeps from step to step for a picture of this shape. All are zero at the
	// start.
	Memory(picture shapes.Shape) []shapes.Shape

	// Rate returns the learning rate of step n, counted from 1. Adam's is in units of the picture's values: 0.01 moves a pixel by
	// about a hundredth of the way from black to white.
	Rate(n int) float64

	// Update returns the picture to evaluate next, within at.Bounds (see [Bounds.Clip]), the next memory, and accepted, a scalar of
	// the picture's type: 1 where an iteration ends with this step, 0 where its line search goes on. nil stands for 1.
	Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node)

	// Best returns which array of the memory is the picture to show after a step. Below 0 it is the picture to evaluate next. The
	// trial pictures of a line search are not to be shown.
	Best() int
}

// Evaluation is what an optimiser is given at one step. The scalars are of the picture's type.
type Evaluation struct {
	Picture  *Node   // [1, h, w, 3]
	Loss     *Node   // of Picture, a scalar
	Gradient *Node   // of Loss with respect to Picture, of its shape
	Rate     *Node   // see [Optimizer], a scalar
	N        *Node   // the step's number from 1, a scalar
	Fresh    *Node   // a scalar: 1 at the first step and where the loss is another function than at the step before, else 0
	Bounds   *Bounds // the values that a picture may have; nil: all
}

// Enlarger is an [Optimizer] whose memory can be scaled with the picture.
type Enlarger interface {
	// Enlarge returns the memory, gathered in age steps at the size from, as it would be at the size to, and how many steps it
	// counts as there.
	Enlarge(memory [][]float32, age int, from, to image.Point) (large [][]float32, counts int)
}

// Update calls o.Update and returns what it returns, with 1 for an accepted of nil. It panics where the number of arrays or a shape is
// wrong.
func Update(o Optimizer, at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	graphs.Explain("the optimiser's Update", func() {
		next, nextMemory, accepted = o.Update(at, memory)
		if accepted == nil {
			accepted = OnesLike(at.Loss)
		}
		if len(nextMemory) != len(memory) {
			exceptions.Panicf("it returned %d arrays of memory, Memory names %d", len(nextMemory), len(memory))
		}
		assertSameShape("the next picture", next, at.Picture)
		for i := range memory {
			assertSameShape(fmt.Sprintf("array %d of the next memory", i), nextMemory[i], memory[i])
		}
		assertSameShape("accepted", accepted, at.Loss)
	})
	return next, nextMemory, accepted
}

// assertSameShape panics where what an optimiser returned has not the wanted shape.
func assertSameShape(what string, got, want *Node) {
	if got == nil {
		exceptions.Panicf("it returned nil for %s, want %s", what, want.Shape())
	}
	if !got.Shape().Equal(want.Shape()) {
		exceptions.Panicf("it returned %s for %s, want %s", got.Shape(), what, want.Shape())
	}
}

// Bounds are the least and the largest value that a pixel may have.
type Bounds struct{ Low, High float64 }

// Clip returns x with every entry clipped to the bounds; x itself where b is nil.
func (b *Bounds) Clip(x *Node) *Node {
	if b == nil {
		return x
	}
	return ClipScalar(x, b.Low, b.High)
}

// feasible returns the direction with 0 where x is at a bound and the direction leads out of it.
func (b *Bounds) feasible(direction, x *Node) *Node {
	if b == nil {
		return direction
	}
	zero := ScalarZero(x.Graph(), x.DType())
	below := LogicalAnd(LessOrEqual(x, AddScalar(zero, b.Low)), LessThan(direction, zero))
	above := LogicalAnd(GreaterOrEqual(x, AddScalar(zero, b.High)), GreaterThan(direction, zero))
	return Where(LogicalOr(below, above), ZerosLike(direction), direction)
}

// orDefault returns value, or standard where value is 0.
func orDefault(value, standard float64) float64 {
	if value == 0 {
		return standard
	}
	return value
}

// innerProduct returns the sum of a·b over all entries.
func innerProduct(a, b *Node) *Node { return graphs.SumAll(Mul(a, b)) }

// asBool turns a scalar 1 or 0 into a condition.
func asBool(x *Node) *Node { return ConvertDType(x, dtypes.Bool) }
