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

// checkpoint is a session in a file, in Go's gob format.
type checkpoint struct {
	Seed              uint64
	Classes, Canvases int
	Step, Pictures    int
	Trained           time.Duration
	Measured          []float64 // the moving averages
	State             [][]float32
}

// save writes the checkpoint, if Options names a file. The file is replaced at once, so it is always complete.
func (s *session) save() error {
	if s.o.Checkpoint == "" {
		return nil
	}
	state, err := s.download()
	if err != nil {
		return err
	}
	c := checkpoint{s.o.Seed, s.o.Classes, s.o.Canvases, s.n, s.pictures, s.trained, s.averages, state}
	err = atomicfile.Write(s.o.Checkpoint, func(w io.Writer) error { return gob.NewEncoder(w).Encode(c) })
	if err != nil {
		return fmt.Errorf("training: writing the checkpoint: %w", err)
	}
	return nil
}

// restore reads the checkpoint, if Options names a file and it exists.
func (s *session) restore() error {
	if s.o.Checkpoint == "" {
		return nil
	}
	f, err := os.Open(s.o.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("training: %w", err)
	}
	defer f.Close()
	var c checkpoint
	if err := gob.NewDecoder(f).Decode(&c); err != nil {
		return fmt.Errorf("training: %s is not the checkpoint of a training: %w", s.o.Checkpoint, err)
	}
	if c.Seed != s.o.Seed || c.Classes != s.o.Classes || c.Canvases != s.o.Canvases {
		return fmt.Errorf("training: %s has seed %d and %d classes of %d canvases; the options have seed %d and %d classes of %d",
			s.o.Checkpoint, c.Seed, c.Classes, c.Canvases, s.o.Seed, s.o.Classes, s.o.Canvases)
	}
	if err := s.upload(c.State); err != nil {
		return err
	}
	s.n, s.pictures, s.trained, s.averages = c.Step, c.Pictures, c.Trained, c.Measured
	return nil
}
