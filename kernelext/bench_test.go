//go:build unix

package kernelext

import (
	"encoding/gob"
	"fmt"
	"image"
	"io"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// BenchmarkPicture stores the picture of one redraw.
func BenchmarkPicture(b *testing.B) {
	p := quarters(458, 326)
	for b.Loop() {
		if _, err := encodePicture(p, pictureWidth); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPanel draws the panel of a run of 1000 steps with three curves around a picture that is stored already.
func BenchmarkPanel(b *testing.B) {
	b.Setenv("GONB_HEADLESS", "")
	gonbui.IsNotebook = true
	defer func() { gonbui.IsNotebook = false }()
	e, err := encodePicture(quarters(458, 326), pictureWidth)
	if err != nil {
		b.Fatal(err)
	}
	s := state{title: "Painting", total: 1000, last: stepTime{1000, time.Now()}, picture: e, curves: curves(1000)}
	for b.Loop() {
		s.panel()
	}
}

// BenchmarkRecord makes what stays at the end.
func BenchmarkRecord(b *testing.B) {
	s := state{title: "Painting", total: 1000, last: stepTime{1000, time.Now()}, curves: curves(1000)}
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

// BenchmarkKeep keeps and recalls 80 MB of weights, as one slice and as a network of many.
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
	n := &network{}
	for i := range 16 {
		n.Layers = append(n.Layers, layer{Kernel: weights[1_250_000*i : 1_250_000*(i+1)]})
	}
	b.Run("Keep network", func(b *testing.B) {
		for b.Loop() {
			Keep("network", n)
		}
	})
	b.Run("Recall network", func(b *testing.B) {
		for b.Loop() {
			Recall[*network]("network")
		}
	})
}

// BenchmarkLoop takes steps of about 50 ms of arithmetic on every processor, bare and with a panel that shows three
// curves and a picture of 384 x 256 as an open notebook does. The difference is what watching costs; in processor time it can be told on a busy machine too.
func BenchmarkLoop(b *testing.B) {
	b.Setenv("GONB_HEADLESS", "")
	gonbui.IsNotebook = true
	defer func() { gonbui.IsNotebook = false }()
	before := display
	defer func() { display = before }()
	display = func(o output, stay bool) { gob.NewEncoder(io.Discard).Encode(o.message()) }
	picture := quarters(384, 256)
	for _, watched := range []bool{false, true} {
		b.Run(fmt.Sprint("watched=", watched), func(b *testing.B) {
			live := NewLive("Painting")
			defer live.Close()
			began, n := processorTime(), 1
			for ; b.Loop(); n++ {
				work()
				if watched {
					live.Progress(n, 0)
					for _, term := range []string{"content", "style", "tv"} {
						live.Point(term, float64(n), 1e4/float64(n))
					}
					live.Shares(map[string]float64{"content": 0.2, "style": 0.7, "tv": 0.1})
					live.Preview(func() (image.Image, error) { return picture, nil })
				}
			}
			b.ReportMetric(float64((processorTime()-began).Microseconds())/1e3/float64(n-1), "cpu-ms/op")
		})
	}
}

// processorTime returns how long this process has computed, on all processors together.
func processorTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// work does the same arithmetic on every processor.
func work() {
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			x := 1.0
			for range 12_000_000 {
				x = math.Sqrt(x + 1)
			}
			sink.Store(x > 1)
		})
	}
	all.Wait()
}

var sink atomic.Bool // keeps the compiler from leaving the arithmetic out
