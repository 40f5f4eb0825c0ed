package program

import (
	"errors"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ErrInput is why a program was ended that read from standard input.
var ErrInput = errors.New("the program read from standard input, and nobody types there")

// input is the standard input of a program for which nobody types: a pipe with one space in it. When the space is gone, the
// program waits for more.
type input struct {
	r, w *os.File
	read atomic.Bool
}

// WatchInput makes the program end when it reads from standard input. Call it before Start.
func (p *Program) WatchInput() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	p.input = &input{r: r, w: w}
	p.cmd.Stdin = r
	_, err = w.WriteString(" ")
	return err
}

func (in *input) close() {
	in.r.Close()
	in.w.Close()
}

// wasRead tells whether the program has read from its standard input so far.
func (in *input) wasRead() bool {
	ready := []unix.PollFd{{Fd: int32(in.r.Fd()), Events: unix.POLLIN}}
	if n, err := unix.Poll(ready, 0); n == 0 && err == nil {
		in.read.Store(true)
	}
	return in.read.Load()
}

// watch ends the program when it reads. A Go program that gets SIGQUIT first prints where it is.
func (p *Program) watch() {
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		select {
		case <-p.ended:
			tick.Stop()
			return
		case <-tick.C:
		}
		if p.input.wasRead() {
			p.cmd.Process.Signal(syscall.SIGQUIT)
			p.killAfter(2 * time.Second)
			return
		}
	}
}
