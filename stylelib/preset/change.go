package preset

import (
	"fmt"

	"stylenet/stylelib"
	"stylenet/stylelib/optim"
)

// SetRate changes the learning rate, in the program's units. It returns an error where the optimiser has none.
func (p *Preset) SetRate(rate float64) error {
	optimizer, ok := withRate(p.Optimizer, rate)
	if !ok {
		return fmt.Errorf("stylelib: preset %s: its optimiser searches for the length of its moves and has no learning rate", p.Name)
	}
	p.Optimizer = optimizer
	return nil
}

// withRate returns the optimiser with another learning rate, and whether it has one.
func withRate(o optim.Optimizer, rate float64) (optim.Optimizer, bool) {
	switch o := o.(type) {
	case optim.Adam:
		o.LearningRate = rate
		return o, true
	case optim.SGD:
		o.LearningRate = rate
		return o, true
	case optim.TensorFlowAdam:
		o.LearningRate = rate
		return o, true
	case inUnits:
		inner, ok := withRate(o.Optimizer, rate)
		return inUnits{inner, o.unit}, ok
	}
	return o, false
}

// StartsFromNoise reports whether the program starts from noise, not from the content picture.
func (p *Preset) StartsFromNoise() bool { return p.Start.IsNoise() }

// ComparesGrams reports whether the program compares Gram matrices, as [stylelib.Term] Mask needs.
func (p *Preset) ComparesGrams() bool { return !p.style.wasserstein }

// Noise is the program's noise from another seed; for a program that starts from the content picture, [stylelib.FromNoise].
func (p *Preset) Noise(seed uint64) stylelib.Start {
	if !p.Start.IsNoise() {
		return stylelib.FromNoise(seed)
	}
	return p.Start.WithSeed(seed)
}
