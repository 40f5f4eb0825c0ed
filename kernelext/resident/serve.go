package resident

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"time"

	"stylenet/kernelext/internal/wire"
)

// server is the side of the program that speaks with the kernel.
type server struct {
	stops atomic.Int64 // of the cell that runs
	input *input
	open  Opener
}

// Opener opens a library, initialises the packages that came with it, in this order, and returns its function of the given
// name.
type Opener func(path, symbol string, packages []string) (func(), error)

// largestStack is how much a goroutine may have for its calls. By Go's own limit, an endless recursion takes ten seconds and
// a gigabyte to end.
const largestStack = 256 << 20

// Serve runs the cells that the kernel sends, until it is gone.
func Serve(open Opener) {
	if err := serve(open); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(open Opener) error {
	conn, err := net.Dial("unix", os.Getenv(wire.SocketVar))
	if err != nil {
		return err
	}
	debug.SetMaxStack(largestStack)
	s := &server{open: open}
	if s.input, err = openInput(); err != nil {
		return err
	}
	s.listen()
	in, out := json.NewDecoder(bufio.NewReader(conn)), json.NewEncoder(conn)
	for {
		var c wire.Command
		if in.Decode(&c) != nil {
			return nil // the kernel has ended
		}
		s.stops.Store(0)
		if err := out.Encode(s.run(c)); err != nil {
			return err
		}
	}
}

// How long a cell may go on after it was stopped: before its loops end, and before nobody waits for it any more. What asked
// for the context, such as a step of a large picture, may take longer. A second Stop cuts the wait short.
const (
	waitForContext = 2 * time.Second
	waitForLoops   = time.Second
	waitForHeard   = 60 * time.Second
)

// listen stops the cell that runs at each wire.Stop. The kernel also sends an interrupt, for those who ask for one.
func (s *server) listen() {
	signals, ignored := make(chan os.Signal, 4), make(chan os.Signal, 1)
	signal.Notify(signals, wire.Stop)
	signal.Notify(ignored, os.Interrupt)
	go s.stopAt(signals)
}

func (s *server) stopAt(signals <-chan os.Signal) {
	for range signals {
		r := now.Load()
		if r == nil {
			continue
		}
		wait := waitForContext
		if heard := r.Stop(); heard {
			wait = waitForHeard
		}
		if s.stops.Add(1) > 1 {
			wait = 0
		}
		go func() {
			time.Sleep(wait)
			if now.Load() != r {
				return
			}
			stop.Store(true)
			time.Sleep(waitForLoops)
			if now.CompareAndSwap(r, nil) {
				close(r.abandoned)
			}
		}()
	}
}
