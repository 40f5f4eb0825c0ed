// Package program runs the programs of a kernel for Jupyter: those of cells, and shell commands. Stop interrupts a program
// and all that it has started, and kills them when they do not end. Set-up also builds the package into the kernel.
//
// program.go runs a program, queue.go says which cells are not run, own_linux.go and own_others.go make what a program has
// started end with it; kernel.go is for the kernel itself.
package program

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// WaitToKill is how long a program may go on after an interrupt before it is killed: a step of a large picture, or a
	// compilation by XLA, can take that long to end. A second interrupt kills it at once.
	WaitToKill = 60 * time.Second

	// waitAtStop is how long a program may go on when the kernel stops. Jupyter itself waits for 2.5 seconds.
	waitAtStop = 1500 * time.Millisecond
)

// running counts the programs that have not ended.
var running sync.WaitGroup

// Wait waits for the end of all programs.
func Wait() { running.Wait() }

// Program is a program that runs.
type Program struct {
	cmd            *exec.Cmd
	started, ended chan struct{}
	interrupts     atomic.Int32
}

// New prepares a command that has not been started. The same goroutine calls End when all is over.
func New(cmd *exec.Cmd) *Program {
	running.Add(1)
	runtime.LockOSThread() // Linux ends a program with the thread that started it: see own
	own(cmd)
	return &Program{cmd: cmd, started: make(chan struct{}), ended: make(chan struct{})}
}

// End releases what belongs to a program, also to one that was not started.
func (p *Program) End() {
	close(p.ended)
	runtime.UnlockOSThread()
	running.Done()
}

// Start starts the program. When stopped is closed, the kernel has interrupted the program and will end: the program may go
// on for a moment.
func (p *Program) Start(stopped <-chan struct{}) error {
	if err := p.cmd.Start(); err != nil {
		return err
	}
	close(p.started)
	go func() {
		select {
		case <-p.ended:
		case <-stopped:
			p.killAfter(waitAtStop)
		}
	}()
	return nil
}

// Interrupt interrupts the program, once it is started, and kills it if it does not end. A second call kills it at once.
func (p *Program) Interrupt() {
	select {
	case <-p.started:
	case <-p.ended:
		return
	}
	wait := time.Duration(0)
	if p.interrupts.Add(1) == 1 {
		signal(p.cmd, syscall.SIGINT)
		wait = WaitToKill
	}
	p.killAfter(wait)
}

// killAfter kills the program and what it has started, unless it ends within the time.
func (p *Program) killAfter(wait time.Duration) {
	select {
	case <-p.ended:
	case <-time.After(wait):
		signal(p.cmd, syscall.SIGKILL)
	}
}

// Wait waits for the program's end and returns how it ended.
func (p *Program) Wait() error { return p.cmd.Wait() }

// Signal sends a signal to the program and to what it has started.
func (p *Program) Signal(s os.Signal) error {
	select {
	case <-p.ended:
		return os.ErrProcessDone
	default:
		signal(p.cmd, s.(syscall.Signal))
		return nil
	}
}

// Started is a program that somebody else runs.
type Started struct {
	program chan *Program
	ended   chan error
}

// Await runs exec, which runs a program, and sends that when it has started.
func Await(started chan *Program, exec func() error) *Started {
	s := &Started{program: started, ended: make(chan error, 1)}
	go func() { s.ended <- exec() }()
	return s
}

// Signal sends a signal to the program, if it has started.
func (s *Started) Signal(signal os.Signal) error {
	select {
	case p := <-s.program:
		s.program <- p
		return p.Signal(signal)
	default:
		return nil
	}
}

// Ended receives how the program has ended.
func (s *Started) Ended() <-chan error { return s.ended }
