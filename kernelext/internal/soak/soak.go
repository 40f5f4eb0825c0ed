// Package soak makes random cells with known answers, to be run in one notebook one after the other: they make values of many
// kinds, change them many cells later, and show what has become of them. The answers come from a model of each value that the
// generator keeps.
//
// soak.go chooses the cells; values.go, types.go and flow.go have their kinds.
package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Cell is a cell with its known answer.
type Cell struct {
	Kind   string
	Source string
	Want   string // what it writes to standard output, with a shown last expression; each line is ended
	Fails  bool   // it ends by a panic, after it has written Want
}

// kind makes cells of one kind. The first one has to make the values, and the next ones to change or show them.
type kind struct {
	name string
	next func(r *rand.Rand) Cell
}

// Generator makes cells.
type Generator struct {
	random *rand.Rand
	kinds  []kind
}

// New returns a generator. The same seed gives the same cells.
func New(seed uint64) *Generator {
	g := &Generator{random: rand.New(rand.NewPCG(seed, 25))}
	for _, make := range []func() kind{numbers, texts, lists, tables, grids, arrays, byteBuffers, bigNumbers, times, sorted, builders, rebound,
		linked, trees, embedded, interfaces, stacks, values, methods, pointers,
		counters, redefined, channels, workers, deferred, recursion, loops, switches, variadic, shadowed, failures, garbage, fleeting} {
		g.kinds = append(g.kinds, make())
	}
	return g
}

// Next returns the next cell.
func (g *Generator) Next() Cell {
	k := g.kinds[g.random.IntN(len(g.kinds))]
	c := k.next(g.random)
	c.Kind = k.name
	return c
}

// line writes one line of an answer, as fmt.Println does.
func line(values ...any) string { return fmt.Sprintln(values...) }

// shown writes a string as it is shown.
func shown(text string) string { return fmt.Sprintf("%q\n", text) }

// stages returns a kind whose first cell is that of make, and whose others are those of change, one of them at a time.
func stages(name string, make func(r *rand.Rand) Cell, change ...func(r *rand.Rand) Cell) kind {
	made := false
	return kind{name, func(r *rand.Rand) Cell {
		if !made {
			made = true
			return make(r)
		}
		return change[r.IntN(len(change))](r)
	}}
}

// source joins lines of code.
func source(lines ...string) string { return strings.Join(lines, "\n") }
