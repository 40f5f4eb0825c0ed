package optim

import (
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
)

// The line search of L-BFGS. It accepts a length that satisfies the strong Wolfe conditions: the loss falls by at least enoughDescent
// times what the slope at the start predicts, and the slope is at most enoughFlatter times that at the start (Nocedal and Wright 2006,
// section 3.1, with their constants).
const (
	enoughDescent = 1e-4
	enoughFlatter = 0.9
)

// When a search ends without such a length and takes the lowest point that it has evaluated.
const (
	maxTrials     = 25
	narrowBracket = 1e-9 // largest move of an entry between the bracket's ends
)

// sample is the loss and its slope at one length along the direction, all scalars.
type sample struct{ length, loss, slope *Node }

// search is the state of a line search (Nocedal and Wright 2006, algorithms 3.5 and 3.6). Each call of advance takes one evaluation:
// first trials grow until they bracket an acceptable length, then the bracket shrinks around it. Limits and safeguards are PyTorch's.
// All fields are scalars; conditions are booleans.
type search struct {
	started *Node // false: there is no search yet
	zooming *Node // low and high bracket an acceptable length
	slow    *Node // the last trial was close to an end of the bracket
	trials  *Node // how many were evaluated
	length  *Node // to try now

	start     sample // at length 0
	low, high sample // low: the lowest point of the bracket, or the one tried before; high: the other end
}

// searchSize is the number of scalars that pack returns.
const searchSize = 13

// newSearch returns the search that starts at a loss with a slope below 0 and tries a length first.
func newSearch(loss, slope, length *Node) search {
	zero := ZerosLike(loss)
	no := asBool(zero)
	start := sample{zero, loss, slope}
	return search{LogicalNot(no), no, no, zero, length, start, start, start}
}

// advance takes the sample at the length just tried. It returns the search with the next length to try, whether it has ended, with low
// as the point to take, and whether low is that sample. spread is the largest absolute entry of the direction.
func (s search) advance(here sample, spread *Node) (next search, ended, lowIsHere *Node) {
	zero := ZerosLike(here.loss)
	predicted := Add(s.start.loss, Mul(MulScalar(here.length, enoughDescent), s.start.slope))
	second := LogicalOr(s.zooming, GreaterThan(s.trials, OnesLike(zero)))
	tooHigh := LogicalOr(LogicalNot(LessOrEqual(here.loss, predicted)), LogicalAnd(second, GreaterOrEqual(here.loss, s.low.loss)))
	flat := LogicalAnd(LogicalNot(tooHigh), LessOrEqual(Abs(here.slope), MulScalar(s.start.slope, -enoughFlatter)))
	ahead := Where(s.zooming, Sub(s.high.length, s.low.length), OnesLike(zero)) // its sign: on which side the other end is
	rising := GreaterOrEqual(Mul(here.slope, ahead), zero)
	shrink := LogicalOr(tooHigh, LogicalAnd(rising, LogicalNot(flat))) // the length lies between low and here

	lowIsHere = LogicalOr(LogicalNot(shrink), LessThan(here.loss, s.low.loss))
	next = s
	next.trials = AddScalar(s.trials, 1)
	next.zooming = LogicalOr(s.zooming, shrink)
	next.high = s.low.where(lowIsHere, here).where(shrink, s.high)
	next.low = here.where(lowIsHere, s.low)

	interpolated, slow := next.interpolate()
	next.length = Where(next.zooming, interpolated, extrapolate(s.low, here))
	next.slow = LogicalAnd(next.zooming, slow)
	width := Mul(Abs(Sub(next.high.length, next.low.length)), spread)
	narrow := LogicalAnd(next.zooming, LessThan(width, AddScalar(zero, narrowBracket)))
	ended = LogicalOr(flat, LogicalOr(narrow, GreaterOrEqual(next.trials, AddScalar(zero, maxTrials))))
	return next, ended, lowIsHere
}

// interpolate returns the next length to try in the bracket, and whether it is close to one of its ends. Where that happens twice in a
// row, or the length is the end itself, it is moved inwards by a tenth of the bracket.
func (s search) interpolate() (length, slow *Node) {
	least, most := Min(s.low.length, s.high.length), Max(s.low.length, s.high.length)
	length = minimumOfCubic(s.low, s.high, least, most)
	margin := MulScalar(Sub(most, least), 0.1)
	toMost, toLeast := Sub(most, length), Sub(length, least)
	close := LessThan(Min(toMost, toLeast), margin)
	atEnd := LessOrEqual(Min(toMost, toLeast), ZerosLike(margin))
	moved := LogicalAnd(close, LogicalOr(s.slow, atEnd))
	inwards := Where(LessThan(toMost, toLeast), Sub(most, margin), Add(least, margin))
	return Where(moved, inwards, length), LogicalAnd(close, LogicalNot(moved))
}

// extrapolate returns the next length to try after two that are both too short.
func extrapolate(before, here sample) *Node {
	least := Add(here.length, MulScalar(Sub(here.length, before.length), 0.01))
	return minimumOfCubic(before, here, least, MulScalar(here.length, 10))
}

// minimumOfCubic returns the length at which the cubic polynomial through two samples has its minimum (Nocedal and Wright 2006, equation
// 3.59), clipped to between least and most; the middle of these where there is no minimum.
func minimumOfCubic(a, b sample, least, most *Node) *Node {
	first := LessOrEqual(a.length, b.length)
	a, b = a.where(first, b), b.where(first, a)
	span := Sub(b.length, a.length)
	d1 := Sub(Add(a.slope, b.slope), Div(MulScalar(Sub(a.loss, b.loss), 3), Sub(a.length, b.length)))
	square := Sub(Square(d1), Mul(a.slope, b.slope))
	d2 := Sqrt(square)
	at := Sub(b.length, Mul(span, Div(Sub(Add(b.slope, d2), d1), Add(Sub(b.slope, a.slope), MulScalar(d2, 2)))))
	middle := MulScalar(Add(least, most), 0.5)
	return Where(GreaterOrEqual(square, ZerosLike(square)), Min(Max(at, least), most), middle)
}

// where returns a where the condition holds, other elsewhere.
func (a sample) where(condition *Node, other sample) sample {
	return sample{Where(condition, a.length, other.length), Where(condition, a.loss, other.loss), Where(condition, a.slope, other.slope)}
}

// where returns s where the condition holds, other elsewhere.
func (s search) where(condition *Node, other search) search {
	return search{
		Where(condition, s.started, other.started), Where(condition, s.zooming, other.zooming), Where(condition, s.slow, other.slow),
		Where(condition, s.trials, other.trials), Where(condition, s.length, other.length),
		s.start.where(condition, other.start), s.low.where(condition, other.low), s.high.where(condition, other.high),
	}
}

// pack returns the search as a vector [searchSize].
func (s search) pack() *Node {
	dtype := s.length.DType()
	return Stack([]*Node{
		ConvertDType(s.started, dtype), ConvertDType(s.zooming, dtype), ConvertDType(s.slow, dtype), s.trials, s.length,
		s.start.loss, s.start.slope,
		s.low.length, s.low.loss, s.low.slope, s.high.length, s.high.loss, s.high.slope,
	}, 0)
}

// unpackSearch is the inverse of pack. Of zeros it returns a search that has not started.
func unpackSearch(vector *Node) search {
	at := func(i int) *Node { return graphs.Entry(vector, i) }
	return search{
		asBool(at(0)), asBool(at(1)), asBool(at(2)), at(3), at(4),
		sample{ZerosLike(at(4)), at(5), at(6)}, sample{at(7), at(8), at(9)}, sample{at(10), at(11), at(12)},
	}
}
