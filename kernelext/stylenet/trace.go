//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"stylenet/stylelib"
)

// traceStep is one step in the trace file: weighted losses of the picture as it enters step N.
type traceStep struct {
	N       int                `json:"n"`
	Loss    float64            `json:"loss"`
	Terms   map[string]float64 `json:"terms"`
	Seconds float64            `json:"seconds"` // since the run began
}

// saveTrace writes every step's losses as JSON, where a trace is wanted.
func (p *painting) saveTrace(steps []stylelib.Step) error {
	if p.Trace == "" {
		return nil
	}
	trace := struct {
		Options *painting   `json:"options"`
		Steps   []traceStep `json:"steps"`
	}{Options: p, Steps: []traceStep{}}
	for _, s := range steps {
		trace.Steps = append(trace.Steps, traceStep{s.N, s.Loss, s.Terms, s.Elapsed.Seconds()})
	}
	data, err := json.MarshalIndent(trace, "", " ")
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if err := renameio.WriteFile(p.Trace, append(data, '\n'), 0o644, renameio.WithTempDir(filepath.Dir(p.Trace))); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

// canSaveTrace finds out, before anything is painted, whether saveTrace can write its file. It makes the folder.
func (p *painting) canSaveTrace() error {
	if info, err := os.Stat(p.Trace); err == nil && info.IsDir() {
		return fmt.Errorf("%s: it is a folder", p.Trace)
	}
	if err := os.MkdirAll(filepath.Dir(p.Trace), 0o777); err != nil {
		return err
	}
	file, err := renameio.NewPendingFile(p.Trace, renameio.WithTempDir(filepath.Dir(p.Trace)))
	if err != nil {
		return err
	}
	return file.Cleanup()
}
