package kernelext

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Steps are timed from the first that was reported, so that compiling before it does not count: 90 left at 500 ms.
func TestProgressText(t *testing.T) {
	collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		defer live.Close()
		check := func(want string) {
			t.Helper()
			if got := live.state().progress(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		check("starting, 0 ms")
		time.Sleep(8 * time.Second)
		check("starting, 8.0 s")
		live.Progress(1, 100)
		check("step 1 of 100")
		for n := 2; n <= 10; n++ {
			time.Sleep(500 * time.Millisecond)
			live.Progress(n, 100)
		}
		check("step 10 of 100, 45 s left, 500 ms per step")
		live.Progress(11, 0)
		check("step 11, 450 ms per step")
		live.Progress(1, 50) // another run in the same panel
		check("step 1 of 50")
	})
}

func TestPanel(t *testing.T) {
	inNotebook(t)
	e, err := encodePicture(quarters(200, 150), pictureWidth)
	if err != nil {
		t.Fatal(err)
	}
	s := state{title: "a < b", total: 4, last: stepTime{n: 3}, picture: e, curves: []Series{{Name: "loss", Y: []float64{9, 0.25}}}}
	html := s.panel()
	for _, want := range []string{"a &lt; b", "width:75.0%", `src="data:image/jpeg;base64,`, `src="data:image/svg+xml;base64,`} {
		if !strings.Contains(html, want) {
			t.Errorf("the panel has no %s", want)
		}
	}
	if got := s.summary(); got != "a < b: step 3 of 4; loss 0.25" {
		t.Errorf("sentence %q", got)
	}
}
