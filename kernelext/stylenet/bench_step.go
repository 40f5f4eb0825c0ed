//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"image"
	"os"
	"regexp"
	"strings"
	"time"

	"stylenet/kernelext/internal/memory"
	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// stepTimes is what one process measures: some steps of one picture size by one method.
type stepTimes struct {
	Steps   []float64          `json:"steps"`  // milliseconds of each step after the first
	First   float64            `json:"first"`  // milliseconds from the call of Transfer to the end of the first step
	Peak    float64            `json:"peak"`   // of the whole process, in MB of 2²⁰ bytes
	Flops   float64            `json:"flops"`  // of one step done directly, see stepFlops
	Rate    float64            `json:"rate"`   // of the best matrix product, in floating-point operations a second
	Losses  map[string]float64 `json:"losses"` // of the first step, by term
	Backend string             `json:"backend"`
}

// benchStepCommand is the process of one measurement, see benchmark.ours: the peak of its memory is that of this
// measurement alone. It writes stepTimes as JSON.
func benchStepCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(benchStep, flag.ContinueOnError)
	name := flags.String("weights", "random", "")
	steps := flags.Int("steps", 1, "")
	o := stylelib.Options{Optimizer: optim.Adam{}} // as peers have it
	flags.IntVar(&o.Tile, "tile", 0, "")
	flags.IntVar(&o.Devices, "devices", 0, "")
	apart := flags.Bool("apart", false, "") // from the content picture, so that the first step's losses tell something
	others, err := parse(flags, args, "WxH", "METHOD")
	if err != nil {
		return err
	}
	size, err := parseSize(others[0])
	if err != nil {
		return err
	}
	method, err := parseMethod(others[1])
	if err != nil {
		return err
	}
	network, backend, err := openBench(ctx, *name)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	net := vgg.New(network)
	net.Conv = method
	if *apart {
		o.Start = stylelib.FromPicture(benchPicture(size, 3))
	}
	t, err := timeSteps(ctx, backend, net, size, *steps, o)
	if err != nil {
		return err
	}
	if ctx.Err() == nil { // else somebody waits for what we have
		if t.Rate, err = matrixRate(backend); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(t)
}

// timeSteps times so many steps from Transfer as a user calls it: a run of at least 200 steps that is stopped. If ctx is
// canceled, it returns those that were timed until then.
func timeSteps(ctx context.Context, backend compute.Backend, net *vgg.Extractor, size image.Point, steps int, o stylelib.Options) (*stepTimes, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	o.Steps, o.Every = max(200, 1+steps), 1
	o.OnStep = func(s stylelib.Step) error {
		if s.N == 1+steps {
			stop()
		}
		return nil
	}
	result, err := stylelib.Transfer(inner, backend, net, benchPicture(size, 1), []image.Image{benchPicture(size, 2)}, o)
	if err != nil {
		return nil, err
	}
	if len(result.Steps) < 2 {
		return nil, context.Canceled
	}
	t := &stepTimes{Flops: stepFlops(net.Weights, size), Losses: result.Steps[0].Terms, Backend: backendName(backend)}
	t.First = milliseconds(result.Steps[0].Elapsed)
	for i := 1; i < len(result.Steps); i++ {
		t.Steps = append(t.Steps, milliseconds(result.Steps[i].Elapsed-result.Steps[i-1].Elapsed))
	}
	peak, err := memory.Peak()
	t.Peak = float64(peak) / (1 << 20)
	return t, err
}

// openBench opens the network and the backend of a measurement.
func openBench(ctx context.Context, name string) (*weights.Network, compute.Backend, error) {
	network, err := weights.Open(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	backend, err := stylelib.OpenBackend()
	return network, backend, err
}

// backendName returns what the backend calls itself, with its plugin.
func backendName(backend compute.Backend) string {
	return folders.ReplaceAllString(backend.Description(), "")
}

// folders are those in a plugin's path.
var folders = regexp.MustCompile(`/\S*/`)

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// benchPicture returns noise; the peers make the same (testdata/peers/work.py).
func benchPicture(size image.Point, seed uint32) image.Image {
	picture := image.NewNRGBA(image.Rectangle{Max: size})
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
		if pixel, channel := i/4, i%4; channel < 3 {
			picture.Pix[i] = uint8((uint32(pixel*3+channel) + seed<<20) * 2654435761 >> 24)
		}
	}
	return picture
}

// stepFlops counts the multiplications and additions of a step's convolutions and Gram matrices, done directly: those
// of the values and as many for the gradients. The rest of a step is little beside them.
func stepFlops(n *weights.Network, size image.Point) float64 {
	products := 0.
	for i, c := range n.Convs {
		if pooledBefore(n, i) {
			size = halved(size)
		}
		pixels := float64(size.X * size.Y)
		products += pixels * float64(9*c.In*c.Out)
		if strings.HasSuffix(c.Name, "_1") { // a style layer
			products += pixels * float64(c.Out*c.Out)
		}
		if c.Name == "conv5_1" {
			break
		}
	}
	return 2 * 2 * products // a product goes with a sum, a value with a gradient
}

// pooledBefore tells whether a pooling lies before the i-th convolution: whether it begins a block.
func pooledBefore(n *weights.Network, i int) bool {
	return i > 0 && strings.HasSuffix(n.Convs[i].Name, "_1")
}

// halved is the size after a pooling.
func halved(size image.Point) image.Point { return image.Pt((size.X+1)/2, (size.Y+1)/2) }

// matrixRate returns the best rate of a float32 matrix product that this backend shows, in floating-point operations a
// second.
func matrixRate(backend compute.Backend) (float64, error) {
	product, err := graph.NewExec(backend, func(a, b *graph.Node) *graph.Node { return graph.Einsum("ik,kj->ij", a, b) })
	if err != nil {
		return 0, err
	}
	defer product.Finalize()
	best := 0.
	for _, n := range []int{512, 1024, 2048} {
		values := make([]float32, n*n)
		for i := range values {
			values[i] = float32(i%7) / 7
		}
		square := tensors.FromFlatDataAndDimensions(values, n, n)
		flops := 2 * float64(n*n*n)
		err := repeat(func() error {
			out, err := product.Exec1(square, square)
			if err != nil {
				return err
			}
			return out.FinalizeAll()
		}, func(d time.Duration) { best = max(best, flops/d.Seconds()) })
		if err = errors.Join(err, square.FinalizeAll()); err != nil {
			return 0, err
		}
	}
	return best, nil
}

// repeat calls do for a quarter of a second, at least six times, and reports how long each call but the first took.
func repeat(do func() error, report func(time.Duration)) error {
	for i, began := 0, time.Now(); i < 6 || time.Since(began) < time.Second/4; i++ {
		start := time.Now()
		if err := do(); err != nil {
			return err
		}
		if i > 0 { // the first one compiles
			report(time.Since(start))
		}
	}
	return nil
}
