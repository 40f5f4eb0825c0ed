package run

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stylenet/kernelext/internal/setup"
)

// What a cell that paints needs, and a later cell of the same notebook. Each prints a line as the first thing it does.
const (
	firstCell = `import (
	"fmt"

	"stylenet/kernelext"
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

func network() *weights.Network { return kernelext.Must(weights.Open(kernelext.Context(), "random")) }

%%
fmt.Println("here")
kernelext.Keep("layers", len(vgg.New(network()).Weights.Convs))
_ = stylelib.Transfer`

	laterCell = `%%
fmt.Println("here")
kernelext.Keep("again", kernelext.Recall[int]("layers"))
_ = stylelib.Transfer`
)

// BenchmarkCells times the way from Shift-Enter to a cell's own first line, with GoNB as published beside our kernel:
// the first cell of a notebook, and the later ones.
//
//	go test -run '^$' -bench Cells -benchtime 5x ./kernelext/internal/run
func BenchmarkCells(b *testing.B) {
	ours := realKernel(b)
	stock := ours
	stock.Env = map[string]string{}
	for name, value := range ours.Env {
		stock.Env[name] = value
	}
	stock.Env["GOFLAGS"] = strings.TrimSpace(strings.ReplaceAll(os.Getenv("GOFLAGS"), "'-ldflags=-s -linkmode=internal'", ""))
	path := filepath.Join(b.TempDir(), "gonb")
	s := &setup.Setup{Home: b.TempDir(), Module: moduleFolder(b)}
	if err := s.BuildStockGonb(b.Context(), path); err != nil {
		b.Fatal(err)
	}
	stock.Argv = append([]string{path}, ours.Argv[1:]...)
	for _, c := range []struct {
		name string
		spec setup.Kernelspec
	}{{"stock", stock}, {"ours", ours}} {
		b.Run(c.name+"/first", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				k := benchKernel(b, c.spec)
				b.StartTimer()
				toFirstLine(b, k, firstCell)
			}
		})
		b.Run(c.name+"/later", func(b *testing.B) {
			k := benchKernel(b, c.spec)
			toFirstLine(b, k, firstCell)
			for b.Loop() {
				toFirstLine(b, k, laterCell)
			}
		})
	}
}

// benchKernel starts a kernel.
func benchKernel(b *testing.B, spec setup.Kernelspec) *kernel {
	k, err := startKernel(b.Context(), spec, b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(k.stop)
	return k
}

// toFirstLine runs a cell and returns when it has printed its first line; what follows is not timed.
func toFirstLine(b *testing.B, k *kernel, source string) {
	var said outputs
	answer, err := k.execute(b.Context(), source, 0, func(m message) error {
		if m.Header.Type == "stream" && strings.Contains(string(m.Content), "here") {
			b.StopTimer()
		}
		return said.add(m.Header.Type, m.Content)
	})
	if err != nil || answer.Status != "ok" {
		b.Fatalf("%+v, %v; the cell said %v", answer, err, said.cell)
	}
	b.StartTimer()
}

// BenchmarkStop times the way from the Stop button to the end of a cell that is painting, with the full VGG-19, the
// picture so far shown and kept.
func BenchmarkStop(b *testing.B) {
	k := benchKernel(b, realKernel(b))
	for _, size := range []int{256, 512} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				answer, err := k.execute(b.Context(), fmt.Sprintf(paintingCell, size), 0, func(m message) error {
					if m.Header.Type == "stream" && strings.Contains(string(m.Content), "here") {
						time.Sleep(time.Second) // in the middle of a step
						k.send(k.control, "interrupt_request", struct{}{})
						b.StartTimer()
					}
					return nil
				})
				if err != nil || answer.Status != "ok" {
					b.Fatalf("%+v, %v", answer, err)
				}
			}
		})
	}
}

const paintingCell = `%%%%
photo := kernelext.Must(picture.Open(kernelext.Must(picture.Sample("chelsea")), %d))
net := vgg.New(kernelext.Must(weights.Open(kernelext.Context(), "random")))
live := kernelext.NewLive("Painting")
options := stylelib.Options{Steps: 1000, Every: 1, OnStep: func(s stylelib.Step) error {
	live.Progress(s.N, s.Total)
	live.Preview(s.Picture)
	if s.N == 2 {
		fmt.Println("here")
	}
	return nil
}}
result, err := stylelib.Transfer(kernelext.Context(), kernelext.Must(stylelib.OpenBackend()), net, photo, []image.Image{photo}, options)
kernelext.Check(err)
live.Picture(result.Picture)
live.Close()
kernelext.Keep("state", result.State)`
