package training

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/gomlx/compute"
	"stylenet/stylelib/training/textures"
	"stylenet/weights"
)

// Result is the outcome of a training.
type Result struct {
	Network  *weights.Network
	Metadata map[string]string // for the network's file: "seed" and "recipe"
	Report   Report            // the last one
	Stopped  bool              // the context ended the training early
}

// Train trains a network from random values, or resumes the training of o.Checkpoint. If the context ends, Train returns the
// network as it is by then, with Stopped set and no error.
//
// A seed and a number of steps give the same pictures in the same order on every machine, and the same network up to
// float32's rounding.
func Train(ctx context.Context, backend compute.Backend, o Options) (*Result, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	s, err := newSession(backend, o)
	if err != nil {
		return nil, err
	}
	defer s.free()
	if err := s.restore(); err != nil {
		return nil, err
	}
	if err := s.loop(ctx); err != nil {
		return nil, err
	}
	if err := s.save(); err != nil {
		return nil, err
	}
	network, err := s.fold()
	if err != nil {
		return nil, err
	}
	return &Result{Network: network, Metadata: s.metadata(), Report: s.report(), Stopped: s.progress() < 1}, nil
}

// metadata describes how the network was made.
func (s *session) metadata() map[string]string {
	return map[string]string{
		"seed": fmt.Sprint(s.o.Seed),
		"recipe": fmt.Sprintf("package training with seed %d, %d steps, %d classes in %d families, %d canvases each: "+
			"%d pictures in %.0f minutes; predicted textures, palettes and shapes, and gave the pictures back from relu2_1, relu3_1, relu4_1 and relu4_2",
			s.o.Seed, s.n, s.o.Classes, families, s.o.Canvases, s.pictures, s.trained.Minutes()),
	}
}

// session is a trainer in the course of a training.
type session struct {
	*trainer
	o           Options
	generator   *textures.Generator
	early, late batchSize     // many small pictures at first, fewer large ones in the last fifth
	pictures    int           // used so far
	trained     time.Duration // as in Report
	usual       time.Duration // moving average of a step's time, for batches of the current size
	lastSize    batchSize
	averages    []float64 // moving averages of the terms of the loss and of the accuracy; empty before the first step
	reported    time.Time // when the last report was sent
	since       int       // pictures at that time
	saved       time.Time // when the last checkpoint was written
}

// newSession returns a session at the start of a training.
func newSession(backend compute.Backend, o Options) (*session, error) {
	t, err := newTrainer(backend, o.Seed, o.Classes)
	if err != nil {
		return nil, err
	}
	generator := &textures.Generator{Classes: o.Classes, Canvases: o.Canvases, Seed: o.Seed}
	return &session{trainer: t, o: o, generator: generator, early: batchSize{64, 64}, late: batchSize{32, 96}}, nil
}

// progress returns the fraction of the training that is done, 1 at the end.
func (s *session) progress() float64 {
	if s.o.Steps > 0 {
		return float64(s.n) / float64(s.o.Steps)
	}
	return s.trained.Minutes() / s.o.Minutes
}

// size returns the current size of batches.
func (s *session) size() batchSize {
	if s.progress() < 0.8 {
		return s.early
	}
	return s.late
}

// The learning rate rises linearly to peakRate and then falls along a cosine (Loshchilov and Hutter 2017).
const (
	peakRate    = 6e-3
	warmUpSteps = 80
)

// rate returns the learning rate of the next step.
func (s *session) rate() float64 {
	return peakRate*min(1, float64(s.n+1)/warmUpSteps)*(0.5+0.5*math.Cos(math.Pi*s.progress())) + 1e-5
}

// loop does the steps. During each step it makes the batch of the next one.
func (s *session) loop(ctx context.Context) error {
	s.reported, s.saved, s.since = time.Now(), time.Now(), s.pictures
	next := s.prepare(s.n)
	for s.progress() < 1 && ctx.Err() == nil {
		started := time.Now()
		ready := <-next
		next = s.prepare(s.n + 1)
		measured, err := s.run(ready.batch, s.rate())
		if err != nil {
			return err
		}
		s.pictures += ready.size.n
		if err := s.record(measured, ready.size, time.Since(started)); err != nil {
			return err
		}
		if time.Since(s.reported) > s.o.Every || s.progress() >= 1 {
			if err := s.sendReport(); err != nil {
				return err
			}
		}
		if time.Since(s.saved) > time.Minute {
			if err := s.save(); err != nil {
				return err
			}
			s.saved = time.Now()
		}
	}
	return (<-next).batch.free()
}

// sizedBatch is a batch and its size.
type sizedBatch struct {
	batch batch
	size  batchSize
}

// prepare makes batch k in a goroutine.
func (s *session) prepare(k int) <-chan sizedBatch {
	ready, size := make(chan sizedBatch, 1), s.size()
	go func() { ready <- sizedBatch{newBatch(s.generator, k, size), size} }()
	return ready
}

// record updates the moving averages and the time after a step. The first step of a size does not count, because it is
// compiled in it; a step that was interrupted counts as at most three usual ones.
func (s *session) record(measured []float32, size batchSize, took time.Duration) error {
	for i, v := range measured {
		if v := float64(v); math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("training: step %d: the loss is %v", s.n, v)
		}
		if len(s.averages) <= i {
			s.averages = append(s.averages, float64(v))
		}
		s.averages[i] += 0.03 * (float64(v) - s.averages[i])
	}
	if s.lastSize != size {
		s.lastSize, s.usual = size, 0
		return nil
	}
	if s.usual == 0 {
		s.usual = took
	}
	took = min(took, 3*s.usual)
	s.usual += (took - s.usual) / 20
	s.trained += took
	return nil
}

// sendReport calls OnReport.
func (s *session) sendReport() error {
	r := s.report()
	r.Rate = float64(s.pictures-s.since) / time.Since(s.reported).Seconds()
	s.reported, s.since = time.Now(), s.pictures
	if s.o.OnReport == nil {
		return nil
	}
	return s.o.OnReport(r)
}

// report returns a report without a rate.
func (s *session) report() Report {
	r := Report{Step: s.n, Pictures: s.pictures, Trained: s.trained, Terms: map[string]float64{}}
	if s.o.Steps > 0 {
		r.Left = time.Duration(max(0, s.o.Steps-s.n)) * s.usual
	} else {
		r.Left = max(0, time.Duration(s.o.Minutes*float64(time.Minute))-s.trained)
	}
	if len(s.averages) > 0 {
		for i, term := range terms {
			r.Terms[term.name] = s.averages[i]
			r.Loss += term.weight * s.averages[i]
		}
		r.Accuracy = s.averages[len(terms)]
	}
	return r
}
