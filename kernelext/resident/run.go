package resident

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"stylenet/kernelext/internal/current"
	"stylenet/kernelext/internal/pipe"
	"stylenet/kernelext/internal/report"
	"stylenet/kernelext/internal/wire"
)

// Running is a cell that runs, or that nobody waits for any more.
type Running struct {
	*current.Cell
	done atomic.Int64 // statements

	mu    sync.Mutex
	noted map[string]any // pointers to the variables that it has set or used, by name

	ended     chan *report.Card
	elsewhere chan *report.Card // of a goroutine that panicked
	abandoned chan struct{}     // closed when nobody waits for the cell any more
	input     chan *report.Card // of a cell that read from standard input
}

// now is the cell that runs; nil between cells.
var now atomic.Pointer[Running]

// heard tells the cell that a goroutine has panicked, and whether it is the first.
func (r *Running) heard(card *report.Card) bool {
	select {
	case r.elsewhere <- card:
		return true
	default:
		return false
	}
}

// waitForDead is how long a cell may go on after a goroutine has panicked.
const waitForDead = 2 * time.Second

// wait waits for the end of the cell and returns the card of how it failed, nil if it did not.
func (r *Running) wait() *report.Card {
	var dead *report.Card // of a goroutine
	var late <-chan time.Time
	for {
		select {
		case card := <-r.ended:
			if dead != nil {
				print(dead)
			}
			return card
		case card := <-r.input:
			return card
		case <-r.abandoned:
			return &report.Card{Kind: "interrupted", What: "stopped", Advice: "It did not hear, so nobody waits for it any more: what it was waiting for goes on by itself."}
		case dead = <-r.elsewhere:
			late = time.After(waitForDead)
		case <-late:
			return dead
		}
	}
}

// run opens a cell and calls it. It returns how the cell ended, when all that it has shown is on its way.
func (s *server) run(c wire.Command) (answer wire.Answer) {
	keeping.Wait()
	prepare(c)
	function, err := s.open(c.Library, c.Symbol, c.Packages)
	if err != nil {
		answer = wire.Answer{Card: report.New(err)}
	} else {
		answer = s.call(c, function)
	}
	for _, stream := range []*os.File{os.Stdout, os.Stderr} {
		stream.WriteString(wire.EndMark)
	}
	return answer
}

// call calls the function of a cell.
func (s *server) call(c wire.Command, function func()) wire.Answer {
	stop.Store(false)
	r := &Running{Cell: current.Begin(), noted: map[string]any{}, ended: make(chan *report.Card, 1), elsewhere: make(chan *report.Card, 1), abandoned: make(chan struct{}),
		input: make(chan *report.Card, 1)}
	now.Store(r)
	r.AtEnd(r.watchInput(s.input))
	go r.call(function)
	answer := wire.Answer{Card: r.wait()}
	now.Store(nil)
	r.End()
	select {
	case answer.Card = <-r.input: // at the last moment
	default:
	}
	answer.Done = int(r.done.Load())
	if c.Restore {
		answer.Kept, answer.Lost = restored()
	} else {
		answer.Kept, answer.Lost = r.keepNoted()
	}
	pipe.Sync()
	return answer
}

// name is what the program calls itself, whatever a cell does to os.Args.
var name = os.Args[0]

// prepare makes the program's surroundings what the kernel says they are.
func prepare(c wire.Command) {
	for variable, value := range c.Env {
		os.Setenv(variable, value)
	}
	if c.Folder != "" {
		os.Chdir(c.Folder)
	}
	os.Args = append([]string{name}, c.Args...)
}

// call calls the cell's function and sends the card of how it failed, nil if it did not.
func (r *Running) call(function func()) {
	var card *report.Card
	defer func() { r.ended <- card }()
	ended := false
	defer func() {
		if ended {
			return
		}
		stack := stack() // the frames are gone after recover
		card = failed(recover())
		if card != nil {
			card.Stack = stack
		}
	}()
	debug.SetPanicOnFault(true)
	function()
	ended = true
}

// failed returns the card of a cell that panicked with a value, nil if that is no failure.
func failed(value any) *report.Card {
	switch v := value.(type) {
	case nil: // runtime.Goexit
		return nil
	case stopped:
		return &report.Card{Kind: "interrupted", What: "stopped"}
	case exit:
		if v == 0 {
			return nil
		}
		return &report.Card{Kind: "exit", What: fmt.Sprintf("the cell ended with exit status %d", int(v)),
			Advice: "os.Exit or log.Fatal ended it; if it said why, that stands above."}
	case current.Failure:
		return report.New(v.Err)
	case runtime.Error:
		return &report.Card{Kind: "panic", What: "panic: " + v.Error()}
	case error:
		c := report.New(v)
		c.Kind, c.What = "panic", "panic: "+c.What
		return c
	}
	return &report.Card{Kind: "panic", What: fmt.Sprintf("panic: %v", value)}
}

// stack returns the frames of the goroutine that panics.
func stack() string {
	pcs := make([]uintptr, 100)
	return framesOf(pcs[:runtime.Callers(3, pcs)])
}

// framesOf writes frames but those of this package and of the runtime. Go's linker gives the first function of a library no
// name, so debug.Stack would leave it out.
func framesOf(pcs []uintptr) string {
	frames := runtime.CallersFrames(pcs)
	var b strings.Builder
	for {
		f, more := frames.Next()
		if f.Function == "" {
			f.Function = "cell"
		}
		if !strings.Contains(f.Function, "kernelext/resident.") && !strings.HasPrefix(f.Function, "runtime.") && !strings.HasPrefix(f.Function, "reflect.") {
			fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		}
		if !more {
			return b.String()
		}
	}
}
