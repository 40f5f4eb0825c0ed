package training

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"stylenet/stylelib/internal/testkit"
)

// tiny returns a training that takes seconds: four classes, small pictures, few of them.
func tiny(t *testing.T, backend compute.Backend, o Options) *session {
	t.Helper()
	o.Classes, o.Canvases = 4, 2
	o = o.withDefaults()
	s, err := newSession(backend, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.free() })
	s.early, s.late = batchSize{20, 32}, batchSize{20, 32}
	return s
}

// until trains up to a step and returns the first report on the way.
func until(t *testing.T, s *session, step int) (first Report) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.o.OnReport = func(r Report) error {
		if first.Step == 0 {
			first = r
		}
		if r.Step == step {
			stop()
		}
		return nil
	}
	if err := s.loop(ctx); err != nil {
		t.Fatal(err)
	}
	return first
}

func downloaded(t *testing.T, s *session) [][]float32 {
	t.Helper()
	state, err := s.download()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// A short training: saved after three steps and continued to six, then restored and continued to six again, which must give
// the same; then continued to the end, where it must be better than chance: with four classes an accuracy of 1/4 and a cross
// entropy of log 4.
func TestTraining(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint")
	s := tiny(t, testkit.Backend(t), Options{Steps: 150, Checkpoint: path, Every: time.Nanosecond})
	first := until(t, s, 3)
	if err := s.save(); err != nil {
		t.Fatal(err)
	}
	until(t, s, 6)
	want := downloaded(t, s)
	if err := s.restore(); err != nil {
		t.Fatal(err)
	}
	if s.n != 3 || s.pictures != 3*20 {
		t.Errorf("the checkpoint is of step %d after %d pictures", s.n, s.pictures)
	}
	until(t, s, 6)
	for i, values := range downloaded(t, s) {
		for k, v := range values {
			if d := math.Abs(float64(v - want[i][k])); !(d < 1e-4) {
				t.Fatalf("value %d of array %d is %g, want %g", k, i, v, want[i][k])
			}
		}
	}
	until(t, s, 150)
	last := s.report()
	t.Logf("loss %.2f to %.2f, accuracy %.2f, terms %v", first.Loss, last.Loss, last.Accuracy, last.Terms)
	if !(last.Loss < 0.8*first.Loss) {
		t.Errorf("the loss went from %g to %g", first.Loss, last.Loss)
	}
	if !(last.Accuracy > 0.4) || !(last.Terms["class"] < math.Log(4)) {
		t.Errorf("accuracy %.2f, cross entropy %.2f", last.Accuracy, last.Terms["class"])
	}
	if last.Step != 150 || last.Pictures != 150*20 {
		t.Errorf("%d steps, %d pictures", last.Step, last.Pictures)
	}
}

func TestCheckpointOfAnotherTraining(t *testing.T) {
	backend := testkit.Backend(t)
	path := filepath.Join(t.TempDir(), "checkpoint")
	s := tiny(t, backend, Options{Seed: 1, Checkpoint: path})
	if err := s.save(); err != nil {
		t.Fatal(err)
	}
	if err := tiny(t, backend, Options{Seed: 2, Checkpoint: path}).restore(); err == nil {
		t.Error("another seed's checkpoint was restored")
	}
	if err := os.WriteFile(path, []byte("no checkpoint"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := s.restore(); err == nil {
		t.Error("a text file was restored")
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{Minutes: -1}, {Minutes: math.NaN()}, {Steps: -1}, {Classes: 1}, {Canvases: -1}} {
		if _, err := Train(t.Context(), nil, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}
