package stylelib

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// Optimizer moves the picture against the gradient of the loss. It is written as graph operations, so that picture
// and memory stay on the device.
type Optimizer interface {
	// Slots returns how many arrays of the picture's shape it remembers from step to step, all zero at the start.
	Slots() int

	// Rate returns the learning rate of step n, counted from 1, in units of the picture's range: 0.01 moves a pixel
	// by about a hundredth of the way from black to white.
	Rate(n int) float64

	// Update returns the next picture and memory. picture and gradient are [1, h, w, 3]; rate and n, the step's
	// number from 1, are scalars of the picture's type.
	Update(picture, gradient *Node, memory []*Node, rate, n *Node) (*Node, []*Node)
}

// Adam is the optimiser of Kingma and Ba (2015). It moves each pixel by about LearningRate a step,
// whatever the size of the gradient.
type Adam struct {
	LearningRate float64 // 0: 0.05
	Beta1, Beta2 float64 // how long gradients and their squares are remembered; 0: 0.9 and 0.999
	Epsilon      float64 // keeps the division finite; 0: 1e-8
}

// Slots implements [Optimizer]: the running means of the gradient and of its square.
func (a Adam) Slots() int { return 2 }

// Rate implements [Optimizer].
func (a Adam) Rate(int) float64 { return orDefault(a.LearningRate, 0.05) }

// Update implements [Optimizer] by the paper's algorithm 1, with both means corrected for starting at 0:
// picture - rate · m̂ / (√v̂ + ε).
func (a Adam) Update(picture, gradient *Node, memory []*Node, rate, n *Node) (*Node, []*Node) {
	beta1, beta2 := orDefault(a.Beta1, 0.9), orDefault(a.Beta2, 0.999)
	m := Add(MulScalar(memory[0], beta1), MulScalar(gradient, 1-beta1))
	v := Add(MulScalar(memory[1], beta2), MulScalar(Square(gradient), 1-beta2))
	mHat := Div(m, oneMinusPower(beta1, n))
	vHat := Div(v, oneMinusPower(beta2, n))
	move := Div(mHat, AddScalar(Sqrt(vHat), orDefault(a.Epsilon, 1e-8)))
	return Sub(picture, Mul(rate, move)), []*Node{m, v}
}

// oneMinusPower returns 1 - βⁿ as -expm1(n·ln β), which float32 computes without loss where β is close to 1.
func oneMinusPower(beta float64, n *Node) *Node { return Neg(Expm1(MulScalar(n, math.Log(beta)))) }

// orDefault returns value, or what stands for it where it is 0.
func orDefault(value, standard float64) float64 {
	if value == 0 {
		return standard
	}
	return value
}
