// Package program runs the programs of a kernel for Jupyter: those of cells, and shell commands. Stop interrupts a program
// and all that it has started, and kills them when they do not end. A program that reads from standard input, where nobody
// types, is ended. Set-up also builds the package into the kernel.
//
// program.go runs a program, queue.go says which cells are not run, input.go watches its standard input, own_linux.go and own_others.go make what it has started
// end with it; kernel.go is for the kernel itself.
package program

import (
	"errors"
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
	input          *input // nil: it is not watched
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
	if p.input != nil {
		p.input.close()
	}
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
	if p.input != nil {
		go p.watch()
	}
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

// Wait waits for the program's end and returns how it ended. The error is or wraps [ErrInput] if it read from standard
// input.
func (p *Program) Wait() error {
	err := p.cmd.Wait()
	if p.input != nil && p.input.wasRead() {
		return errors.Join(ErrInput, err)
	}
	return err
}
