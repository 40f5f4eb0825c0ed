package resident

import (
	"os"
	"runtime"
	"strings"
	"time"

	"stylenet/kernelext/internal/report"

	"golang.org/x/sys/unix"
)

// input is the standard input of a program for which nobody types: a pipe with one byte in it. When the byte is gone, somebody
// waits for more.
type input struct{ w *os.File }

func openInput() (*input, error) {
	in := &input{}
	return in, in.open()
}

func (in *input) open() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	os.Stdin, in.w = r, w
	_, err = w.WriteString(" ")
	return err
}

func (in *input) wasRead() bool {
	ready := []unix.PollFd{{Fd: int32(os.Stdin.Fd()), Events: unix.POLLIN}}
	n, err := unix.Poll(ready, 0)
	return n == 0 && err == nil
}

// watchInput ends the cell when it reads from the standard input, and returns a function to be called at its end.
func (r *Running) watchInput(in *input) (end func()) {
	over := make(chan struct{})
	watched := make(chan struct{})
	check := func() bool {
		if !in.wasRead() {
			return false
		}
		card := report.ReadInput()
		card.Stack = readers()
		in.open() // who reads waits for ever
		select {
		case r.input <- card:
		default:
		}
		return true
	}
	go func() {
		defer close(watched)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-over:
				check()
				return
			case <-tick.C:
				if check() {
					return
				}
			}
		}
	}()
	return func() {
		close(over)
		<-watched
	}
}

// readers returns the stacks of the goroutines that read from a file.
func readers() (stacks string) {
	records := make([]runtime.StackRecord, 2*runtime.NumGoroutine()+16)
	n, _ := runtime.GoroutineProfile(records)
	for _, r := range records[:n] {
		if one := framesOf(r.Stack()); strings.Contains(one, "os.(*File).Read\n") {
			stacks += one
		}
	}
	return stacks
}
