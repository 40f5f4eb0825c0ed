package graphs

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// buildError runs a graph function and returns its panic, whatever it was called with, as an error.
func CatchPanic(fn func()) error {
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
func ErrorPanics(fn func(inputs []*Node) []*Node) func(inputs []*Node) []*Node {
	return func(inputs []*Node) (outputs []*Node) {
		err := CatchPanic(func() {
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
func Explain(whose string, fn func()) {
	if err := CatchPanic(fn); err != nil {
		panic(&Fault{whose, err})
	}
}

// mistake is what a term's or an optimiser's functions found wrong, or did, while the graph was built.
type Fault struct {
	whose string
	err   error
}

func (e *Fault) Error() string { return fmt.Sprintf("%s: %v", e.whose, e.err) }

func (e *Fault) Unwrap() error { return e.err }
