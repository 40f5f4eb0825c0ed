package kernelext

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A run of 60 steps of 100 ms is paused, set and taken back as a person would; the pause does not count as steps.
func TestControlSteersTheLoop(t *testing.T) {
	p := inLab(t)
	bubble(t, func(t *testing.T) {
		live := NewLive("Painting")
		weights, rate := map[string]float64{"content": 1, "style": 100, "tv": 0}, 1.0
		loop := func(from, to int) {
			for n := from; n < to; n++ {
				if back := live.Control(n, weights, &rate); back != n {
					t.Errorf("at %d: back to %d", n, back)
				}
				time.Sleep(100 * time.Millisecond)
				live.Progress(n+1, 60)
				live.Point("style", float64(n+1), 1)
			}
		}
		loop(0, 1)
		p.say("hello", nil)
		loop(1, 30)
		p.say("pause", map[string]any{"1": 250.0}) // the controls are content, style, tv, rate, steps to undo
		done := make(chan int)
		go func() { done <- live.Control(30, weights, &rate) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		live.mu.Lock()
		if said := live.state().progress(); weights["style"] != 250 || said != "paused after step 30 of 60, 3.0 s left, 100 ms per step" {
			t.Errorf("weights %v, %q", weights, said)
		}
		live.mu.Unlock()
		p.say("", map[string]any{"2": 0.5, "3": 0.1, "4": 12})
		p.say("undo", nil)
		if back := <-done; back != 18 || weights["tv"] != 0.5 || rate != 0.1 || weights["content"] != 1 {
			t.Errorf("back to %d, weights %v, rate %v; want 18, tv 0.5 and 0.1", back, weights, rate)
		}
		go func() { done <- live.Control(15, weights, &rate) }() // where the loop's memory allows
		synctest.Wait()
		p.say("pause", nil)
		if back := <-done; back != 15 {
			t.Errorf("back to %d after the pause", back)
		}
		if s := live.Series()[0]; len(s.X) != 15 || s.X[14] != 15 {
			t.Errorf("the curve has %d points", len(s.X))
		}
		time.Sleep(100 * time.Millisecond)
		live.Progress(16, 60)
		live.Point("style", 16, 1)
		live.Shares(map[string]float64{"style": 0.75})
		live.Close()
	})
	all := p.shown.all()
	record := all[len(all)-1]
	for _, want := range []string{"; steered: style 250 after step 30, tv 0.5 after step 30, learning rate × 0.1 after step 30, back to step 15 after step 30\n",
		"style  1      1     75 %"} {
		if !strings.Contains(record.text, want) {
			t.Errorf("the record is\n%s\nwithout %q", record.text, want)
		}
	}
	if record.id != p.widget().id || strings.Contains(record.html, "<script") {
		t.Errorf("display %q stands in place of the controls", record.id)
	}
}

func TestControlWhereNobodyWatches(t *testing.T) {
	s := collect(t)
	live := NewLive("Painting")
	weights, rate := map[string]float64{"style": 100}, 1.0
	if back := live.Control(7, weights, &rate); back != 7 || weights["style"] != 100 || rate != 1 {
		t.Errorf("back to %d, weights %v, rate %v", back, weights, rate)
	}
	live.Close()
	if n := len(s.all()); n != 1 {
		t.Errorf("%d outputs, want the record", n)
	}
}

// A front end without a way back is told so once, and the loop never waits for it.
func TestControlWhereNoPageAnswers(t *testing.T) {
	p := inLab(t)
	bubble(t, func(t *testing.T) {
		live := NewLive("Painting")
		rate := 1.0
		for n := range 100 {
			began := time.Now()
			live.Control(n, map[string]float64{"style": 1}, &rate)
			if took := time.Since(began); took > 0 {
				t.Fatalf("step %d waited for %v", n, took)
			}
			time.Sleep(100 * time.Millisecond)
		}
		live.Close()
	})
	said := 0
	for _, o := range p.shown.all() {
		if strings.HasPrefix(o.text, "This front end has no way to steer the run") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("said %d times", said)
	}
}

func TestPanelShowsSharesInTheCurvesColours(t *testing.T) {
	inNotebook(t)
	s := state{curves: []Series{{Name: "content", Y: []float64{1}}, {Name: "a<b", Y: []float64{1}}}, shares: map[string]float64{"content": 0.25, "a<b": 0.75}}
	html := s.panel()
	for _, want := range []string{`width:25.0%;background:#0072b2`, `width:75.0%;background:#d55e00`, "a&lt;b 75 %"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
}
