package kernelext

import (
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// BenchmarkPicture stores the picture of one redraw.
func BenchmarkPicture(b *testing.B) {
	p := quarters(458, 326)
	for b.Loop() {
		if _, err := stored(p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPanel draws the panel of a run of 1000 steps with three curves around a picture that is stored already.
func BenchmarkPanel(b *testing.B) {
	b.Setenv("STYLENET_HEADLESS", "")
	gonbui.IsNotebook = true
	defer func() { gonbui.IsNotebook = false }()
	e, err := stored(quarters(458, 326))
	if err != nil {
		b.Fatal(err)
	}
	s := state{title: "Painting", total: 1000, last: mark{1000, time.Now()}, picture: e, curves: curves(1000)}
	for b.Loop() {
		s.panel()
	}
}

// BenchmarkRecord makes what stays at the end.
func BenchmarkRecord(b *testing.B) {
	s := state{title: "Painting", total: 1000, last: mark{1000, time.Now()}, curves: curves(1000)}
	for b.Loop() {
		s.record()
	}
}

func curves(n int) []Series {
	all := []Series{{Name: "content"}, {Name: "style"}, {Name: "smooth"}}
	for i := range n {
		for k := range all {
			all[k].Y = append(all[k].Y, 1e4/float64((i+1)*(k+1)))
		}
	}
	return all
}

// BenchmarkKeep keeps and recalls 80 MB of weights.
func BenchmarkKeep(b *testing.B) {
	b.Setenv("GONB_TMP_DIR", b.TempDir())
	weights := make([]float32, 20_000_000)
	b.Run("Keep", func(b *testing.B) {
		for b.Loop() {
			Keep("weights", weights)
		}
	})
	b.Run("Recall", func(b *testing.B) {
		for b.Loop() {
			Recall[[]float32]("weights")
		}
	})
}
