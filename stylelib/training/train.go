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

// Result is what a training leaves.
type Result struct {
	Network  *weights.Network
	Metadata map[string]string // how it was made, for the file: seed and recipe
	Report   Report            // the last one
	Stopped  bool              // the context ended the training early
}

// Train trains a network from nothing, or goes on from o.Checkpoint. When the context ends, what has been learned by
// then is returned, with Stopped set and no error.
//
// A seed and a number of steps give the same pictures in the same order everywhere, and the same network up to what
// float32's rounding makes of sums in another order.
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
	return &Result{Network: network, Metadata: s.recipe(), Report: s.report(), Stopped: s.done() < 1}, nil
}

// recipe says how the network was made.
func (s *session) recipe() map[string]string {
	return map[string]string{
		"seed": fmt.Sprint(s.o.Seed),
		"recipe": fmt.Sprintf("stylenet train-eyes -seed %d -steps %d: %d pictures of %d textures in %d families, in %.0f minutes; "+
			"named textures, palettes and shapes, and repainted the pictures from relu4_2",
			s.o.Seed, s.n, s.pictures, s.o.Classes, families, s.trained.Minutes()),
	}
}

// session is a training and what is known about its course.
type session struct {
	*trainer
	o        Options
	painter  *textures.Painter
	early    batchSize // small pictures first, since more of them can be seen
	late     batchSize
	pictures int
	trained  time.Duration
	usual    time.Duration // what a step of this size takes
	lastSize batchSize
	measured []float64 // losses and accuracy, smoothed
	reported time.Time // when the last report was made
	since    int       // pictures at that time
	saved    time.Time // when the last checkpoint was written
}

// newSession returns a training at its start.
func newSession(backend compute.Backend, o Options) (*session, error) {
	t, err := newTrainer(backend, o.Seed, o.Classes)
	if err != nil {
		return nil, err
	}
	painter := &textures.Painter{Classes: o.Classes, Canvases: o.Canvases, Seed: o.Seed}
	return &session{trainer: t, o: o, painter: painter, early: batchSize{64, 64}, late: batchSize{32, 96}}, nil
}

// done returns which part of the training is done, 1 at the end.
func (s *session) done() float64 {
	if s.o.Steps > 0 {
		return float64(s.n) / float64(s.o.Steps)
	}
	return s.trained.Minutes() / s.o.Minutes
}

// size returns the size of the batches at this time.
func (s *session) size() batchSize {
	if s.done() < 0.8 {
		return s.early
	}
	return s.late
}

// The learning rate rises to fastest and then falls like a cosine (Loshchilov and Hutter 2017).
const (
	fastest = 6e-3
	warmUp  = 80 // steps
)

func (s *session) rate() float64 {
	return fastest*min(1, float64(s.n+1)/warmUp)*(0.5+0.5*math.Cos(math.Pi*s.done())) + 1e-5
}

// loop takes the steps. While one is taken, the next one's pictures are painted.
func (s *session) loop(ctx context.Context) error {
	s.reported, s.saved, s.since = time.Now(), time.Now(), s.pictures
	next := s.paintAhead(s.n)
	for s.done() < 1 && ctx.Err() == nil {
		started := time.Now()
		ready := <-next
		next = s.paintAhead(s.n + 1)
		measured, err := s.take(ready.batch, s.rate())
		if err != nil {
			return err
		}
		s.pictures += ready.size.n
		if err := s.note(measured, ready.size, time.Since(started)); err != nil {
			return err
		}
		if time.Since(s.reported) > s.o.Every || s.done() >= 1 {
			if err := s.tell(); err != nil {
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

// sized is a batch of a size.
type sized struct {
	batch batch
	size  batchSize
}

// paintAhead paints batch k beside other work.
func (s *session) paintAhead(k int) <-chan sized {
	ready, size := make(chan sized, 1), s.size()
	go func() { ready <- sized{newBatch(s.painter, k, size), size} }()
	return ready
}

// note keeps what a step measured, and counts its time: nothing for the first of a size, which is compiled in it, and
// no more than three times the usual for one that was held up.
func (s *session) note(measured []float32, size batchSize, took time.Duration) error {
	for i, v := range measured {
		if v := float64(v); math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("eyes: step %d: the loss is %v", s.n, v)
		}
		if len(s.measured) <= i {
			s.measured = append(s.measured, float64(v))
		}
		s.measured[i] += 0.03 * (float64(v) - s.measured[i])
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

// tell makes a report.
func (s *session) tell() error {
	r := s.report()
	r.Rate = float64(s.pictures-s.since) / time.Since(s.reported).Seconds()
	s.reported, s.since = time.Now(), s.pictures
	if s.o.OnReport == nil {
		return nil
	}
	return s.o.OnReport(r)
}

// report returns how far the training has come.
func (s *session) report() Report {
	r := Report{Step: s.n, Pictures: s.pictures, Trained: s.trained, Terms: map[string]float64{}}
	if s.o.Steps > 0 {
		r.Left = time.Duration(max(0, s.o.Steps-s.n)) * s.usual
	} else {
		r.Left = max(0, time.Duration(s.o.Minutes*float64(time.Minute))-s.trained)
	}
	for i, term := range terms {
		if i < len(s.measured) {
			r.Terms[term.name] = s.measured[i]
			r.Loss += term.weight * s.measured[i]
		}
	}
	if len(s.measured) > len(terms) {
		r.Accuracy = s.measured[len(terms)]
	}
	return r
}
