package graphs

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// CatchPanic calls fn and returns its panic as an error, whatever the panic's value is; nil where it does not panic.
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

// ErrorPanics returns a graph function that does what fn does and panics with errors only, also where fn returns a nil node.
// At any other panic, GoMLX's executor blocks for ever when it is finalized.
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

// Explain calls fn, which builds part of a graph. Where fn panics, Explain panics with a [Fault] that says whose function it is.
func Explain(whose string, fn func()) {
	if err := CatchPanic(fn); err != nil {
		panic(&Fault{whose, err})
	}
}

// Fault is the error of a function that was handed to us, such as a term's or an optimiser's, while it built its graph.
type Fault struct {
	whose string
	err   error
}

// Error returns "whose: error".
func (e *Fault) Error() string { return fmt.Sprintf("%s: %v", e.whose, e.err) }

// Unwrap returns the error without whose it is.
func (e *Fault) Unwrap() error { return e.err }
