package stylelib

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"stylenet/stylelib/conv"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// control lets Options.Control change the run before the next step, as often as it goes back.
func (r *run) control() error {
	for r.o.Control != nil {
		if err := r.remember(); err != nil {
			return err
		}
		back := r.o.Control(r.n, r.weights, &r.rate)
		if err := r.checkKnobs(); err != nil {
			return err
		}
		if back >= r.n || r.n == r.history[0].Step {
			return nil
		}
		if err := r.goBack(back); err != nil {
			return err
		}
	}
	return nil
}

// checkKnobs finds what Control has set wrong.
func (r *run) checkKnobs() error {
	for name, weight := range r.weights {
		if !slices.ContainsFunc(r.o.Terms, func(t Term) bool { return t.Name == name }) {
			return fmt.Errorf("stylelib: Control set the weight of %q; the terms are %s", name, slices.Sorted(maps.Keys(r.termWeights())))
		}
		if !(weight >= 0) || math.IsInf(weight, 0) {
			return fmt.Errorf("stylelib: Control set the weight of %q to %v; a finite number from 0 on is needed", name, weight)
		}
	}
	for _, term := range r.o.Terms {
		if _, ok := r.weights[term.Name]; !ok {
			return fmt.Errorf("stylelib: Control took the weight of %q away; 0 leaves the term out", term.Name)
		}
	}
	if !(r.rate > 0) || math.IsInf(r.rate, 0) {
		return fmt.Errorf("stylelib: Control set the factor on the learning rate to %v; it must be above 0", r.rate)
	}
	return nil
}

// termWeights returns the terms' weights as Options has them, by name.
func (r *run) termWeights() map[string]float64 {
	weights := map[string]float64{}
	for _, term := range r.o.Terms {
		weights[term.Name] = term.Weight
	}
	return weights
}

// weightList returns the weights that hold now, in the order of the terms.
func (r *run) weightList() []float32 {
	list := make([]float32, len(r.o.Terms))
	for i, term := range r.o.Terms {
		list[i] = float32(r.weights[term.Name])
	}
	return list
}

const rememberEvery = 5 // steps

var rememberMost = 100_000_000 // numbers, of 4 bytes each; two states are kept in any case

// remember keeps the run's state for goBack, where it is one to keep, and forgets older ones: of those as old as a
// given number of steps about three stay, whatever the number, and of large states fewer.
func (r *run) remember() error {
	if n := len(r.history); n > 0 && (r.n%rememberEvery != 0 || r.history[n-1].Step >= r.n) {
		return nil
	}
	state, err := r.state()
	if err != nil {
		return err
	}
	r.history = append(r.history, state)
	first := r.history[0]
	r.history = slices.DeleteFunc(r.history, func(s *State) bool {
		i := s.Step / rememberEvery
		return s != first && r.n/rememberEvery-i > 3*(i&-i)
	})
	size := len(state.Picture)
	for _, values := range state.Memory {
		size += len(values)
	}
	if most := max(2, rememberMost/size); len(r.history) > most {
		r.history = slices.Delete(r.history, 1, 1+len(r.history)-most)
	}
	return nil
}

// goBack makes the run what it was after n steps, or at the nearest moment before that it remembers.
func (r *run) goBack(n int) error {
	for len(r.history) > 1 && r.history[len(r.history)-1].Step > n {
		r.history = r.history[:len(r.history)-1]
	}
	if err := r.put(r.history[len(r.history)-1]); err != nil {
		return err
	}
	r.records = slices.DeleteFunc(r.records, func(s Step) bool { return s.N > r.n })
	return nil
}

// state fetches all that the run needs to go on from here.
func (r *run) state() (*State, error) {
	s := r.picture.Shape()
	state := &State{Step: r.n, Began: r.began, Age: r.age, Height: s.Dim(1), Width: s.Dim(2), Loss: r.lossBefore,
		Optimizer: fmt.Sprintf("%#v", r.o.Optimizer), Method: r.method.String(), Versions: versions(r.backend)}
	var err error
	if state.Picture, err = tensors.CopyFlatData[float32](r.picture); err != nil {
		return nil, fmt.Errorf("stylelib: fetching the picture: %w", err)
	}
	for _, slot := range r.memory {
		values, err := tensors.CopyFlatData[float32](slot)
		if err != nil {
			return nil, fmt.Errorf("stylelib: fetching the optimiser's memory: %w", err)
		}
		state.Memory = append(state.Memory, values)
	}
	return state, nil
}

// put puts a state on the device, in place of what is there.
func (r *run) put(state *State) error {
	var on []*tensors.Tensor
	shape := pictureShape(state.Height, state.Width)
	list := append([]shapes.Shape{shape}, r.o.Optimizer.Memory(shape)...)
	for i, values := range append([][]float32{state.Picture}, state.Memory...) {
		tensor, err := upload(r.backend, values, list[i])
		if err != nil {
			return errors.Join(err, finalize(on...))
		}
		on = append(on, tensor)
	}
	err := finalize(append(r.memory, r.picture, r.good)...)
	r.began, r.age = state.Began, state.Age
	r.n, r.picture, r.memory, r.good, r.lossBefore = state.Step, on[0], on[1:], nil, state.Loss
	return err
}

// measureShares returns how hard each term pulls at the picture as it enters step n, or nil where nobody asks. It
// costs about a step for every term.
func (r *run) measureShares(n int) (map[string]float64, error) {
	if r.o.GradientShares == 0 || len(r.records) > 0 && n%r.o.GradientShares != 0 {
		return nil, nil
	}
	lengths, err := r.gradientLengths()
	if err != nil {
		return nil, err
	}
	sum := 0.0
	for _, length := range lengths {
		sum += float64(length)
	}
	shares := map[string]float64{}
	for i, term := range r.o.Terms {
		shares[term.Name] = float64(lengths[i]) / max(sum, math.SmallestNonzeroFloat64)
	}
	return shares, nil
}

// gradientLengths returns the lengths of the weighted terms' gradients at the picture.
func (r *run) gradientLengths() ([]float32, error) {
	shares, err := r.program("shares", (*run).buildShares)
	if err != nil {
		return nil, err
	}
	out, err := shares.Exec(append([]any{r.picture, r.weightList()}, tensorArgs(r.targets)...)...)
	if err != nil {
		return nil, execError("the terms' gradients", err)
	}
	lengths, err := tensors.CopyFlatData[float32](out[0])
	if err = errors.Join(err, finalize(out...)); err != nil {
		return nil, fmt.Errorf("stylelib: reading the terms' gradients: %w", err)
	}
	return lengths, nil
}

// buildShares is the graph of gradientLengths. Its inputs are the picture, the term weights [terms] and the targets; its
// output the lengths [terms] of the weighted terms' gradients.
func (r *run) buildShares(inputs []*Node) []*Node {
	picture, weights := inputs[0], inputs[1]
	method := r.net.Conv
	if method == conv.Auto {
		method = conv.Plain // compiled soonest
	}
	var lengths []*Node
	for _, loss := range r.losses(method, picture, weights, inputs[2:]) {
		lengths = append(lengths, Sqrt(ReduceAllSum(Square(Gradient(loss, picture)[0]))))
	}
	return []*Node{Stack(lengths, 0)}
}
