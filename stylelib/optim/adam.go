package optim

import (
	"fmt"
	"image"
	"math"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Adam is the optimiser of Kingma and Ba (2015). It moves each pixel by about LearningRate a step, whatever the size of the gradient.
type Adam struct {
	LearningRate float64 // in units of the picture's values; 0: 0.05
	Beta1, Beta2 float64 // the decay of the running means of the gradient and of its square, below 1; 0: 0.9 and 0.999
	Epsilon      float64 // keeps the division finite; 0: 1e-8

	// Decay multiplies the learning rate once every DecayEvery steps; 0: 0.995; 1: it stays. DecayEvery 0: 1. At a rate that stays
	// the loss rises again and again near its end, for the mean of squares forgets slowly what a step that was too long has done.
	Decay      float64
	DecayEvery int

	// Average, from 0 to below 1, makes Adam show a running mean of the pictures in place of the last: each has Average times the
	// weight of the one after it. The steps are the same; their noise is averaged out (Polyak and Juditsky 1992). 0: none.
	Average float64
}

// Check returns an error for settings outside their ranges. It has no prefix.
func (a Adam) Check() error {
	for _, share := range []float64{a.Beta1, a.Beta2, a.Average} {
		if !(share >= 0 && share < 1) {
			return fmt.Errorf("Adam's Beta1, Beta2 and Average are %v, %v and %v; they must be at least 0 and below 1", a.Beta1, a.Beta2, a.Average)
		}
	}
	if !(a.Epsilon >= 0) {
		return fmt.Errorf("Adam's Epsilon is %v; it must be above 0", a.Epsilon)
	}
	return checkDecay("Adam", a.Decay, a.DecayEvery)
}

// checkDecay returns an error for a decay of the learning rate outside its range.
func checkDecay(optimizer string, decay float64, every int) error {
	if !(decay >= 0) || math.IsInf(decay, 0) || every < 0 {
		return fmt.Errorf("%s's Decay is %v every %d steps; a positive factor every 1 or more is needed", optimizer, decay, every)
	}
	return nil
}

// Memory implements [Optimizer]: the running means of the gradient and of its square, and with Average that of the picture.
func (a Adam) Memory(picture shapes.Shape) []shapes.Shape {
	if a.Average > 0 {
		return []shapes.Shape{picture, picture, picture}
	}
	return []shapes.Shape{picture, picture}
}

// Rate implements [Optimizer].
func (a Adam) Rate(n int) float64 {
	return orDefault(a.LearningRate, 0.05) * math.Pow(orDefault(a.Decay, 0.995), float64((n-1)/max(1, a.DecayEvery)))
}

// Best implements [Optimizer].
func (a Adam) Best() int {
	if a.Average > 0 {
		return 2
	}
	return -1
}

// Update implements [Optimizer] by the paper's algorithm 1, with both means corrected for their start at 0:
// picture - rate · m̂ / (√v̂ + ε).
func (a Adam) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	m, v := a.runningMeans(at.Gradient, memory)
	beta1, beta2 := a.betas()
	mHat := Div(m, oneMinusPower(beta1, at.N))
	vHat := Div(v, oneMinusPower(beta2, at.N))
	move := Div(mHat, AddScalar(Sqrt(vHat), orDefault(a.Epsilon, 1e-8)))
	next = at.Bounds.Clip(Sub(at.Picture, Mul(at.Rate, move)))
	nextMemory = []*Node{m, v}
	if a.Average > 0 {
		share := Div(ScalarOne(m.Graph(), m.DType()), oneMinusPower(a.Average, at.N))
		share = MulScalar(share, 1-a.Average) // of the newest among n pictures: 1 at the first step
		nextMemory = append(nextMemory, Add(memory[2], Mul(share, Sub(next, memory[2]))))
	}
	return next, nextMemory, nil
}

// runningMeans returns the running means of the gradient and of its square, which are the first two arrays of the memory.
func (a Adam) runningMeans(gradient *Node, memory []*Node) (m, v *Node) {
	beta1, beta2 := a.betas()
	m = Add(MulScalar(memory[0], beta1), MulScalar(gradient, 1-beta1))
	v = Add(MulScalar(memory[1], beta2), MulScalar(Square(gradient), 1-beta2))
	return m, v
}

// betas returns Beta1 and Beta2, or what stands for them.
func (a Adam) betas() (beta1, beta2 float64) {
	return orDefault(a.Beta1, 0.9), orDefault(a.Beta2, 0.999)
}

// oneMinusPower returns 1 - βⁿ as -expm1(n·ln β), which float32 computes without loss where β is close to 1.
func oneMinusPower(beta float64, n *Node) *Node { return Neg(Expm1(MulScalar(n, math.Log(beta)))) }

// Enlarge implements [Enlarger]. The loss is a mean over pixels, so the gradient at each of more pixels is smaller. The memory counts as
// that of at most ten steps. It is a first guess at the new size, to be replaced soon; counted in full, the old mean of squares would
// keep steps small for a thousand steps.
func (a Adam) Enlarge(memory [][]float32, age int, from, to image.Point) (large [][]float32, counts int) {
	counts = min(age, 10)
	fewer := func(beta float64) float64 { // a mean corrected for age steps becomes one corrected for counts
		return (1 - math.Pow(beta, float64(counts))) / (1 - math.Pow(beta, float64(age)))
	}
	beta1, beta2 := a.betas()
	smaller := float64(from.X*from.Y) / float64(to.X*to.Y)
	factors := []float64{smaller * fewer(beta1), smaller * smaller * fewer(beta2), 1} // of the gradient, its square, the picture
	for i, values := range memory {
		large = append(large, resize(values, from, to, float32(factors[i])))
	}
	return large, counts
}

// resize scales values [h, w, 3] to another size, bilinearly, and multiplies them by a factor.
func resize(values []float32, from, to image.Point, factor float32) []float32 {
	out := make([]float32, 0, 3*to.X*to.Y)
	neighbours := func(i, from, to int) (low, high int, share float32) {
		at := max(0, min(float64(from-1), (float64(i)+0.5)*float64(from)/float64(to)-0.5))
		low = int(at)
		return low, min(low+1, from-1), float32(at - float64(low))
	}
	for y := range to.Y {
		top, bottom, down := neighbours(y, from.Y, to.Y)
		for x := range to.X {
			left, right, across := neighbours(x, from.X, to.X)
			for c := range 3 {
				at := func(y, x int) float32 { return values[3*(y*from.X+x)+c] }
				upper := at(top, left) + across*(at(top, right)-at(top, left))
				lower := at(bottom, left) + across*(at(bottom, right)-at(bottom, left))
				out = append(out, factor*(upper+down*(lower-upper)))
			}
		}
	}
	return out
}

// TensorFlowAdam is [Adam] as TensorFlow and Keras compute it: ε is added before the mean of squares is corrected for its start at 0,
// so it has more effect in the first steps. Average must be 0.
type TensorFlowAdam struct{ Adam }

// Update implements [Optimizer]: picture - rate · √(1-β₂ⁿ)/(1-β₁ⁿ) · m/(√v + ε).
func (a TensorFlowAdam) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	m, v := a.runningMeans(at.Gradient, memory)
	beta1, beta2 := a.betas()
	rate := Div(Mul(at.Rate, Sqrt(oneMinusPower(beta2, at.N))), oneMinusPower(beta1, at.N))
	move := Div(m, AddScalar(Sqrt(v), orDefault(a.Epsilon, 1e-8)))
	return at.Bounds.Clip(Sub(at.Picture, Mul(rate, move))), []*Node{m, v}, nil
}
