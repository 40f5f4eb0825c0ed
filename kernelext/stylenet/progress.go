package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"stylenet/weights"

	"golang.org/x/term"
)

// bar is a progress bar: one line redrawn in place on a terminal, plain lines elsewhere.
type bar struct {
	out      *os.File
	terminal bool
	drawn    bool // the cursor is at the end of the bar's line
}

func newBar(out *os.File) bar { return bar{out: out, terminal: term.IsTerminal(int(out.Fd()))} }

// draw shows how much of a total is done, with a text beside it. Where there is no terminal, or the total is not known
// and thus 0, it prints the text as a line, and only if line is true.
func (b *bar) draw(done, total int64, text string, line bool) {
	const width = 24
	if b.terminal && total > 0 {
		full := int(width * done / total)
		fmt.Fprintf(b.out, "\r\x1b[K%s%s %s", strings.Repeat("█", full), strings.Repeat("░", width-full), text)
		b.drawn = true
	} else if line {
		fmt.Fprintln(b.out, text)
	}
}

// end leaves the bar's line.
func (b *bar) end() {
	if b.drawn {
		fmt.Fprintln(b.out)
	}
}

// downloadBar reports a download.
type downloadBar struct {
	bar
	start time.Time
	line  time.Time // when the last line was due
	begun int64     // bytes that were there already
}

func newDownloadBar(out *os.File) *downloadBar { return &downloadBar{bar: newBar(out)} }

// report reports how far the download is: the size, and the speed after a second.
func (b *downloadBar) report(p weights.Progress) {
	if b.start.IsZero() {
		b.start, b.begun = time.Now(), p.Done
	}
	text := fmt.Sprintf("%s %s", p.Name, megabytes(p.Done))
	if p.Total > 0 {
		text += " of " + megabytes(p.Total)
	}
	if seconds := time.Since(b.start).Seconds(); seconds > 1 {
		text += fmt.Sprintf(", %.1f MB/s", float64(p.Done-b.begun)/1e6/seconds)
	}
	due := p.Done == p.Total || time.Since(b.line) > 5*time.Second
	if due {
		b.line = time.Now()
	}
	b.draw(p.Done, p.Total, text, due)
}
