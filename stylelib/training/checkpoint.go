package training

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"stylenet/stylelib/internal/atomicfile"
)

// checkpoint is a training in a file: all that is needed to go on.
type checkpoint struct {
	Seed              uint64
	Classes, Canvases int
	Step, Pictures    int
	Trained           time.Duration
	Measured          []float64
	State             [][]float32
}

// save writes the checkpoint, where one is wanted. The file appears in full or not at all.
func (s *session) save() error {
	if s.o.Checkpoint == "" {
		return nil
	}
	state, err := s.fetch()
	if err != nil {
		return err
	}
	c := checkpoint{s.o.Seed, s.o.Classes, s.o.Canvases, s.n, s.pictures, s.trained, s.measured, state}
	err = atomicfile.Write(s.o.Checkpoint, func(w io.Writer) error { return gob.NewEncoder(w).Encode(c) })
	if err != nil {
		return fmt.Errorf("eyes: writing the checkpoint: %w", err)
	}
	return nil
}

// restore goes on from the checkpoint, where there is one.
func (s *session) restore() error {
	if s.o.Checkpoint == "" {
		return nil
	}
	f, err := os.Open(s.o.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("eyes: %w", err)
	}
	defer f.Close()
	var c checkpoint
	if err := gob.NewDecoder(f).Decode(&c); err != nil {
		return fmt.Errorf("eyes: %s is no checkpoint of a training: %w", s.o.Checkpoint, err)
	}
	if c.Seed != s.o.Seed || c.Classes != s.o.Classes || c.Canvases != s.o.Canvases {
		return fmt.Errorf("eyes: %s is of seed %d with %d classes of %d canvases; seed %d with %d of %d is asked for",
			s.o.Checkpoint, c.Seed, c.Classes, c.Canvases, s.o.Seed, s.o.Classes, s.o.Canvases)
	}
	if err := s.load(c.State); err != nil {
		return err
	}
	s.n, s.pictures, s.trained, s.measured = c.Step, c.Pictures, c.Trained, c.Measured
	return nil
}
