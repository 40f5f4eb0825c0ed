package training

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// trainer is a training under way: the variables on the device, and the compiled step.
type trainer struct {
	backend   compute.Backend
	variables []variable
	state     []*tensors.Tensor // values, then the optimisers' means and squares, each in the order of variables
	step      *Exec
	n         int // steps taken
}

// newTrainer returns a training at its start.
func newTrainer(backend compute.Backend, seed uint64, classes int) (*trainer, error) {
	t := &trainer{backend: backend, variables: append(networkVariables(), headVariables(classes)...)}
	start := startValues(seed, t.variables)
	for range 2 {
		for _, v := range t.variables {
			start = append(start, make([]float32, v.size()))
		}
	}
	if err := t.load(start); err != nil {
		return nil, err
	}
	var err error
	if t.step, err = NewExec(backend, t.buildStep); err != nil {
		return nil, fmt.Errorf("eyes: %w", err)
	}
	return t, nil
}

// startValues returns the values at which a training starts.
func startValues(seed uint64, variables []variable) [][]float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	var all [][]float32
	for _, v := range variables {
		values := make([]float32, v.size())
		for i := range values {
			values[i] = float32(v.value)
			if v.deviation > 0 {
				values[i] = float32(v.deviation * r.NormFloat64())
			}
		}
		all = append(all, values)
	}
	return all
}

// load puts values in place of the state.
func (t *trainer) load(state [][]float32) error {
	if len(state) != 3*len(t.variables) {
		return fmt.Errorf("eyes: a state of %d arrays; %d are wanted", len(state), 3*len(t.variables))
	}
	t.free()
	for i, values := range state {
		v := t.variables[i%len(t.variables)]
		if len(values) != v.size() {
			return fmt.Errorf("eyes: %d values of %s; %d are wanted", len(values), v.name, v.size())
		}
		t.state = append(t.state, tensors.FromFlatDataAndDimensions(values, v.dimensions...))
	}
	return nil
}

// fetch returns the state as values.
func (t *trainer) fetch() ([][]float32, error) {
	var state [][]float32
	for _, x := range t.state {
		values, err := tensors.CopyFlatData[float32](x)
		if err != nil {
			return nil, fmt.Errorf("eyes: fetching the state: %w", err)
		}
		state = append(state, values)
	}
	return state, nil
}

// buildStep is the graph of one step. Its inputs are the state, a batch, and the scalars [2]: learning rate and number
// of the step. Its outputs are the next state, and the losses and the accuracy [terms+1].
func (t *trainer) buildStep(nodes []*Node) []*Node {
	k := len(t.variables)
	state, nodes := nodes[:3*k], nodes[3*k:]
	b, scalars := inputsOf(nodes), nodes[batchInputs]
	features, _ := see(t.named(state), b.pixels)
	all, accuracy := losses(answer(t.named(state), features, b), b)
	gradients := Gradient(total(all), state[:k]...)
	scalar := func(i int) *Node { return Reshape(Slice(scalars, AxisElem(i))) }
	next := descend(state[:k], gradients, state[k:2*k], state[2*k:], scalar(0), scalar(1))
	return append(next, Stack(append(all, accuracy), 0))
}

// named returns the variables of a state by name.
func (t *trainer) named(state []*Node) values {
	v := values{}
	for i, x := range t.variables {
		v[x.name] = state[i]
	}
	return v
}

// take takes a step and returns the losses and the accuracy.
func (t *trainer) take(b batch, rate float64) ([]float32, error) {
	var arguments []any
	for _, x := range t.state {
		arguments = append(arguments, x)
	}
	arguments = append(append(arguments, b.arguments...), []float32{float32(rate), float32(t.n + 1)})
	out, err := t.step.Exec(arguments...)
	if err != nil {
		return nil, fmt.Errorf("eyes: step %d: %w", t.n+1, err)
	}
	measured, err := tensors.CopyFlatData[float32](out[len(out)-1])
	err = errors.Join(err, out[len(out)-1].FinalizeAll(), t.free(), b.free())
	if err != nil {
		return nil, fmt.Errorf("eyes: step %d: %w", t.n+1, err)
	}
	t.state, t.n = out[:len(out)-1], t.n+1
	return measured, nil
}

// free gives the state's memory back.
func (t *trainer) free() error {
	var errs []error
	for _, x := range t.state {
		errs = append(errs, x.FinalizeAll())
	}
	t.state = nil
	return errors.Join(errs...)
}
