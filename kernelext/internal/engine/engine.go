// Package engine runs the cells of a notebook. They run in one program that stays, so that values, goroutines and what
// libraries hold live on; a fatal error of that program loses only what could not be written beside it. Where that cannot be
// had, each cell is a program of its own, and values go from one to the next in files.
//
// engine.go opens an engine, cell.go runs a cell, resident.go the program that stays, programs.go programs of their own,
// stream.go passes on what they write. Set-up also builds the package into the kernel, so it uses the standard library only.
package engine

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"stylenet/kernelext/internal/link"
	"stylenet/kernelext/internal/repl"
	"stylenet/kernelext/internal/report"
)

// SettingsVar is the environment variable with the settings of a kernel's engine, as JSON. Without it there is none.
const SettingsVar = "GONB_CELLS"

// Settings say what cells may import, and how they run.
type Settings struct {
	link.Options
	Why string // why each cell is to be a program of its own; empty: the cells run in one program
}

// alone tells whether each cell is to be a program of its own.
func (s Settings) alone() bool { return s.Why != "" }

// Base are the options of the base that the cells need.
func (s Settings) Base() link.Options {
	o := s.Options
	o.Alone = s.alone()
	return o
}

// FromEnv returns the settings in the environment.
func FromEnv() (s Settings, ok bool) {
	text := os.Getenv(SettingsVar)
	return s, text != "" && json.Unmarshal([]byte(text), &s) == nil
}

// Variable is the settings as an environment variable.
func (s Settings) Variable() string {
	data, _ := json.Marshal(s) // strings alone: it cannot fail
	return string(data)
}

// Starter starts a program for an engine, with arguments and with environment variables beside our own. What the program writes
// goes to the writers.
type Starter func(path string, args, env []string, stdout, stderr io.Writer) (Process, error)

// Process is a program that runs.
type Process interface {
	Signal(os.Signal) error
	Ended() <-chan error // receives how it ended
}

// Engine runs the cells of one notebook, one after the other.
type Engine struct {
	settings Settings
	folder   string // for its own files
	work     string // where go list finds packages outside the base
	start    Starter

	ready   chan struct{}
	err     error
	session *repl.Session
	linker  *link.Linker
	base    *link.Base
	cells   report.Cells

	resident *resident         // nil: it does not run
	env      map[string]string // as the program knows it
	closed   atomic.Bool       // for good
	told     bool              // why each cell is a program of its own

	mu        sync.Mutex // for what Stop needs
	interrupt func()     // of the cell that runs; nil: none does
}

// Open opens an engine. It gets ready in the background.
func Open(s Settings, folder, work string, start Starter) *Engine {
	e := &Engine{settings: s, folder: folder, work: work, start: start, ready: make(chan struct{}), cells: report.Cells{}}
	go func() {
		defer close(e.ready)
		e.err = e.open()
	}()
	return e
}

func (e *Engine) open() (err error) {
	if err := os.MkdirAll(e.folder, 0o755); err != nil {
		return err
	}
	if !e.settings.alone() {
		if err := link.Check(context.Background(), e.settings.Options); err != nil {
			e.settings.Why = err.Error()
		}
	}
	if e.base, err = link.Open(context.Background(), e.settings.Base()); err != nil {
		return err
	}
	if e.linker, err = link.NewLinker(e.base, e.folder, e.work); err != nil {
		return err
	}
	e.newSession()
	return nil
}

func (e *Engine) newSession() {
	e.session = repl.New(repl.Options{Packages: link.NewPackages(e.linker), Runtime: e.settings.Runtime, Version: link.GoVersion, Programs: e.settings.alone()})
	e.session.Warm(e.settings.Runtime)
}

// isReady tells whether there is an engine, and it is ready now.
func (e *Engine) isReady() bool {
	if e == nil {
		return false
	}
	select {
	case <-e.ready:
		return e.err == nil
	default:
		return false
	}
}

// Reset forgets all cells, and ends the program that they ran in. A nil Engine has none.
func (e *Engine) Reset() {
	if e != nil && e.Ready() == nil {
		e.Close()
		e.closed.Store(false)
		clear(e.cells)
		e.newSession()
	}
}

// Ready waits until the engine is ready, and returns why it is not.
func (e *Engine) Ready() error {
	<-e.ready
	return e.err
}

// Declarations are what the cells so far have declared, as a Go file, with the imports that the next cell needs.
func (e *Engine) Declarations(next string) string {
	if e != nil && e.Ready() == nil {
		return e.session.Declarations(next)
	}
	return "package main\n"
}

// Remove forgets a name. It returns whether there was something of that name.
func (e *Engine) Remove(name string) bool {
	return e != nil && e.Ready() == nil && e.session.Remove(name)
}

// Complete returns the names that a text may go on with, and the part of the name that is there: see [repl.Session.Complete].
func (e *Engine) Complete(text string) (names []string, typed string) {
	if e.Ready() != nil {
		return nil, ""
	}
	return e.session.Complete(text)
}

// Stop stops the cell that runs. A second call does not wait for it.
func (e *Engine) Stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.interrupt != nil {
		e.interrupt()
	}
}

// onStop says what stops the cell that runs.
func (e *Engine) onStop(interrupt func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.interrupt = interrupt
}

func (e *Engine) file(name string) string { return filepath.Join(e.folder, name) }
