package engine_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stylenet/kernelext/internal/cell"
	"stylenet/kernelext/internal/engine"
	"stylenet/kernelext/internal/setup"
)

// notebook runs cells in an engine without a kernel.
type notebook struct {
	*engine.Engine
	t      testing.TB
	number int
}

func open(t testing.TB, why string) *notebook {
	t.Helper()
	home := os.Getenv("STYLENET_HOME")
	if home == "" {
		t.Skip("STYLENET_HOME is not set; stylenet test sets it")
	}
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Setenv("GONB_TMP_DIR", folder)
	s := (&setup.Setup{Home: home, Module: module}).CellSettings()
	s.Why = why
	n := &notebook{Engine: engine.Open(s, filepath.Join(folder, "cells"), module, engine.Start), t: t}
	t.Cleanup(n.Close)
	if err := n.Ready(); err != nil {
		t.Fatal(err)
	}
	return n
}

// run runs a cell and returns what it wrote and how it failed.
func (n *notebook) run(source string) (string, error) {
	n.number++
	var said bytes.Buffer
	lines, mode := cell.Program(cell.Lines(source), nil)
	err := n.Run(engine.Cell{Number: n.number, Lines: lines, Mode: mode, Stdout: &said, Stderr: &said})
	return said.String(), err
}
