// Package loss has the functions that losses of style transfer are made of, as GoMLX graphs: how a layer's features are described, and
// how two descriptions are compared. Features are [1, h, w, c]; a position is one of the h·w vectors [c].
//
//	loss.go         Describe and Compare: functions with names
//	compare.go      mean squares, absolute and relative
//	statistics.go   Gram matrices [c, c] and moments
//	gaussian.go     the Wasserstein distance of normal distributions, exact, and as K. Crowson's program has it
//	squareroot.go   the square root of a matrix, which these need
//	sliced.go       the Wasserstein distance along random directions or channel by channel
//	patches.go      nearest patches
//	variation.go    total variation
//
// Functions panic with the shapes where they are misused, as GoMLX's own functions do. It needs packages internal/graphs and
// internal/native.
package loss

import . "github.com/gomlx/gomlx/core/graph"

// Describe turns one layer's features [1, h, w, c] into what is compared; of the picture itself that is [1, h, w, 3], RGB in [0, 1].
// The zero value leaves the features as they are. A function of one's own:
//
//	means := loss.Describe{Name: "channel means", Of: func(f *graph.Node) *graph.Node { return graph.ReduceMean(f, 1, 2) }}
type Describe struct {
	// Name tells the function from others, in compiled programs, saved styles and states. Whatever changes what Of returns belongs
	// in it, such as a parameter: "Moments(4)".
	Name string
	Of   func(features *Node) *Node
}

// Identity returns the function's name, "none" for the zero value. Two functions of one name are taken for the same.
func (d Describe) Identity() string { return named(d.Name, d.Of == nil) }

// Compare turns two descriptions, got of the picture and want of the target, into a scalar that is smaller the nearer they are. want is
// nil where the term has no target.
type Compare struct {
	Name string // as in [Describe]
	Of   func(got, want *Node) *Node
}

// Identity returns the function's name, "none" for the zero value. Two functions of one name are taken for the same.
func (c Compare) Identity() string { return named(c.Name, c.Of == nil) }

// named returns name, "none" where there is no function.
func named(name string, none bool) string {
	if none {
		return "none"
	}
	return name
}
