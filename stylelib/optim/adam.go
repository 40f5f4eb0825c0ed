package optim

import (
	"fmt"
	"image"
	"math"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// tensorFlowAdam is Adam as TensorFlow and Keras have it: ε is added before the correction of the second mean, and so
// counts for more in the first steps.
type TensorFlowAdam struct{ Adam }

// Update implements [Optimizer]: rate · √(1-β₂ⁿ)/(1-β₁ⁿ) · m/(√v + ε).
func (a TensorFlowAdam) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	beta1, beta2 := orDefault(a.Beta1, 0.9), orDefault(a.Beta2, 0.999)
	m := Add(MulScalar(memory[0], beta1), MulScalar(at.Gradient, 1-beta1))
	v := Add(MulScalar(memory[1], beta2), MulScalar(Square(at.Gradient), 1-beta2))
	rate := Div(Mul(at.Rate, Sqrt(oneMinusPower(beta2, at.N))), oneMinusPower(beta1, at.N))
	move := Div(m, AddScalar(Sqrt(v), orDefault(a.Epsilon, 1e-8)))
	return at.Bounds.Clip(Sub(at.Picture, Mul(rate, move))), []*Node{m, v}, nil
}

// Adam is the optimiser of Kingma and Ba (2015). It moves each pixel by about LearningRate a step,
// whatever the size of the gradient.
type Adam struct {
	LearningRate float64 // 0: 0.05
	Beta1, Beta2 float64 // how long gradients and their squares are remembered; 0: 0.9 and 0.999
	Epsilon      float64 // keeps the division finite; 0: 1e-8

	// Decay multiplies the learning rate once every DecayEvery steps; 0: it stays. DecayEvery 0: 1.
	Decay      float64
	DecayEvery int

	// Average, from 0 to below 1, shows a running mean of the pictures instead of the last: each weighs Average times
	// the one after it. The steps are the same, their noise is averaged out (Polyak and Juditsky 1992). 0: none.
	Average float64
}

// Memory implements [Optimizer]: the running means of the gradient and of its square, and of the picture.
func (a Adam) Memory(picture shapes.Shape) []shapes.Shape {
	if a.Average > 0 {
		return []shapes.Shape{picture, picture, picture}
	}
	return []shapes.Shape{picture, picture}
}

// Rate implements [Optimizer].
func (a Adam) Rate(n int) float64 {
	rate := orDefault(a.LearningRate, 0.05)
	if a.Decay != 0 {
		rate *= math.Pow(a.Decay, float64((n-1)/max(1, a.DecayEvery)))
	}
	return rate
}

// check finds settings that cannot be meant.
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

// checkDecay finds a decay of the learning rate that cannot be meant.
func checkDecay(optimizer string, decay float64, every int) error {
	if !(decay >= 0) || math.IsInf(decay, 0) || every < 0 {
		return fmt.Errorf("%s's Decay is %v every %d steps; a positive factor every 1 or more is needed", optimizer, decay, every)
	}
	return nil
}

// Best implements [Optimizer].
func (a Adam) Best() int {
	if a.Average > 0 {
		return 2
	}
	return -1
}

// Update implements [Optimizer] by the paper's algorithm 1, with both means corrected for starting at 0:
// picture - rate · m̂ / (√v̂ + ε).
func (a Adam) Update(at Evaluation, memory []*Node) (next *Node, nextMemory []*Node, accepted *Node) {
	beta1, beta2 := orDefault(a.Beta1, 0.9), orDefault(a.Beta2, 0.999)
	m := Add(MulScalar(memory[0], beta1), MulScalar(at.Gradient, 1-beta1))
	v := Add(MulScalar(memory[1], beta2), MulScalar(Square(at.Gradient), 1-beta2))
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

// Enlarge implements [Enlarger]. A loss that is a mean over pixels gives each of more pixels a smaller gradient. The memory
// counts as that of ten steps: at a new size it is a first guess, to be forgotten soon, where that of the squares would
// hold steps down for a thousand.
func (a Adam) Enlarge(memory [][]float32, age int, from, to image.Point) (large [][]float32, counts int) {
	counts = min(age, 10)
	fewer := func(beta float64) float64 { // a mean corrected for age steps becomes one corrected for counts
		return (1 - math.Pow(beta, float64(counts))) / (1 - math.Pow(beta, float64(age)))
	}
	smaller := float64(from.X*from.Y) / float64(to.X*to.Y)
	factors := []float64{ // of the gradient, its square, the picture
		smaller * fewer(orDefault(a.Beta1, 0.9)), smaller * smaller * fewer(orDefault(a.Beta2, 0.999)), 1}
	for i, values := range memory {
		large = append(large, stretch(values, from, to, float32(factors[i])))
	}
	return large, counts
}

// stretch scales values [h, w, 3] to another size, each between its neighbours, and multiplies them by a factor.
func stretch(values []float32, from, to image.Point, factor float32) []float32 {
	out := make([]float32, 0, 3*to.X*to.Y)
	place := func(i, from, to int) (low, high int, share float32) {
		at := max(0, min(float64(from-1), (float64(i)+0.5)*float64(from)/float64(to)-0.5))
		low = int(at)
		return low, min(low+1, from-1), float32(at - float64(low))
	}
	for y := range to.Y {
		top, bottom, down := place(y, from.Y, to.Y)
		for x := range to.X {
			left, right, across := place(x, from.X, to.X)
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

// oneMinusPower returns 1 - βⁿ as -expm1(n·ln β), which float32 computes without loss where β is close to 1.
func oneMinusPower(beta float64, n *Node) *Node { return Neg(Expm1(MulScalar(n, math.Log(beta)))) }
