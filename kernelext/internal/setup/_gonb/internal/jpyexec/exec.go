package jpyexec

import (
	"errors"
	"fmt"
	"io"
	osexec "os/exec"
	"path"
	"sync"

	"github.com/janpfeifer/gonb/internal/kernel"
	"github.com/janpfeifer/gonb/internal/program"
)

// Start executes the program in the background, while cells run in it: only who has started it interrupts it.
func (exec *Executor) Start() *program.Started {
	started := make(chan *program.Program, 1)
	return program.Await(started, func() error { return exec.run(started) })
}

// Exec executes the program, which Stop interrupts. It returns an error if that was not started, or failed.
func (exec *Executor) Exec() error { return exec.run(nil) }

// run executes the program. Who waits for it in started interrupts it; else the kernel does.
func (exec *Executor) run(started chan *program.Program) error {
	exec.isDone, exec.doneChan = false, make(chan struct{})
	defer exec.done()
	exec.cmd = osexec.Command(exec.command, exec.args...)
	exec.cmd.Dir = exec.dir
	running := program.New(exec.cmd)
	defer running.End()
	if err := exec.connect(); err != nil {
		return err
	}
	wait := exec.copyOutput()
	if exec.millisecondsToInput > 0 {
		exec.handleJupyterInput()
	}
	if exec.useNamedPipes {
		if err := exec.handleNamedPipes(); err != nil {
			return err
		}
		if exec.commsHandler != nil {
			exec.commsHandler.ProgramStart(exec)
		}
	}
	k := exec.Msg.Kernel()
	if started == nil { // before the program starts, so that no interrupt gets lost
		defer k.UnsubscribeInterrupt(k.SubscribeInterrupt(func(kernel.SubscriptionId) { running.Interrupt() }))
		if k.Interrupted.Load() {
			return errors.New("interrupted before the program was started")
		}
	}
	if err := running.Start(k.StoppedChan()); err != nil {
		return fmt.Errorf("%s was not started: %w", exec.command, err)
	}
	if started != nil {
		started <- running
	}
	if exec.stdinContent != nil {
		exec.handleStaticInput()
	}
	wait()
	if err := running.Wait(); err != nil {
		return fmt.Errorf("%s failed: %w", path.Base(exec.command), err)
	}
	return nil
}

// connect makes the pipes to the program. Where nobody types, its standard input is at its end.
func (exec *Executor) connect() (err error) {
	if exec.cmdStdout, err = exec.cmd.StdoutPipe(); err != nil {
		return err
	}
	if exec.cmdStderr, err = exec.cmd.StderrPipe(); err != nil {
		return err
	}
	exec.cmdStdin = nobody{}
	if exec.stdinContent != nil || exec.millisecondsToInput > 0 {
		exec.cmdStdin, err = exec.cmd.StdinPipe()
	}
	return err
}

// nobody is the writer of a standard input for which nobody types.
type nobody struct{ io.Writer }

func (nobody) Close() error { return nil }

// copyOutput passes on what the program writes. The function that it returns waits until all is passed on.
func (exec *Executor) copyOutput() (wait func()) {
	if exec.stdoutWriter == nil {
		exec.stdoutWriter = kernel.NewJupyterStreamWriter(exec.Msg, kernel.StreamStdout)
	}
	if exec.stderrWriter == nil {
		exec.stderrWriter = kernel.NewJupyterStreamWriter(exec.Msg, kernel.StreamStderr)
	}
	var copying sync.WaitGroup
	copying.Go(func() { _, _ = io.Copy(exec.stdoutWriter, exec.cmdStdout) })
	copying.Go(func() { _, _ = io.Copy(exec.stderrWriter, exec.cmdStderr) })
	return copying.Wait
}
