package goexec

import (
	"io"
	"os"
	"path"

	"github.com/janpfeifer/gonb/internal/cell"
	"github.com/janpfeifer/gonb/internal/engine"
	"github.com/janpfeifer/gonb/internal/help"
	"github.com/janpfeifer/gonb/internal/jpyexec"
	"github.com/janpfeifer/gonb/internal/kernel"
	"github.com/janpfeifer/gonb/internal/program"
	"k8s.io/klog/v2"
)

// cells is what the kernel has for package engine, which runs the cells in place of this package.
type cells struct {
	Cells *engine.Engine // nil: this package runs them
	Help  *help.Server   // it answers in place of gopls; nil: nobody is typing

	msg    kernel.Message    // of the cell that runs
	latest *jpyexec.Executor // the last program that the engine has started
}

// Open has package engine run the cells, where the environment has its settings, and starts the help. It returns what ends both.
func (s *State) Open() (end func(), err error) {
	if settings, ok := engine.FromEnv(); ok {
		s.Cells = engine.Open(settings, path.Join(s.TempDir, "cells"), s.TempDir, s.start)
	}
	if os.Getenv(program.HeadlessVar) == "" { // somebody is typing
		if s.Help, err = help.Start(s.TempDir); err != nil {
			klog.Errorf("gopls does not start: %v", err)
		}
		go func() { s.Help.Learn(s.Cells.Declarations("")) }() // when the engine is ready
	}
	return func() {
		s.Help.Stop()
		s.Cells.Close()
		program.Wait()
	}, program.Announce(s.TempDir)
}

// start starts a program for the engine, with the pipes of gonbui.
func (s *State) start(program string, args, env []string, stdout, stderr io.Writer) (engine.Process, error) {
	s.latest = jpyexec.New(s.msg, "env", append(append(env, program), args...)...).
		UseNamedPipes(s.Comms).WithStdout(stdout).WithStderr(stderr)
	return s.latest.Start(), nil
}

// runCell has the engine run a cell.
func (s *State) runCell(msg kernel.Message, number int, lines []string) error {
	s.msg = msg
	if s.latest != nil { // what it displays belongs to this cell now
		s.latest.Msg = msg
		s.Comms.ProgramStart(s.latest)
	}
	id := msg.Kernel().SubscribeInterrupt(func(kernel.SubscriptionId) { s.Cells.Stop() })
	defer msg.Kernel().UnsubscribeInterrupt(id)
	code, mode := cell.Program(lines, s.Args)
	c := engine.Cell{Number: number, Lines: code, Args: s.Args, Mode: mode, Get: s.AutoGet, Stopped: msg.Kernel().Interrupted.Load,
		Stdout: kernel.NewJupyterStreamWriter(msg, kernel.StreamStdout), Stderr: kernel.NewJupyterStreamWriter(msg, kernel.StreamStderr)}
	if s.CaptureFile != nil {
		c.Stdout, c.Stderr = io.MultiWriter(c.Stdout, s.CaptureFile), io.MultiWriter(c.Stderr, s.CaptureFile)
	}
	return s.Cells.Run(c)
}

// Earlier returns the declarations of the cells that ran, and the imports of the next one, as a file for Help.
func (s *State) Earlier(next string) string {
	if s.Help == nil {
		return ""
	}
	_ = s.AutoTrack()
	_ = s.EnumerateUpdatedFiles(s.Help.Changed)
	return s.Cells.Declarations(next)
}

// Complete returns what may stand at the cursor of a cell: what gopls says, or until that is warm what the session of cells knows.
func (s *State) Complete(code string, cursor int) (help.Completion, error) {
	if !s.Help.Warm() && s.Cells != nil {
		runes := []rune(code)
		cursor = min(max(cursor, 0), len(runes))
		if names, typed := s.Cells.Complete(string(runes[:cursor])); names != nil {
			return help.Completion{Matches: names, Start: cursor - len([]rune(typed)), End: cursor, Metadata: map[string]any{}}, nil
		}
	}
	return s.Help.Complete(s.Earlier(code), code, cursor)
}
