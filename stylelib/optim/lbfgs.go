package optim

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// LBFGS is the limited-memory quasi-Newton method of Liu and Nocedal (1989). It estimates the curvature of the loss from the last moves
// and the changes of the gradient along them, and takes direction and length of the next move from that. A line search finds each
// move by the strong Wolfe conditions; it mostly takes one evaluation.
//
// A step is one evaluation. An iteration ends only where [stylelib.Step] Accepted is true, and the picture shown is that of the last
// iteration. Without bounds the iterates are those of PyTorch's LBFGS with strong_wolfe. With bounds each trial picture is clipped,
// pixels that their gradient holds at a bound are left out of the direction (Bertsekas 1982), and pairs are remembered between the
// clipped pictures.
type LBFGS struct {
	History int // how many pairs of moves and gradient changes are remembered, up to 1000; each takes the memory of two pictures; 0: 10

	// FirstMove is the length of the first trial, when nothing is known of the curvature: by how much the values of the picture
	// change on average. 0: 0.02.
	FirstMove float64
}

// The arrays of the memory: the last iteration's picture and gradient, the direction of the line search, the gradient at its lowest
// point so far; pairs of moves and gradient changes, oldest first, with 1/(move · change); the state of the line search.
const (
	lbfgsPicture = iota
	lbfgsGradient
	lbfgsDirection
	lbfgsLowGradient
	lbfgsMoves
	lbfgsChanges
	lbfgsRho
	lbfgsSearch
)

// Memory implements [Optimizer].
func (l LBFGS) Memory(picture shapes.Shape) []shapes.Shape {
	pairs := shapes.Make(picture.DType, append([]int{l.history()}, picture.Dimensions...)...)
	return []shapes.Shape{picture, picture, picture, picture, pairs, pairs,
		shapes.Make(picture.DType, l.history()), shapes.Make(picture.DType, searchSize)}
}

// Rate implements [Optimizer]: the first trial is the whole quasi-Newton move.
func (l LBFGS) Rate(int) float64 { return 1 }

// Check returns an error for settings outside their ranges. It has no prefix.
func (l LBFGS) Check() error {
	if l.History < 0 || l.History > 1000 || !(l.FirstMove >= 0) {
		return fmt.Errorf("L-BFGS has a History of %d pairs and a FirstMove of %v; 0 to 1000 pairs can be remembered, and neither may be below 0", l.History, l.FirstMove)
	}
	return nil
}

// Best implements [Optimizer].
func (l LBFGS) Best() int { return lbfgsPicture }

// history returns how many pairs are remembered.
func (l LBFGS) history() int { return int(orDefault(float64(l.History), 10)) }

// Update implements [Optimizer].
func (l LBFGS) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	base, baseGradient, direction := memory[lbfgsPicture], memory[lbfgsGradient], memory[lbfgsDirection]
	before := unpackSearch(memory[lbfgsSearch])
	slope := innerProduct(at.Gradient, at.Bounds.feasible(direction, at.Picture))
	after, ended, lowIsHere := before.advance(sample{before.length, at.Loss, slope}, ReduceAllMax(Abs(direction)))
	lowGradient := Where(lowIsHere, at.Gradient, memory[lbfgsLowGradient])

	// Where the search ends, its lowest point is the next iteration's picture.
	fresh := LogicalOr(asBool(at.Fresh), LogicalNot(before.started))
	ended = LogicalOr(ended, fresh)
	arrived := after.low
	arrived.loss = Where(fresh, at.Loss, arrived.loss)
	stuck := LessOrEqual(arrived.length, ZerosLike(arrived.length)) // nothing along the line is lower
	here := LogicalOr(fresh, lowIsHere)
	picture := Where(here, at.Picture, at.Bounds.Clip(Add(base, Mul(arrived.length, direction))))
	gradient := Where(here, at.Gradient, lowGradient)

	known := pairs{memory[lbfgsMoves], memory[lbfgsChanges], memory[lbfgsRho]}
	known = known.remember(Sub(picture, base), Sub(gradient, baseGradient)).where(ended, known)
	known = known.forget(LogicalAnd(ended, LogicalOr(fresh, stuck)))

	newDirection, newSlope, newLength := l.newDirection(at, picture, gradient, known)
	picture = Where(ended, picture, base)
	direction = Where(ended, newDirection, direction)
	lowGradient = Where(ended, gradient, lowGradient)
	after = newSearch(arrived.loss, newSlope, newLength).where(ended, after)
	next = at.Bounds.Clip(Add(picture, Mul(after.length, direction)))
	return next, []*Node{picture, Where(ended, gradient, baseGradient), direction, lowGradient,
		known.moves, known.changes, known.rho, after.pack()}, ConvertDType(ended, at.Loss.DType())
}

// newDirection returns the direction of the line search that starts from an iteration's picture and gradient, the slope of the loss
// along it, and the length of the first trial.
func (l LBFGS) newDirection(at Evaluation, picture, gradient *Node, known pairs) (direction, slope, length *Node) {
	steepest := at.Bounds.feasible(Neg(gradient), picture)
	var free *Node
	if at.Bounds != nil {
		free = NotEqual(steepest, ZerosLike(steepest))
	}
	direction, any := known.inverseHessianTimes(steepest, free)
	direction = at.Bounds.feasible(direction, picture)
	slope = innerProduct(gradient, direction)
	// Without pairs, and where the direction does not descend for rounding, it is the steepest descent.
	descends := LogicalAnd(any, LessThan(slope, ZerosLike(slope)))
	first := Reciprocal(MaxScalar(graphs.SumAll(Abs(steepest)), 1e-30))
	first = MulScalar(first, orDefault(l.FirstMove, 0.02)*float64(picture.Shape().Size()))
	return Where(descends, direction, steepest), Where(descends, slope, innerProduct(gradient, steepest)), Where(descends, at.Rate, first)
}

// pairs are the remembered moves s [m, …] and gradient changes y [m, …], oldest first, and ρ = 1/(s·y) [m]. All three are 0 where there
// is no pair yet.
type pairs struct{ moves, changes, rho *Node }

// remember adds a pair and drops the oldest, unless the gradient did not grow along the move.
func (p pairs) remember(move, change *Node) pairs {
	product := innerProduct(move, change)
	lengths := Mul(Sqrt(innerProduct(move, move)), Sqrt(innerProduct(change, change)))
	push := func(list, last *Node) *Node {
		last = InsertAxes(last, 0)
		if list.Shape().Dim(0) == 1 {
			return last
		}
		return Concatenate([]*Node{Slice(list, AxisRange(1)), last}, 0)
	}
	grown := pairs{push(p.moves, move), push(p.changes, change), push(p.rho, Reciprocal(product))}
	return grown.where(GreaterThan(product, MulScalar(lengths, 1e-8)), p)
}

// where returns these pairs where the condition holds, the others elsewhere.
func (p pairs) where(condition *Node, others pairs) pairs {
	return pairs{Where(condition, p.moves, others.moves), Where(condition, p.changes, others.changes), Where(condition, p.rho, others.rho)}
}

// forget drops all pairs where the condition holds.
func (p pairs) forget(condition *Node) pairs {
	return pairs{ZerosLike(p.moves), ZerosLike(p.changes), ZerosLike(p.rho)}.where(condition, p)
}

// inverseHessianTimes multiplies a vector by the inverse of the Hessian as the pairs estimate it, by the two-loop recursion (Nocedal and
// Wright 2006, algorithm 7.4), and says whether there are any pairs. Places without a pair have ρ = 0 and change nothing. Where only some
// entries are free, it works in the space of these alone, without the pairs along which the gradient does not grow there; free nil: all are.
func (p pairs) inverseHessianTimes(q, free *Node) (product, any *Node) {
	among := func(x *Node) *Node { // with zeros for what is not free
		if free == nil {
			return x
		}
		return Where(free, x, ZerosLike(x))
	}
	m := p.rho.Shape().Dim(0)
	moves, changes, rhos := make([]*Node, m), make([]*Node, m), make([]*Node, m)
	for i := range m {
		moves[i], changes[i], rhos[i] = Squeeze(Slice(p.moves, AxisElem(i)), 0), Squeeze(Slice(p.changes, AxisElem(i)), 0), graphs.Entry(p.rho, i)
		if free != nil {
			growth := innerProduct(moves[i], among(changes[i]))
			rhos[i] = Where(GreaterThan(growth, ZerosLike(growth)), Reciprocal(growth), ZerosLike(growth))
		}
	}
	alpha := make([]*Node, m)
	for i := m - 1; i >= 0; i-- {
		alpha[i] = Mul(rhos[i], innerProduct(moves[i], q))
		q = Sub(q, Mul(alpha[i], among(changes[i]))) // so q has zeros there, too
	}
	last, rho := changes[m-1], rhos[m-1]
	any = GreaterThan(rho, ZerosLike(rho))
	product = Mul(Reciprocal(Where(any, Mul(rho, innerProduct(last, among(last))), OnesLike(rho))), q) // times s·y / y·y
	for i := range m {
		product = Add(product, Mul(Sub(alpha[i], Mul(rhos[i], innerProduct(changes[i], product))), among(moves[i])))
	}
	return product, any
}
