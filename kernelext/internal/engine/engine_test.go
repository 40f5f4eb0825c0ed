package engine_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/kernelext/internal/cell"
	"stylenet/kernelext/internal/engine"
	"stylenet/kernelext/internal/link"
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

// TestBrokenModule: where the module does not compile, the card says what the compiler says.
func TestBrokenModule(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module broken\n\ngo 1.26\n", "a.go": "package broken\n\nvar x int = \"three\"\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := engine.Settings{Options: link.Options{Module: folder, Roots: []string{"./..."}, Runtime: "broken", Loader: "broken", Cache: filepath.Join(folder, "cache")}}
	e := engine.Open(s, filepath.Join(folder, "cells"), folder, engine.Start)
	defer e.Close()
	err := e.Run(engine.Cell{Number: 1, Lines: []string{"x := 3"}})
	if err == nil || !strings.Contains(textOf(err), "a.go:3:13: cannot use \"three\"") {
		t.Errorf("%v", err)
	}
}
