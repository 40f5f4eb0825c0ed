// Package current knows the cell that runs, in a program that stays while cells come and go.
package current

import (
	"context"
	"sync"
	"sync/atomic"
)

// Cell is a cell that runs, or has run.
type Cell struct {
	ctx    context.Context
	cancel context.CancelFunc
	asked  atomic.Bool // to hear of Stop

	mu    sync.Mutex
	atEnd []func()
}

var latest atomic.Pointer[Cell]

// Latest returns the cell that runs, or has run last; nil in a program that has no cells.
func Latest() *Cell { return latest.Load() }

// Begin says that a cell begins.
func Begin() *Cell {
	c := &Cell{}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	latest.Store(c)
	return c
}

// Context returns the context that Stop cancels.
func (c *Cell) Context() context.Context {
	c.Hears()
	return c.ctx
}

// Hears says that the cell will hear of Stop, and end by itself.
func (c *Cell) Hears() { c.asked.Store(true) }

// Stop cancels the context. It returns whether the cell hears.
func (c *Cell) Stop() (heard bool) {
	c.cancel()
	return c.asked.Load()
}

// AtEnd has a function called when the cell ends, well or not.
func (c *Cell) AtEnd(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.atEnd = append(c.atEnd, do)
}

// End says that the cell has ended.
func (c *Cell) End() {
	c.mu.Lock()
	ends := c.atEnd
	c.atEnd = nil
	c.mu.Unlock()
	for _, do := range ends {
		do()
	}
}

// Failure is what a cell panics with to fail with an error: no fault of the program, so nothing else is lost.
type Failure struct{ Err error }

// Error returns the error's text.
func (f Failure) Error() string { return f.Err.Error() }
