package kernelext

import (
	"image"
	"iter"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// Live is one place in the cell's output that is redrawn while a loop runs: a progress bar with the time left, loss
// curves on a logarithmic axis and the picture so far. It is redrawn at most 4 times a second, and less often where
// drawing takes longer than 0.8 % of the time. Close leaves a static record in its place. Its methods may be called
// from several goroutines.
//
//	live := kernelext.NewLive("Painting")
//	options.OnStep = func(s stylelib.Step) error {
//		live.Progress(s.N, s.Total)
//		live.Points(float64(s.N), s.Terms)
//		live.Preview(s.Picture)
//		return nil
//	}
//	result := kernelext.Must(stylelib.Transfer(kernelext.Context(), backend, vgg, content, styles, options))
//	live.Picture(result.Picture)
//	live.Close()
//
// While nobody watches, in the runner or outside a notebook, it says every 10 seconds how far the loop has got, and
// draws at the end only.
type Live struct {
	title   string
	started time.Time
	id      string        // of the display
	soon    chan struct{} // has a value when a person has done something
	closing chan struct{} // closed by Close
	done    chan struct{} // closed when the last redraw is over

	mu          sync.Mutex
	closed      bool
	total       int
	first, last mark
	curves      []Series
	step        int           // that the loop is in or has just done
	latest      image.Image   // a picture offered and not stored yet, or nil
	latestStep  int           // the step that it was offered in
	picture     *encoded      // the latest picture stored
	pictureStep int           // the step that it was offered in
	pictureErr  error         // why the last picture offered was none
	wanted      bool          // the next picture offered will be drawn
	final       bool          // the loop is in its last step
	stopped     func() bool   // whether Steps will end early, or nil
	spent       time.Duration // on drawing, since the last redraw began
	drawn       string        // by the last redraw

	shares   map[string]float64 // of the gradient, by curve; nil where not known
	cockpit  *cockpit           // nil before the first Control
	changes  []change           // made by Control
	pausedAt time.Time          // zero while the loop runs
}

// mark is when a step was reached.
type mark struct {
	n  int
	at time.Time
}

const (
	redrawEvery = 250 * time.Millisecond
	reportEvery = 10 * time.Second // while nobody watches
	spare       = 125              // redrawing waits for this many times as long as it takes us: kernel, server and browser take more
)

// NewLive shows a new panel with the given title.
func NewLive(title string) *Live {
	l := &Live{title: title, id: "live-" + gonbui.UniqueId(), soon: make(chan struct{}, 1),
		closing: make(chan struct{}), done: make(chan struct{})}
	l.started = time.Now()
	if gonbui.IsNotebook {
		l.redraw()
	}
	go l.refresh()
	return l
}

// Progress says that n of total steps are done. A total of 0 stands for an unknown one.
func (l *Live) Progress(n, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := mark{n, time.Now()}
	if l.last.n == 0 || n < l.last.n {
		l.first = now // the way there was set-up, which says nothing about the steps to come
	}
	l.last, l.total, l.step = now, total, n
	l.final = total > 0 && n >= total
}

// Picture offers the picture so far. It is drawn if a redraw is due; the last one offered is drawn by Close.
func (l *Live) Picture(p image.Image) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.offer(p, wrong("Live.Picture", p))
	}
}

// Preview offers the picture so far as a function that fetches it. The function is called before Preview returns or
// never: it is called where a redraw is due and in the last step, which is known from Progress or Steps, also where
// the Stop button makes it the last.
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
		err = wrong("Live.Preview", p)
	}
	l.offer(p, err)
}

// offer takes a picture, or the error for which there is none; it is encoded if the next redraw or Close will need it.
func (l *Live) offer(p image.Image, err error) {
	if l.pictureErr = err; err != nil {
		return
	}
	l.latest, l.latestStep = p, l.step
	if l.wanted || l.final {
		l.encode()
	}
}

// encode stores the latest picture, if it is not stored yet.
func (l *Live) encode() {
	if l.latest == nil {
		return
	}
	began := time.Now()
	if e, err := stored(l.latest); err != nil {
		l.pictureErr = err
	} else {
		l.picture, l.pictureStep = e, l.latestStep
	}
	l.latest, l.wanted = nil, false
	l.spent += time.Since(began)
}

// Steps counts from 1 to n as a loop does it, keeps the progress bar up to date, and closes the panel at the end. The
// Stop button ends the loop after the step that it is in.
//
//	for step := range live.Steps(100) {
func (l *Live) Steps(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer l.Close()
		ctx := Context()
		for step := 1; step <= n && ctx.Err() == nil; step++ {
			l.begin(step, n, func() bool { return ctx.Err() != nil })
			if !yield(step) {
				return
			}
			l.Progress(step, n)
		}
	}
}

// begin says that a step of n begins.
func (l *Live) begin(step, n int, stopped func() bool) {
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
		case <-l.soon:
			l.redraw()
		case <-time.After(next):
			next = max(wait, spare*l.redraw())
		}
	}
}

// redraw draws the panel as it is now and returns how long drawing took, the picture included.
func (l *Live) redraw() time.Duration {
	began := time.Now()
	l.mu.Lock()
	now, spent := l.state(), l.spent
	l.spent, l.wanted = 0, !headless()
	l.mu.Unlock()
	if html := now.panel(); html != l.drawn {
		display(output{id: l.id, html: html, text: now.sentence()}, false)
		l.drawn = html
	}
	return spent + time.Since(began)
}

// Close draws the last picture offered and leaves a static record: the picture, the curves and a table of their first
// and last values. Closing twice does no more than closing once.
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
	if c := l.cockpit; c != nil && !headless() && kernelID() != "" {
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
