package stylelib

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// BenchmarkStep times one whole step of the full VGG-19 with random weights: features to relu5_1, five Gram matrices,
// content at relu4_2, total variation, gradient and Adam. Compiling is not counted.
func BenchmarkStep(b *testing.B) {
	backend, err := OpenBackend()
	if err != nil {
		b.Skip(err)
	}
	defer backend.Finalize()
	network := weights.Random(1)
	for _, method := range []conv.Method{conv.Plain, conv.Winograd} {
		for _, size := range []image.Point{{224, 224}, {458, 326}, {512, 512}} {
			b.Run(fmt.Sprintf("%s/%dx%d", method, size.X, size.Y), func(b *testing.B) {
				net := vgg.New(network)
				net.Conv = method
				benchmarkSteps(b, backend, net, size)
			})
		}
	}
}

func benchmarkSteps(b *testing.B, backend compute.Backend, net *vgg.Extractor, size image.Point) {
	var first, last time.Duration
	_, err := Transfer(b.Context(), backend, net, testkit.Picture(size.Y, size.X, 1), []image.Image{testkit.Picture(size.Y, size.X, 2)},
		Options{Steps: b.N + 1, Every: 1, Optimizer: optim.Adam{}, OnStep: func(s Step) error {
			if s.N == 1 {
				first = s.Elapsed
			}
			last = s.Elapsed
			return nil
		}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((last-first).Milliseconds())/float64(b.N), "ms/step")
	b.ReportMetric(0, "ns/op") // it would count compiling
}

// BenchmarkOptimizers compares optimisers by evaluations and seconds, over three pairs of pictures, 160 pixels long, and two
// networks. It prints the lowest loss within so many evaluations, the loss after one being 1, and seconds for compiling and
// for 200 evaluations. testdata/optimizers.md holds a record. Run it with -benchtime 1x.
func BenchmarkOptimizers(b *testing.B) {
	backend, err := OpenBackend()
	if err != nil {
		b.Skip(err)
	}
	defer backend.Finalize()
	optimizers := []struct {
		name string
		o    optim.Optimizer
	}{
		{"Adam 0.01", adam(0.01)}, {"Adam 0.02", adam(0.02)}, {"Adam 0.05", adam(0.05)}, {"L-BFGS", optim.LBFGS{}},
	}
	for _, name := range []string{"vgg19-slim", "random"} {
		network, err := weights.Open(b.Context(), name)
		if err != nil {
			b.Log(err)
			continue
		}
		for _, pair := range [][2]string{{"chelsea", "night_sky"}, {"astronaut", "stained_glass"}, {"coffee", "waves"}} {
			for _, optimizer := range optimizers {
				b.Run(fmt.Sprintf("%s/%s-%s/%s", name, pair[0], pair[1], optimizer.name), func(b *testing.B) {
					for range b.N {
						compareOptimizer(b, backend, vgg.New(network), pair, optimizer.o)
					}
				})
			}
		}
	}
}

func compareOptimizer(b *testing.B, backend compute.Backend, net *vgg.Extractor, pair [2]string, o optim.Optimizer) {
	path, err := picture.Sample(pair[0])
	if err != nil {
		b.Skip(err)
	}
	var pictures [2]image.Image
	for i, path := range []string{path, filepath.Join("..", "notebooks", "pictures", pair[1]+".jpg")} {
		if pictures[i], err = picture.Open(path, 160); err != nil {
			b.Fatal(err)
		}
	}
	result, err := Transfer(b.Context(), backend, net, pictures[0], []image.Image{pictures[1]}, Options{Steps: 200, Optimizer: o, Start: FromContent()})
	if err != nil {
		b.Fatal(err)
	}
	lowest := result.Steps[0].Loss
	for i, s := range result.Steps {
		lowest = min(lowest, s.Loss)
		if n := i + 1; n == 25 || n == 50 || n == 100 || n == 200 {
			b.ReportMetric(lowest/result.Steps[0].Loss, fmt.Sprintf("loss%d", n))
		}
	}
	first, last := result.Steps[0].Elapsed, result.Steps[199].Elapsed
	b.ReportMetric(first.Seconds(), "s-compile")
	b.ReportMetric((last - first).Seconds(), "s-200")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPyramid compares, for 362 pixels, one size and pyramids at equal cost, that of 100 evaluations at the full size,
// by how the evaluations are divided among the levels and whether Adam goes on with its memory. It prints the last loss,
// that of the content picture being 1. testdata/pyramid.md holds a record. Run it with -benchtime 1x.
func BenchmarkPyramid(b *testing.B) {
	backend, err := OpenBackend()
	if err != nil {
		b.Skip(err)
	}
	defer backend.Finalize()
	defer func(growth float64) { pyramidGrowth = growth }(pyramidGrowth)
	for _, c := range []struct {
		network string
		pair    [2]string
	}{
		{"vgg19-slim", [2]string{"chelsea", "night_sky"}}, {"vgg19-slim", [2]string{"coffee", "waves"}},
		{"stylenet", [2]string{"chelsea", "night_sky"}}, {"stylenet", [2]string{"coffee", "waves"}},
	} {
		network, err := weights.Open(b.Context(), c.network)
		if err != nil {
			b.Skip(err)
		}
		net, pair := vgg.New(network), c.pair
		net.Conv = conv.Plain // compiles soonest
		path, err := picture.Sample(pair[0])
		if err != nil {
			b.Skip(err)
		}
		var pictures [2]image.Image
		for i, path := range []string{path, filepath.Join("..", "notebooks", "pictures", pair[1]+".jpg")} {
			if pictures[i], err = picture.Open(path, 362); err != nil {
				b.Fatal(err)
			}
		}
		for _, optimizer := range []struct {
			name string
			o    optim.Optimizer
		}{{"Adam 0.02", adam(0.02)}, {"Adam 0.02 anew", anew{adam(0.02)}}, {"L-BFGS", optim.LBFGS{}}} {
			run := func(name string, sizes []int) {
				b.Run(fmt.Sprintf("%s/%s-%s/%s/%s", c.network, pair[0], pair[1], optimizer.name, name), func(b *testing.B) {
					for range b.N {
						comparePyramid(b, backend, net, pictures, optimizer.o, sizes)
					}
				})
			}
			run("one-size", []int{362})
			for _, pyramidGrowth = range []float64{2, 1, 0, -1, -2} {
				run(fmt.Sprintf("growth%g", pyramidGrowth), nil)
			}
		}
	}
}

// adam has a rate that stays.
func adam(rate float64) optim.Adam { return optim.Adam{LearningRate: rate, Decay: 1} }

// anew is an optimiser that starts anew at each level.
type anew struct{ optim.Optimizer }

func comparePyramid(b *testing.B, backend compute.Backend, net *vgg.Extractor, pictures [2]image.Image, o optim.Optimizer, sizes []int) {
	const full = 100 // evaluations
	if sizes == nil {
		sizes = PyramidSizes(362)
	}
	steps, cost := len(sizes)-1, 0.
	for cost < full {
		steps++
		cost = 0
		for i, n := range PyramidSteps(steps, sizes) {
			cost += float64(n) * float64(sizes[i]*sizes[i]) / (362 * 362)
		}
	}
	first, err := Transfer(b.Context(), backend, net, pictures[0], pictures[1:], Options{Steps: 1, Start: FromContent()})
	if err != nil {
		b.Fatal(err)
	}
	result, err := Pyramid(b.Context(), backend, net, pictures[0], pictures[1:], Options{Steps: steps, Optimizer: o, Start: FromContent()}, sizes)
	if err != nil {
		b.Fatal(err)
	}
	last := result.Steps[len(result.Steps)-1].Loss
	for _, s := range result.Steps[len(result.Steps)-3:] {
		last = min(last, s.Loss) // not a trial of a line search
	}
	b.ReportMetric(last/first.Steps[0].Loss, "loss")
	b.ReportMetric(float64(steps), "steps")
	b.ReportMetric(0, "ns/op")
	if folder := os.Getenv("STYLENET_BENCH_PICTURES"); folder != "" {
		name := strings.NewReplacer("/", "_", " ", "_").Replace(b.Name())
		if err := picture.Save(filepath.Join(folder, name+".png"), result.Picture); err != nil {
			b.Fatal(err)
		}
	}
}
