package stylelib

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// buildError runs a graph function and returns its panic, whatever it was called with, as an error.
func buildError(fn func()) error {
	switch reason := exceptions.Try(fn).(type) {
	case nil:
		return nil
	case error:
		return reason
	default:
		return fmt.Errorf("%v", reason)
	}
}

// panicsWithErrors makes every panic of a graph function, and a nil among what it returns, a panic with an error: at any
// other GoMLX's executor waits for ever when it is finalized.
func panicsWithErrors(fn func(inputs []*Node) []*Node) func(inputs []*Node) []*Node {
	return func(inputs []*Node) (outputs []*Node) {
		err := buildError(func() {
			if outputs = fn(inputs); slices.Contains(outputs, nil) {
				exceptions.Panicf("the graph's function returned nil for one of its %d outputs", len(outputs))
			}
		})
		if err != nil {
			panic(err)
		}
		return outputs
	}
}

// explain runs a graph function and adds to its panic whose function it is.
func explain(whose string, fn func()) {
	if err := buildError(fn); err != nil {
		panic(&mistake{whose, err})
	}
}

// mistake is what a term's or an optimiser's functions found wrong, or did, while the graph was built.
type mistake struct {
	whose string
	err   error
}

func (e *mistake) Error() string { return fmt.Sprintf("%s: %v", e.whose, e.err) }

func (e *mistake) Unwrap() error { return e.err }
