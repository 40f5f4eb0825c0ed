package engine_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"stylenet/kernelext/internal/cell"
	"stylenet/kernelext/internal/engine"
	"stylenet/kernelext/internal/link"
)

// cache is where the base of the tests lies: the one of the set-up where there is one.
func cache() string {
	if home := os.Getenv("STYLENET_HOME"); home != "" {
		return filepath.Join(home, "cells")
	}
	return filepath.Join(os.TempDir(), "stylenet-test-cells")
}

// notebook runs cells in an engine without a kernel.
type notebook struct {
	*engine.Engine
	t      testing.TB
	number int
}

func open(t testing.TB, why string) *notebook {
	t.Helper()
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	t.Setenv("GONB_TMP_DIR", folder)
	s := engine.Settings{Options: link.Options{Module: module, Roots: []string{"./..."}, Runtime: "stylenet/kernelext/resident",
		Loader: "stylenet/kernelext/resident/internal/load", Cache: cache()}, Why: why}
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
