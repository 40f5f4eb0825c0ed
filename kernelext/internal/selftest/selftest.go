// Package selftest tells whether cells can run in one program on this machine, with this version of Go: it runs cells with
// known answers while Go's collector is made as eager as it can be. A value that the collector does not know of would be freed
// and overwritten, and the answer wrong.
//
// selftest.go runs cells, cells.go has those that set-up runs; package soak makes others without end.
package selftest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stylenet/kernelext/internal/cell"
	"stylenet/kernelext/internal/engine"
	"stylenet/kernelext/internal/soak"
)

// Stress are the settings of Go's collector that cells run under, as environment variables: it begins after each percent of
// new memory, and overwrites what it frees; or marks everything a second time while nothing runs, and compares; or never
// works beside the program.
var Stress = [][]string{
	{"GOGC=1", "GODEBUG=clobberfree=1"},
	{"GOGC=5", "GODEBUG=gccheckmark=1"},
	{"GOGC=1", "GODEBUG=clobberfree=1,gcstoptheworld=1"},
}

// Result says what was run.
type Result struct {
	Cells int            // that were run
	Kinds map[string]int // how many of each kind
}

// Notebook runs cells with known answers.
type Notebook struct {
	*engine.Engine
	Result
	folder string
}

// Open opens a notebook whose program runs under the settings, which are environment variables.
func Open(s engine.Settings, settings []string) (*Notebook, error) {
	folder, err := os.MkdirTemp("", "cells-")
	if err != nil {
		return nil, err
	}
	env := append([]string{"GONB_TMP_DIR=" + folder}, settings...)
	start := func(path string, args, more []string, stdout, stderr io.Writer) (engine.Process, error) {
		return engine.Start(path, args, append(more, env...), stdout, stderr)
	}
	n := &Notebook{Engine: engine.Open(s, filepath.Join(folder, "cells"), s.Module, start), folder: folder, Result: Result{Kinds: map[string]int{}}}
	if err := n.Ready(); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// Close ends the program and removes its files.
func (n *Notebook) Close() {
	n.Engine.Close()
	os.RemoveAll(n.folder)
}

// Check runs a cell and returns an error if its answer is wrong.
func (n *Notebook) Check(c soak.Cell) error {
	n.Cells++
	n.Kinds[c.Kind]++
	var said, trouble bytes.Buffer
	code, mode := cell.Program(cell.Lines(c.Source), nil)
	err := n.Run(engine.Cell{Number: n.Cells, Lines: code, Mode: mode, Stdout: &said, Stderr: &trouble})
	if said.String() == c.Want && (err != nil) == c.Fails && trouble.Len() == 0 {
		return nil
	}
	return fmt.Errorf("cell %d, of the kind %s:\n%s\nwrote %q, want %q; the error is %v, want one: %t; %s",
		n.Cells, c.Kind, indent(c.Source), said.String(), c.Want, err, c.Fails, trouble.String())
}

func indent(text string) string { return "\t" + strings.ReplaceAll(text, "\n", "\n\t") }

// Run runs the cells that set-up runs, under each of the settings of Stress. The error says which answer was wrong.
func Run(ctx context.Context, s engine.Settings) (all Result, err error) {
	all.Kinds = map[string]int{}
	for n, settings := range Stress {
		if err := run(ctx, s, settings, uint64(n+1), &all); err != nil {
			return all, fmt.Errorf("under %s: %w", strings.Join(settings, " "), err)
		}
	}
	return all, nil
}

// random is how many cells of package soak a self-test runs after its own, under each setting.
const random = 60

func run(ctx context.Context, s engine.Settings, settings []string, seed uint64, all *Result) error {
	n, err := Open(s, settings)
	if err != nil {
		return err
	}
	defer n.Close()
	defer func() {
		all.Cells += n.Cells
		for kind, count := range n.Kinds {
			all.Kinds[kind] += count
		}
	}()
	cells := own()
	g := soak.New(seed)
	for range random {
		cells = append(cells, g.Next())
	}
	for _, c := range cells {
		if err := n.Check(c); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// Soak runs notebooks of 500 random cells, one after the other, each under the next of the settings of Stress, until the time
// is over. After each it calls report.
func Soak(ctx context.Context, s engine.Settings, seed uint64, until time.Time, report func(seed uint64, r Result, took time.Duration)) error {
	for ; time.Now().Before(until) && ctx.Err() == nil; seed++ {
		settings := Stress[seed%uint64(len(Stress))]
		begun := time.Now()
		n, err := Open(s, settings)
		if err != nil {
			return err
		}
		g := soak.New(seed)
		for n.Cells < cellsOfSoak && time.Now().Before(until) && ctx.Err() == nil {
			if err := n.Check(g.Next()); err != nil {
				n.Close()
				return fmt.Errorf("seed %d under %s: %w", seed, strings.Join(settings, " "), err)
			}
		}
		report(seed, n.Result, time.Since(begun))
		n.Close()
	}
	return ctx.Err()
}

const cellsOfSoak = 500
