package kernelext

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// inNotebook makes the package believe for a test that somebody watches.
func inNotebook(t *testing.T) {
	t.Setenv("GONB_HEADLESS", "")
	gonbui.IsNotebook = true
	t.Cleanup(func() { gonbui.IsNotebook = false })
}

// A loop of 1000 steps of 10 ms is redrawn about 40 times in its 10 seconds, and fetches a picture for a redraw only.
func TestLiveIsRedrawnFourTimesASecond(t *testing.T) {
	inNotebook(t)
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		fetched := 0
		for n := range 1000 {
			time.Sleep(10 * time.Millisecond)
			live.Progress(n+1, 1000)
			live.Point("loss", float64(n+1), 1/float64(n+1))
			live.Preview(func() (image.Image, error) {
				fetched++
				return plainColour(20, 10, red), nil
			})
		}
		synctest.Wait() // for the redraw that falls on this moment
		redrawn := len(s.all())
		if redrawn < 36 || redrawn > 42 {
			t.Errorf("redrawn %d times in 10 seconds", redrawn)
		}
		if fetched < redrawn-2 || fetched > redrawn {
			t.Errorf("%d pictures fetched for %d redraws", fetched, redrawn)
		}
		live.Close()
	})
}

// Fetching a picture takes 100 ms: a redraw must then wait for 125 times as long.
func TestLiveWaitsWhereDrawingIsSlow(t *testing.T) {
	inNotebook(t)
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		for range 400 {
			time.Sleep(100 * time.Millisecond)
			live.Preview(func() (image.Image, error) {
				time.Sleep(100 * time.Millisecond)
				return plainColour(20, 10, red), nil
			})
		}
		if n := len(s.all()); n < 3 || n > 5 {
			t.Errorf("redrawn %d times in over 40 seconds, want about one every 12.5 seconds", n)
		}
		live.Close()
	})
}

func TestLiveWhileNobodyWatches(t *testing.T) {
	for _, notebook := range []bool{true, false} {
		t.Run(fmt.Sprint("notebook ", notebook), func(t *testing.T) {
			t.Setenv("GONB_HEADLESS", "1")
			gonbui.IsNotebook = notebook
			defer func() { gonbui.IsNotebook = false }()
			s := collect(t)
			synctest.Test(t, func(t *testing.T) {
				live := NewLive("Painting")
				fetched := 0
				for n := range 300 {
					time.Sleep(100 * time.Millisecond)
					live.Progress(n+1, 300)
					live.Preview(func() (image.Image, error) { fetched++; return quarters(20, 10), nil })
				}
				time.Sleep(time.Second) // the redraw at 30 s is over
				n := len(s.all())
				if want := 3 + map[bool]int{true: 1}[notebook]; n != want || fetched != 1 {
					t.Errorf("%d redraws and %d pictures in 30 seconds, want %d and that of the last step", n, fetched, want)
				}
				live.Close()
				if all := s.all(); fetched != 1 || all[n].text != "Painting: picture 240x120 after step 300" {
					t.Errorf("%d pictures fetched, %q", fetched, all[n].text)
				}
			})
			for _, o := range s.all()[:3] {
				if strings.Contains(o.html, "<img") {
					t.Error("a picture drawn while nobody watches")
				}
			}
		})
	}
}

func TestLiveLeavesARecord(t *testing.T) {
	inNotebook(t)
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting the cat")
		for n := 1; n <= 10; n++ {
			time.Sleep(500 * time.Millisecond)
			live.Progress(n, 10)
			live.Points(float64(n), map[string]float64{"style": 200 / float64(n), "content": 12346})
			live.Picture(plainColour(300, 20*n, red))
		}
		synctest.Wait() // for the redraw that falls on this moment
		id := s.all()[0].id
		before := len(s.all())
		live.Close()
		live.Close()
		live.Picture(plainColour(9, 9, blue))
		record := s.all()[before:]
		if len(record) != 3 {
			t.Fatalf("%d outputs stay, want the picture, the curves and the table", len(record))
		}
		if record[0].id != id || record[1].id != "" || record[2].id != "" {
			t.Errorf("ids %q, %q, %q; the first must be %q", record[0].id, record[1].id, record[2].id, id)
		}
		if record[0].picture.height != 200 || record[0].text != "Painting the cat: picture 300x200 after step 10" {
			t.Errorf("picture of height %d: %s", record[0].picture.height, record[0].text)
		}
		if record[1].picture.mime != "image/png" || record[1].text != "chart Painting the cat: content, style" {
			t.Errorf("curves %s: %s", record[1].picture.mime, record[1].text)
		}
		want := "Painting the cat: 10 steps in 5.0 s, 500 ms per step\n" +
			"         first  last\n" +
			"content  12350  12350\n" +
			"style    200    20"
		if record[2].text != want {
			t.Errorf("text\n%s\nwant\n%s", record[2].text, want)
		}
		if record[0].name != "painting-the-cat" || record[1].name != "painting-the-cat-curves" {
			t.Errorf("file names %s, %s", record[0].name, record[1].name)
		}
		for _, o := range record {
			if strings.Contains(o.html, "<svg") || strings.Contains(o.html, "<script") {
				t.Error("what stays must show where nobody trusts the notebook")
			}
		}
	})
}

func TestLiveStoppedEarlyOrEmpty(t *testing.T) {
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		time.Sleep(2 * time.Second)
		live.Progress(3, 10)
		live.Close()
		NewLive("Nothing").Close()
	})
	if got := s.all()[0].text; got != "Painting: stopped at step 3 of 10 in 2.0 s" {
		t.Error(got)
	}
	if got := s.all()[1].text; got != "Nothing: 0 steps in 0 ms" {
		t.Error(got)
	}
}

// A picture that cannot be fetched leaves the last good one.
func TestLiveKeepsTheLastGoodPicture(t *testing.T) {
	inNotebook(t)
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		live.Progress(1, 2)
		live.Picture(plainColour(150, 130, red))
		time.Sleep(time.Second)
		live.Preview(func() (image.Image, error) { return nil, errors.New("the device is gone") })
		time.Sleep(time.Second)
		if last := s.all()[len(s.all())-1].html; !strings.Contains(last, "no picture: the device is gone") || !strings.Contains(last, "<img") {
			t.Errorf("panel %s", last)
		}
		live.Close()
	})
	all := s.all()
	if p := all[len(all)-2].picture; p == nil || p.width != 150 {
		t.Error("the last good picture is gone")
	}
	if got := all[len(all)-1].text; !strings.HasSuffix(got, "; no later picture: the device is gone") {
		t.Error(got)
	}
}

// A picture offered between two redraws is what Close draws, with the step that it is of.
func TestLiveDrawsTheLastPictureOffered(t *testing.T) {
	inNotebook(t)
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		for n := range 3 {
			live.Progress(n+1, 10)
			live.Picture(plainColour(200+n, 130, red))
		}
		live.Progress(5, 10)
		live.Close()
	})
	if got := s.all()[1].text; got != "Painting: picture 202x130 after step 3" {
		t.Error(got)
	}
}

// A function offered is called within Preview or never, for what it fetches may be gone afterwards.
func TestPreviewIsCalledAtOnceOrNever(t *testing.T) {
	inNotebook(t)
	s := collect(t)
	synctest.Test(t, func(t *testing.T) {
		live := NewLive("Painting")
		inside := false
		for n := range 100 {
			inside = true
			live.Progress(n+1, 0)
			live.Preview(func() (image.Image, error) {
				if !inside {
					t.Error("called too late")
				}
				return plainColour(200, 200+n, red), nil
			})
			inside = false
			time.Sleep(7 * time.Millisecond)
		}
		live.Close()
	})
	all := s.all()
	if last := all[len(all)-2].text; last != "Painting: picture 200x272 after step 73" { // at 504 ms, after the redraw at 500
		t.Error(last)
	}
}

func TestSteps(t *testing.T) {
	s := collect(t)
	live := NewLive("Counting")
	var steps []int
	for step := range live.Steps(3) {
		steps = append(steps, step)
		live.Point("loss", float64(step), float64(step))
		live.Preview(func() (image.Image, error) { return plainColour(200, 200+step, red), nil })
	}
	if !slices.Equal(steps, []int{1, 2, 3}) {
		t.Errorf("steps %v", steps)
	}
	if text := s.all()[len(s.all())-1].text; !strings.HasPrefix(text, "Counting: 3 steps in ") {
		t.Errorf("not closed: %q", text)
	}
	if got := s.all()[len(s.all())-3].text; got != "Counting: picture 200x203 after step 3" {
		t.Error(got)
	}
	if got := live.Series(); len(got) != 1 || !slices.Equal(got[0].X, []float64{1, 2, 3}) {
		t.Errorf("series %v", got)
	}
	live = NewLive("Left")
	for step := range live.Steps(3) {
		if step == 2 {
			break
		}
	}
	if text := s.all()[len(s.all())-1].text; !strings.HasPrefix(text, "Left: stopped at step 1 of 3") {
		t.Errorf("not closed: %q", text)
	}
}
