package stylelib

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// controls are what Options.Control may change, and the states that it may go back to.
type controls struct {
	weights map[string]float64 // of the terms, by name
	rate    float64            // factor on the learning rate
	history []*State           // oldest first
}

// newControls returns the terms' own weights.
func newControls(terms []Term) controls {
	c := controls{weights: map[string]float64{}, rate: 1}
	for _, term := range terms {
		c.weights[term.Name] = term.Weight
	}
	return c
}

// weightList returns the weights in the order of the terms.
func (c *controls) weightList(terms []Term) []float32 {
	list := make([]float32, len(terms))
	for i, term := range terms {
		list[i] = float32(c.weights[term.Name])
	}
	return list
}

// check finds what Control has set wrong.
func (c *controls) check(terms []Term) error {
	for name, weight := range c.weights {
		if !slices.ContainsFunc(terms, func(t Term) bool { return t.Name == name }) {
			return fmt.Errorf("stylelib: Control set the weight of %q; the terms are %s", name, slices.Sorted(maps.Keys(newControls(terms).weights)))
		}
		if !(weight >= 0) || math.IsInf(weight, 0) {
			return fmt.Errorf("stylelib: Control set the weight of %q to %v; a finite number from 0 on is needed", name, weight)
		}
	}
	for _, term := range terms {
		if _, ok := c.weights[term.Name]; !ok {
			return fmt.Errorf("stylelib: Control took the weight of %q away; 0 leaves the term out", term.Name)
		}
	}
	if !(c.rate > 0) || math.IsInf(c.rate, 0) {
		return fmt.Errorf("stylelib: Control set the factor on the learning rate to %v; it must be above 0", c.rate)
	}
	return nil
}

const rememberEvery = 5 // steps

var rememberMost = 100_000_000 // numbers, of 4 bytes each; two states are kept in any case

// forget drops older states after n steps: of those as old as a given number of steps about three stay, whatever the number, and of
// large states fewer.
func (c *controls) forget(n int) {
	first := c.history[0]
	c.history = slices.DeleteFunc(c.history, func(s *State) bool {
		i := s.Step / rememberEvery
		return s != first && n/rememberEvery-i > 3*(i&-i)
	})
	size := len(first.Picture)
	for _, values := range first.Memory {
		size += len(values)
	}
	if most := max(2, rememberMost/size); len(c.history) > most {
		c.history = slices.Delete(c.history, 1, 1+len(c.history)-most)
	}
}
