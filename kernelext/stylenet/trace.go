//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"

	"stylenet/kernelext/internal/whole"
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
	err = whole.Write(p.Trace, 0o644, func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}
