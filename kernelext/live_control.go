package kernelext

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"stylenet/kernelext/internal/current"
)

// Control lets the user control the loop between its steps: pause and resume it, stop it and keep the result, undo some
// steps, and change the weights and the factor on the learning rate. It fits stylelib's Options.Control:
//
//	options.Control = live.Control
//
// The loop calls it before every step; n is the number of steps done. Control changes weights and rate in place, and
// returns n, or the smaller number of steps to go back to. The first call shows the controls. The record lists the
// changes. Where nobody watches, or the page cannot send messages, Control returns n at once.
func (l *Live) Control(n int, weights map[string]float64, rate *float64) (back int) {
	l.rewind(n)
	if l.controls == nil {
		c := newLiveControls(weights, *rate)
		c.offline = !c.show()
		l.mu.Lock()
		l.controls = c
		l.mu.Unlock()
	}
	if l.controls.offline {
		return n
	}
	return l.handleInput(n, weights, rate)
}

// liveControls are the controls of a Live. Only the goroutine that calls Control uses them.
type liveControls struct {
	*widget
	shown   time.Time
	offline bool                // no page can send messages
	weights map[string]*float64 // by the labels of their sliders
	rate    float64
	undo    int // steps
}

// change is what the user changed, for the record.
type change struct {
	n    int // steps had been taken
	what string
	to   string
}

const (
	rateLabel = "learning rate ×"
	undoLabel = "steps to undo"
)

func newLiveControls(weights map[string]float64, rate float64) *liveControls {
	c := &liveControls{shown: time.Now(), weights: map[string]*float64{}, rate: rate, undo: 10}
	var controls []Control
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		w := weights[name]
		c.weights[name] = &w
		control := number(name, &w)
		if w > 0 {
			control = Slider(name, &w, w/100, w*100)
		}
		controls = append(controls, control)
	}
	controls = append(controls, Slider(rateLabel, &c.rate, 0.01, 10), Slider(undoLabel, &c.undo, 5, 100))
	c.widget = newWidget("This page cannot bring back what is set here: the run goes on as given.",
		[]button{{"pause", "Pause / go on"}, {"undo", "Undo"}, {"stop", "Stop and keep"}}, controls)
	return c
}

// handleInput does what the user has asked for since the last call, and waits while the loop is paused.
func (l *Live) handleInput(n int, weights map[string]float64, rate *float64) (back int) {
	c := l.controls
	if c.offline = c.timedOut(); c.offline {
		return n
	}
	for {
		for _, changed := range c.apply() {
			if weight, ok := c.weights[changed.label]; ok {
				weights[changed.label] = *weight
			}
			*rate = c.rate
			if changed.label != undoLabel {
				l.recordChange(change{n, changed.label, changed.text()})
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

// next returns the next button that was pressed. While the loop is paused, it waits for one, and returns "changed" where
// a control changes first. It returns "" where it need not wait: the loop is not paused, or it was stopped.
func (c *liveControls) next(paused bool) string {
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

// timedOut reports that no page has said hello in time, and shows that in place of the controls.
func (c *liveControls) timedOut() bool {
	select {
	case <-c.connected:
		return false
	default:
	}
	if time.Since(c.shown) < connectTimeout {
		return false
	}
	const line = "This front end has no way to steer the run: it goes on as given."
	display(output{id: c.id, html: `<div style="opacity:.7">` + line + `</div>`, text: line}, false)
	return true
}

// stop does what the Stop button does.
func stop() {
	if cell := current.Latest(); cell != nil {
		cell.Stop()
		return
	}
	ctx := Context()
	if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(os.Interrupt) == nil {
		<-ctx.Done()
	}
}

// recordChange keeps a change for the record. Several changes of one control within ten steps count as one.
func (l *Live) recordChange(c change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := len(l.changes) - 1; i >= 0 && l.changes[i].what == c.what && c.n-l.changes[i].n < 10 {
		l.changes[i] = c
		return
	}
	l.changes = append(l.changes, c)
}

// rewind removes the points after step n where the loop has gone back to it.
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
		l.curves[i].X, l.curves[i].Y = slices.Clone(s.X[:keep]), slices.Clone(s.Y[:keep]) // redraw may still read the old ones
	}
	l.curves = slices.DeleteFunc(l.curves, func(s Series) bool { return len(s.X) == 0 })
	trySend(l.wake, struct{}{})
	l.changes = append(l.changes, change{l.last.n, "back to step", fmt.Sprint(n)})
	l.first, l.step, l.final = stepTime{n, time.Now()}, n, false
	l.last = l.first
}

// paused reports whether the loop is paused.
func (l *Live) paused() bool { return !l.pausedAt.IsZero() }

// pause begins or ends a pause. The time of a pause does not count as time of steps.
func (l *Live) pause(begin bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	trySend(l.wake, struct{}{})
	if begin {
		l.pausedAt = time.Now()
		return
	}
	l.first.at = l.first.at.Add(time.Since(l.pausedAt))
	l.pausedAt = time.Time{}
}
