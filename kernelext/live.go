package kernelext

import (
	"image"
	"iter"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"stylenet/kernelext/internal/current"
)

// Live shows the progress of a loop in the cell's output: a progress bar with the time left, loss curves on a logarithmic
// axis and the latest picture. It redraws itself at most 4 times a second, and more rarely where drawing would take more
// than 0.8 % of the time. Close, or the end of the cell, replaces it by a static record. Several goroutines may call its methods.
//
//	live := kernelext.NewLive("Painting")
//	options.OnStep = func(s stylelib.Step) error {
//		live.Progress(s.N, s.Total)
//		live.Points(float64(s.N), s.Terms)
//		live.Preview(s.Picture)
//		return nil
//	}
//	result := kernelext.Must(stylelib.Transfer(kernelext.Context(), backend, vgg, content, styles, options))
//
// In the runner and outside a notebook it only prints every 10 seconds how far the loop has got, and draws at the end.
type Live struct {
	title   string
	started time.Time
	id      string        // of the display
	wake    chan struct{} // has a value when it is to be redrawn at once
	closing chan struct{} // closed by Close
	done    chan struct{} // closed when the last redraw is over

	mu          sync.Mutex
	closed      bool
	total       int
	first, last stepTime
	curves      []Series
	step        int           // that runs, or has just ended
	latest      image.Image   // a picture that is not encoded yet, or nil
	latestStep  int           // the step that it is from
	picture     *encoded      // the latest picture that is encoded
	pictureStep int           // the step that it is from
	pictureErr  error         // why there is no later picture
	wanted      bool          // the next redraw wants a picture
	final       bool          // the loop is in its last step
	stopped     func() bool   // whether Steps will end early, or nil
	spent       time.Duration // on encoding, since the last redraw began
	drawn       string        // the HTML of the last redraw

	shares   map[string]float64 // of the gradient, by curve; nil where not known
	controls *liveControls      // nil before the first Control
	changes  []change           // made by the user
	pausedAt time.Time          // zero while the loop runs
}

// stepTime is when a step ended.
type stepTime struct {
	n  int
	at time.Time
}

const (
	redrawEvery = 250 * time.Millisecond
	reportEvery = 10 * time.Second // while nobody watches
	idleFactor  = 125              // times the last redraw's duration to wait for the next: kernel, server and browser work too
)

// NewLive shows a new panel with the given title.
func NewLive(title string) *Live {
	l := &Live{title: title, id: "live-" + gonbui.UniqueId(), wake: make(chan struct{}, 1),
		closing: make(chan struct{}), done: make(chan struct{})}
	l.started = time.Now()
	if gonbui.IsNotebook {
		l.redraw()
	}
	go l.refresh()
	if cell := current.Latest(); cell != nil {
		cell.AtEnd(l.Close)
	}
	return l
}

// Progress says that n of total steps are done. A total of 0 stands for an unknown one.
func (l *Live) Progress(n, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := stepTime{n, time.Now()}
	if l.last.n == 0 || n < l.last.n {
		l.first = now // the time before includes compiling
	}
	l.last, l.total, l.step = now, total, n
	l.final = total > 0 && n >= total
}

// Picture gives the picture so far. The next redraw shows it if one is due; Close shows the last one given.
func (l *Live) Picture(p image.Image) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.setPicture(p, checkPictures("Live.Picture", p))
	}
}

// Preview gives the picture so far as a function that fetches it. Preview calls the function before it returns, or never:
// it does where a redraw is due, and in the last step. Progress and Steps tell which step is the last, also where the
// Stop button makes it the last.
func (l *Live) Preview(fetch func() (image.Image, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.final = l.final || l.stopped != nil && l.stopped()
	if l.closed || !l.wanted && !l.final {
		return
	}
	began := time.Now()
	p, err := fetch()
	l.spent += time.Since(began)
	if err == nil {
		err = checkPictures("Live.Preview", p)
	}
	l.setPicture(p, err)
}

// setPicture takes a picture, or the error for which there is none, and encodes it if the next redraw or Close needs it.
func (l *Live) setPicture(p image.Image, err error) {
	if l.pictureErr = err; err != nil {
		return
	}
	l.latest, l.latestStep = p, l.step
	if l.wanted || l.final {
		l.encode()
	}
}

// encode encodes the latest picture, if that is not done yet.
func (l *Live) encode() {
	if l.latest == nil {
		return
	}
	began := time.Now()
	if e, err := encodePicture(l.latest, previewWidth); err != nil {
		l.pictureErr = err
	} else {
		l.picture, l.pictureStep = e, l.latestStep
	}
	l.latest, l.wanted = nil, false
	l.spent += time.Since(began)
}

// Steps counts from 1 to n, updates the progress bar, and closes the panel at the end. The Stop button ends the loop after
// the current step.
//
//	for step := range live.Steps(100) {
func (l *Live) Steps(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer l.Close()
		ctx := Context()
		for step := 1; step <= n && ctx.Err() == nil; step++ {
			l.beginStep(step, n, func() bool { return ctx.Err() != nil })
			if !yield(step) {
				return
			}
			l.Progress(step, n)
		}
	}
}

// beginStep says that a step of n begins.
func (l *Live) beginStep(step, n int, stopped func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total, l.step, l.final, l.stopped = n, step, step == n, stopped
}

// refresh redraws the panel until it is closed.
func (l *Live) refresh() {
	defer close(l.done)
	wait := redrawEvery
	if headless() {
		wait = reportEvery
	}
	for next := wait; ; {
		select {
		case <-l.closing:
			return
		case <-l.wake:
			l.redraw()
		case <-time.After(next):
			next = max(wait, idleFactor*l.redraw())
		}
	}
}

// redraw draws the panel and returns how long that took, with the encoding of its picture.
func (l *Live) redraw() time.Duration {
	began := time.Now()
	l.mu.Lock()
	now, spent := l.state(), l.spent
	l.spent, l.wanted = 0, !headless()
	l.mu.Unlock()
	if html := now.panel(); html != l.drawn {
		display(output{id: l.id, html: html, text: now.summary()}, false)
		l.drawn = html
	}
	return spent + time.Since(began)
}

// Close replaces the panel by a static record: the last picture, the curves and a table of their first and last values.
// A second Close does nothing.
func (l *Live) Close() {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed = true
	l.mu.Unlock()
	close(l.closing)
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	l.encode()
	record := l.state().record()
	record[0].id = l.id
	if c := l.controls; c != nil && !headless() && kernelID() != "" {
		if len(record) > 1 {
			record[1].id = c.id // in place of the controls
		} else {
			defer display(output{id: c.id, text: "the run is over"}, false)
		}
	}
	for _, o := range record {
		show(o)
	}
}
