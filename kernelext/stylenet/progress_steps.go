//go:build cgo

package main

import (
	"fmt"
	"os"
	"time"

	"stylenet/stylelib"
)

// progress reports the steps of a transfer.
type progress struct {
	bar
	every int           // steps between lines where there is no terminal
	first stylelib.Step // the first one reported: the time before it includes compiling
}

func newProgress(out *os.File, every int) *progress { return &progress{bar: newBar(out), every: every} }

// step reports one step: how far, the loss, time per step and time left.
func (p *progress) step(s stylelib.Step) {
	text := fmt.Sprintf("step %d of %d  loss %.4g", s.N, s.Total, s.Loss)
	if p.first.N == 0 {
		p.first = s
	} else {
		each := (s.Elapsed - p.first.Elapsed) / time.Duration(s.N-p.first.N)
		left := each * time.Duration(s.Total-s.N)
		text += fmt.Sprintf("  %d ms a step, %s left", each.Milliseconds(), left.Round(time.Second))
	}
	p.draw(int64(s.N), int64(s.Total), text, s.N%p.every == 0 || s.N == s.Total)
}
