package kernelext

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"time"
)

// Control lets a person steer the loop between its steps: pause it and go on, stop it and keep what there is, go back
// some steps, and change weights and the factor on the learning rate. It is what stylelib's Options.Control wants:
//
//	options.Control = live.Control
//
// It is called before every step, n steps having been taken, changes weights and rate in place, and returns the step
// to go back to, or n. The first call shows the controls. What was changed, and when, stands in the record. Where
// nobody watches, or the front end has no way back from its page, Control returns n at once.
func (l *Live) Control(n int, weights map[string]float64, rate *float64) (back int) {
	l.rewind(n)
	if l.cockpit == nil {
		c := newCockpit(weights, *rate)
		c.deaf = !c.show()
		l.mu.Lock()
		l.cockpit = c
		l.mu.Unlock()
	}
	if l.cockpit.deaf {
		return n
	}
	return l.steer(n, weights, rate)
}

// cockpit has the controls of a Live. Only the goroutine that calls Control uses it.
type cockpit struct {
	*board
	shown time.Time
	deaf  bool                // no page can bring anything back
	dials map[string]*float64 // the weights, by the labels of their sliders
	rate  float64
	undo  int // steps
}

// change is what a person did, for the record.
type change struct {
	n    int // steps had been taken
	what string
	to   string
}

const (
	rateLabel = "learning rate ×"
	undoLabel = "steps to undo"
)

func newCockpit(weights map[string]float64, rate float64) *cockpit {
	c := &cockpit{shown: time.Now(), dials: map[string]*float64{}, rate: rate, undo: 10}
	var controls []Control
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		w := weights[name]
		c.dials[name] = &w
		control := Number(name, &w)
		if w > 0 {
			control = Slider(name, &w, w/100, w*100)
		}
		controls = append(controls, control)
	}
	controls = append(controls, Slider(rateLabel, &c.rate, 0.01, 10), Slider(undoLabel, &c.undo, 5, 100))
	c.board = newBoard("This page cannot bring back what is set here: the run goes on as given.",
		[]button{{"pause", "Pause / go on"}, {"undo", "Undo"}, {"stop", "Stop and keep"}}, controls)
	return c
}

// steer does what has been asked for since it was last called, and waits while the loop pauses.
func (l *Live) steer(n int, weights map[string]float64, rate *float64) (back int) {
	c := l.cockpit
	if c.deaf = c.unheard(); c.deaf {
		return n
	}
	for {
		for _, changed := range c.apply() {
			if dial, ok := c.dials[changed.label]; ok {
				weights[changed.label] = *dial
			}
			*rate = c.rate
			if changed.label != undoLabel {
				l.note(change{n, changed.label, changed.text()})
			}
		}
		switch c.next(l.paused()) {
		case "pause":
			l.pause(!l.paused())
		case "undo":
			return max(0, n-c.undo)
		case "stop":
			stop()
		case "":
			return n
		}
	}
}

// next returns the next button pressed, "changed" for something else to see to, or "" where there is nothing to wait
// for: the loop does not pause, or it has been stopped.
func (c *cockpit) next(paused bool) string {
	ctx := Context()
	select {
	case press := <-c.pressed:
		return press
	default:
	}
	if !paused || ctx.Err() != nil {
		return ""
	}
	select {
	case press := <-c.pressed:
		return press
	case <-c.changed:
		return "changed"
	case <-ctx.Done():
		return ""
	}
}

// unheard reports that the page has said nothing for so long that it cannot, and shows that in place of the controls.
func (c *cockpit) unheard() bool {
	select {
	case <-c.heard:
		return false
	default:
	}
	if time.Since(c.shown) < patience {
		return false
	}
	const line = "This front end has no way to steer the run: it goes on as given."
	display(output{id: c.id, html: `<div style="opacity:.7">` + line + `</div>`, text: line}, false)
	return true
}

// stop does what the Stop button does.
func stop() {
	ctx := Context()
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(os.Interrupt) == nil {
		<-ctx.Done()
	}
}

// note keeps a change for the record. What was turned several times within some steps is one change.
func (l *Live) note(c change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := len(l.changes) - 1; i >= 0 && l.changes[i].what == c.what && c.n-l.changes[i].n < 10 {
		l.changes[i] = c
		return
	}
	l.changes = append(l.changes, c)
}

// rewind takes back what came after step n, where the loop has gone back to it.
func (l *Live) rewind(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n >= l.last.n {
		return
	}
	for i, s := range l.curves {
		keep := len(s.X)
		for keep > 0 && s.X[keep-1] > float64(n) {
			keep--
		}
		l.curves[i].X, l.curves[i].Y = slices.Clone(s.X[:keep]), slices.Clone(s.Y[:keep]) // the old ones may be being drawn
	}
	l.curves = slices.DeleteFunc(l.curves, func(s Series) bool { return len(s.X) == 0 })
	offer(l.soon, struct{}{})
	l.changes = append(l.changes, change{l.last.n, "back to step", fmt.Sprint(n)})
	l.first, l.step, l.final = mark{n, time.Now()}, n, false
	l.last = l.first
}

// paused reports whether the loop pauses.
func (l *Live) paused() bool { return !l.pausedAt.IsZero() }

// pause begins a pause, or ends it: the time that it took is not the steps'.
func (l *Live) pause(begin bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	offer(l.soon, struct{}{})
	if begin {
		l.pausedAt = time.Now()
		return
	}
	l.first.at = l.first.at.Add(time.Since(l.pausedAt))
	l.pausedAt = time.Time{}
}
