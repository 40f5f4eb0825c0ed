//go:build cgo

package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
	"stylenet/stylelib"
)

// progress reports a transfer on the way: one bar redrawn in place on a terminal, plain lines elsewhere.
type progress struct {
	out      *os.File
	terminal bool
	every    int           // steps between lines where there is no terminal
	first    stylelib.Step // the first one reported: the time before it includes compiling
}

func newProgress(out *os.File, every int) *progress {
	return &progress{out: out, terminal: term.IsTerminal(int(out.Fd())), every: every}
}

// step reports one step: how far, the loss, time per step and time left.
func (p *progress) step(s stylelib.Step) {
	timing := ""
	if p.first.N == 0 {
		p.first = s
	} else {
		each := (s.Elapsed - p.first.Elapsed) / time.Duration(s.N-p.first.N)
		left := each * time.Duration(s.Total-s.N)
		timing = fmt.Sprintf("  %d ms a step, %s left", each.Milliseconds(), left.Round(time.Second))
	}
	if !p.terminal && s.N%p.every != 0 && s.N != s.Total {
		return
	}
	if !p.terminal {
		fmt.Fprintf(p.out, "step %d of %d  loss %.4g%s\n", s.N, s.Total, s.Loss, timing)
		return
	}
	const width = 24
	done := width * s.N / s.Total
	fmt.Fprintf(p.out, "\r\x1b[K%s%s %d/%d  loss %.4g%s", strings.Repeat("█", done), strings.Repeat("░", width-done), s.N, s.Total, s.Loss, timing)
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.terminal && p.first.N > 0 {
		fmt.Fprintln(p.out)
	}
}
