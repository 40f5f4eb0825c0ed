package training

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/graphs"
)

// trainer holds the variables on the device and the compiled training step.
type trainer struct {
	backend   compute.Backend
	variables []variable
	state     []*tensors.Tensor // the variables' values, then their means, then their squares (see update)
	step      *Exec
	n         int // steps done
}

// newTrainer returns a trainer with initial values.
func newTrainer(backend compute.Backend, seed uint64, classes int) (*trainer, error) {
	t := &trainer{backend: backend, variables: append(networkVariables(), headVariables(classes)...)}
	state := initialValues(seed, t.variables)
	for range 2 {
		for _, v := range t.variables {
			state = append(state, make([]float32, v.size()))
		}
	}
	if err := t.upload(state); err != nil {
		return nil, err
	}
	var err error
	if t.step, err = NewExec(backend, t.buildStep); err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	return t, nil
}

// initialValues returns the values of variables at the start of a training.
func initialValues(seed uint64, variables []variable) [][]float32 {
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

// upload replaces the state.
func (t *trainer) upload(state [][]float32) error {
	if len(state) != 3*len(t.variables) {
		return fmt.Errorf("training: a state of %d arrays; it must have %d", len(state), 3*len(t.variables))
	}
	if err := t.free(); err != nil {
		return err
	}
	for i, values := range state {
		v := t.variables[i%len(t.variables)]
		if len(values) != v.size() {
			return fmt.Errorf("training: %d values for %s; it must have %d", len(values), v.name, v.size())
		}
		t.state = append(t.state, tensors.FromFlatDataAndDimensions(values, v.dimensions...))
	}
	return nil
}

// download returns the state.
func (t *trainer) download() ([][]float32, error) {
	var state [][]float32
	for _, x := range t.state {
		values, err := tensors.CopyFlatData[float32](x)
		if err != nil {
			return nil, fmt.Errorf("training: downloading the state: %w", err)
		}
		state = append(state, values)
	}
	return state, nil
}

// buildStep is the graph of a step. Its inputs are the state, a batch, and a vector [2] of the learning rate and the step's
// number, from 1. Its outputs are the next state and a vector [terms+1] of the terms of the loss and the accuracy.
func (t *trainer) buildStep(nodes []*Node) []*Node {
	k := len(t.variables)
	state, nodes := nodes[:3*k], nodes[3*k:]
	b, scalars := inputsOf(nodes), nodes[batchInputs]
	features, _ := forward(t.byName(state), b.pixels)
	all, accuracy := losses(predict(t.byName(state), features, b), b)
	gradients := Gradient(total(all), state[:k]...)
	rate, n := graphs.Entry(scalars, 0), graphs.Entry(scalars, 1)
	next := update(state[:k], gradients, state[k:2*k], state[2*k:], rate, n)
	return append(next, Stack(append(all, accuracy), 0))
}

// byName returns the variables' nodes of a state.
func (t *trainer) byName(state []*Node) values {
	v := values{}
	for i, x := range t.variables {
		v[x.name] = state[i]
	}
	return v
}

// arguments returns tensors as arguments of an executor.
func arguments(list []*tensors.Tensor) []any {
	var all []any
	for _, x := range list {
		all = append(all, x)
	}
	return all
}

// run does a step with a batch, which it frees, and returns the terms of the loss and the accuracy [terms+1].
func (t *trainer) run(b batch, rate float64) ([]float32, error) {
	inputs := append(append(arguments(t.state), b.arguments...), []float32{float32(rate), float32(t.n + 1)})
	out, err := t.step.Exec(inputs...)
	if err != nil {
		return nil, fmt.Errorf("training: step %d: %w", t.n+1, err)
	}
	last := len(out) - 1
	measured, err := tensors.CopyFlatData[float32](out[last])
	if err = errors.Join(err, out[last].FinalizeAll(), t.free(), b.free()); err != nil {
		return nil, fmt.Errorf("training: step %d: %w", t.n+1, err)
	}
	t.state, t.n = out[:last], t.n+1
	return measured, nil
}

// free frees the state's tensors.
func (t *trainer) free() error {
	var errs []error
	for _, x := range t.state {
		errs = append(errs, x.FinalizeAll())
	}
	t.state = nil
	return errors.Join(errs...)
}
