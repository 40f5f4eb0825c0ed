package engine

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"stylenet/kernelext/internal/cell"
	"stylenet/kernelext/internal/repl"
	"stylenet/kernelext/internal/report"
	"stylenet/kernelext/internal/wire"
)

// runAlone runs a cell as a program of its own.
func (e *Engine) runAlone(ctx context.Context, c Cell, prepared *repl.Cell) (*report.Card, error) {
	path, err := e.buildAlone(ctx, c, prepared)
	if err != nil {
		return nil, err
	}
	answerFile := e.file("answer")
	os.Remove(answerFile)
	end := report.End{Crash: &report.Crash{To: c.Stderr}, Cells: e.cells}
	stdout, args := c.Stdout, c.Args
	if c.Mode == cell.Test {
		end.Tests = &report.Tests{To: stdout, Cells: e.cells}
		stdout, args = end.Tests, testArgs(prepared.Tests, args)
	}
	process, err := e.start(path, args, []string{wire.AnswerVar + "=" + answerFile}, stdout, end.Crash)
	if err != nil {
		return nil, err
	}
	stops := 0
	e.onStop(func() {
		stops++
		interrupt(process)
		if stops > 2 || c.Mode == cell.Test {
			process.Signal(syscall.SIGKILL)
		}
	})
	if ctx.Err() != nil { // it was stopped meanwhile
		process.Signal(syscall.SIGKILL)
	}
	end.Err = <-process.Ended()
	e.onStop(nil)
	end.Interrupted = stops > 0
	var answer wire.Answer
	if data, err := os.ReadFile(answerFile); err == nil && json.Unmarshal(data, &answer) == nil {
		end.Crash.Flush()
		return e.answered(c, prepared, answer), nil
	}
	if card := end.Card(); card != nil {
		return card, nil
	}
	e.session.Commit(prepared, 0) // a test
	return nil, nil
}

// answered takes in the answer of a program with one cell.
func (e *Engine) answered(c Cell, prepared *repl.Cell, answer wire.Answer) *report.Card {
	e.session.Commit(prepared, answer.Done)
	e.session.Kept(answer.Kept, answer.Lost)
	const why = "it ended with its cell, which was a program of its own"
	if e.session.Programs { // no later program can read what was not written
		e.session.Lose(why, e.session.Variables())
	} else {
		e.session.Drop(why, answer.Lost)
		e.restore(c, answer.Kept)
	}
	if answer.Card != nil {
		return e.cells.Complete(answer.Card, c.Number)
	}
	return nil
}

// testArgs are the arguments of a test program: those of the cell, or that it runs the tests of the cell.
func testArgs(tests, args []string) []string {
	if len(args) > 0 {
		return args
	}
	args = []string{"-test.v", "-test.run=^(" + strings.Join(tests, "|") + ")$"}
	for _, name := range tests {
		if strings.HasPrefix(name, "Benchmark") {
			return append(args, "-test.bench=.")
		}
	}
	return args
}

// buildAlone makes a program of a cell.
func (e *Engine) buildAlone(ctx context.Context, c Cell, prepared *repl.Cell) (path string, err error) {
	name, command := "cell.go", []string{"build"}
	if c.Mode == cell.Test {
		name, command = "cell_test.go", []string{"test", "-c", "-vet=off"}
	}
	source, path := e.file(name), e.file("program")
	if err := os.WriteFile(source, []byte(prepared.Source), 0o644); err != nil {
		return "", err
	}
	defer os.Remove(source)
	build := e.settings.GoTool(ctx, e.work, append(command, "-o", path, source)...)
	build.Env = append(build.Env, "GOWORK=auto") // the kernel's folder and the module
	if said, err := build.CombinedOutput(); err != nil {
		return "", e.compiler(errors.Join(err, errors.New(strings.TrimSpace(string(said)))))
	}
	return path, nil
}

// Start is a [Starter] for a program by itself, without a kernel.
func Start(path string, args, env []string, stdout, stderr io.Writer) (Process, error) {
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &command{cmd, make(chan error, 1)}
	go func() { p.ended <- cmd.Wait() }()
	return p, nil
}

// command is a program that Start has started.
type command struct {
	*exec.Cmd
	ended chan error
}

func (c *command) Signal(s os.Signal) error { return c.Process.Signal(s) }

func (c *command) Ended() <-chan error { return c.ended }
