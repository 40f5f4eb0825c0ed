// Package loss has the functions that losses of style transfer are made of, as GoMLX graphs: what a layer's features are
// described by, and how two descriptions are compared.
//
//	loss.go         Describe and Compare: functions with names
//	compare.go      mean squares, absolute and relative
//	statistics.go   Gram matrices [c, c] and moments
//	wasserstein.go  Wasserstein distances, exact for Gaussians, along random directions and by channel; with squareroot.go
//	crowson.go      the same for Gaussians as K. Crowson's program has it
//	patches.go      nearest patches
//	variation.go    total variation
//
// All of them panic with shapes where they are misused, as GoMLX's own functions do.
package loss

import . "github.com/gomlx/gomlx/core/graph"

// Describe turns one layer's features [1, h, w, c] (of the picture itself: [1, h, w, 3], RGB in [0, 1]) into what is compared.
// The zero value leaves the features as they are. One of your own:
//
//	means := loss.Describe{Name: "channel means", Of: func(f *graph.Node) *graph.Node { return graph.ReduceMean(f, 1, 2) }}
type Describe struct {
	// Name tells the function from others, in compiled programs, saved styles and states. Whatever changes what Of does belongs
	// into it, such as a parameter: "Moments(4)".
	Name string
	Of   func(features *Node) *Node
}

// Identity names the function: two of one name are taken for the same.
func (d Describe) Identity() string { return named(d.Name, d.Of == nil) }

// Compare returns the scalar difference of two descriptions, the picture's and the target's; want is nil where there is no target.
type Compare struct {
	Name string // as in Describe
	Of   func(got, want *Node) *Node
}

// Identity names the function: two of one name are taken for the same.
func (c Compare) Identity() string { return named(c.Name, c.Of == nil) }

func named(name string, none bool) string {
	if none {
		return "none"
	}
	return name
}
