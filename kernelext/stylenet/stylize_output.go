//go:build cgo

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"

	"github.com/google/renameio/v2"
)

// Where a painting's results go: picture, frames and trace.

// checkPlaces finds out before painting whether the results can be written.
func (o *outputSettings) checkPlaces() error {
	if err := picture.CanSave(o.File); err != nil {
		return err
	}
	if o.Frames != "" {
		if err := picture.CanSave(o.frameName(0)); err != nil {
			return err
		}
	}
	if o.Trace != "" {
		if err := canWrite(o.Trace); err != nil {
			return fmt.Errorf("trace: %w", err)
		}
	}
	return nil
}

// checkSources finds out whether the result would take the place of a picture that it is painted from.
func checkSources(s *settings) error {
	there, err := os.Stat(s.output.File)
	if err != nil {
		return nil
	}
	for name, file := range s.options().files() {
		if source, err := os.Stat(file); err == nil && os.SameFile(source, there) {
			return usageError{fmt.Errorf("the result would take the place of the %s picture %s; -o names another file", name, file)}
		}
	}
	return nil
}

// frameName returns the file of the picture after step n.
func (o *outputSettings) frameName(n int) string {
	return filepath.Join(o.Frames, fmt.Sprintf("step-%05d.png", n))
}

// saveFrame writes the picture on its way, where frames are wanted, at the size that it will have.
func (p *painting) saveFrame(step stylelib.Step) error {
	out := &p.asked.output
	if out.Frames == "" || step.N%out.Every != 0 && step.N != step.Total {
		return nil
	}
	img, err := step.Picture()
	if err != nil {
		return err
	}
	if img, err = p.finish(picture.ResizeTo(img, p.resolved.Width, p.resolved.Height)); err != nil {
		return err
	}
	return picture.Save(out.frameName(step.N), img)
}

// save writes the picture, with its recipe where it can carry one, and the trace.
func (p *painting) save(result *stylelib.Result) error {
	return errors.Join(p.savePicture(result), p.saveTrace(result.Steps))
}

func (p *painting) savePicture(result *stylelib.Result) error {
	out, img := &p.asked.output, result.Picture
	if out.Bits == 16 {
		img = picture.SixteenBits{Image: img}
	}
	if !out.Recipe || !picture.CarriesRecipe(out.File) {
		return picture.Save(out.File, img)
	}
	r, err := newRecipe(p, result)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	return picture.SaveWithRecipe(out.File, img, string(text)+"\n")
}

// traceStep is one step in the trace file: weighted losses of the picture as it enters step N.
type traceStep struct {
	N       int                `json:"n"`
	Loss    float64            `json:"loss"`
	Terms   map[string]float64 `json:"terms"`
	Seconds float64            `json:"seconds"` // since the run began
}

// saveTrace writes every step's losses as JSON, where a trace is wanted.
func (p *painting) saveTrace(steps []stylelib.Step) error {
	file := p.asked.output.Trace
	if file == "" {
		return nil
	}
	trace := struct {
		Options  *settings   `json:"options"`
		Resolved resolved    `json:"resolved"`
		Steps    []traceStep `json:"steps"`
	}{p.asked, p.resolved, []traceStep{}}
	for _, s := range steps {
		trace.Steps = append(trace.Steps, traceStep{s.N, s.Loss, s.Terms, s.Elapsed.Seconds()})
	}
	data, err := json.MarshalIndent(trace, "", " ")
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if err := renameio.WriteFile(file, append(data, '\n'), 0o644, renameio.WithTempDir(filepath.Dir(file))); err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	return nil
}

// canWrite finds out, before anything is painted, whether renameio can write a file. It makes the folder.
func canWrite(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s: it is a folder", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		return err
	}
	return file.Cleanup()
}
