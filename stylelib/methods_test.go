package stylelib

import (
	"fmt"
	"image"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// A photograph in the manner of a painting, by a trained network: after 20 steps the pictures by Winograd and by plain
// cannot be told apart. BenchmarkMethods looks further.
func TestMethodsPaintTheSamePhotograph(t *testing.T) {
	if testing.Short() {
		t.Skip("two runs of 20 steps")
	}
	network, backend := vgg.New(testkit.SlimNetwork(t)).Weights, testkit.Backend(t)
	plain, winograd := paintBy(t, backend, network, conv.Plain, 20), paintBy(t, backend, network, conv.Winograd, 20)
	if psnr := decibels(plain, winograd); !(psnr > 40) || math.IsInf(psnr, 1) {
		t.Errorf("PSNR %.1f dB, want above 40 and not the very same numbers", psnr)
	}
}

// BenchmarkMethods reports the PSNR of Winograd and plain, and of plain and plain with every weight moved to a neighbouring
// float32: how far apart float32 itself lets pictures drift, for where a ReLU, a maximum or Adam's division stands at an edge,
// the last bit decides. Recorded at 160 pixels with vgg19-slim, in dB:
//
//	steps      10     20     30    100    300
//	methods    50.6   44.1   41.1   33.7   29.7
//	rounding   79.6   62.4   54.4   39.1   31.9
//
// In another run of 10 steps, Gram matrices having been added up in another order, they were 50.7 and 113.3.
//
// Run it with -benchtime 1x; the random network has VGG-19's full size and takes some minutes.
func BenchmarkMethods(b *testing.B) {
	backend, err := OpenBackend()
	if err != nil {
		b.Skip(err)
	}
	defer backend.Finalize()
	for _, name := range []string{"vgg19-slim", "random"} {
		network, err := weights.Open(b.Context(), name)
		if err != nil {
			b.Log(err)
			continue
		}
		for _, steps := range []int{10, 20, 30, 100, 300} {
			b.Run(fmt.Sprintf("%s/%d", name, steps), func(b *testing.B) {
				for range b.N {
					plain := paintBy(b, backend, network, conv.Plain, steps)
					b.ReportMetric(decibels(plain, paintBy(b, backend, network, conv.Winograd, steps)), "dB")
					b.ReportMetric(decibels(plain, paintBy(b, backend, nudged(network), conv.Plain, steps)), "dB-rounding")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// paintBy paints a cat like a night sky, 160 pixels long.
func paintBy(t testing.TB, backend compute.Backend, network *weights.Network, method conv.Method, steps int) []float32 {
	t.Helper()
	photograph, err := picture.Sample("chelsea")
	if err != nil {
		t.Skip(err)
	}
	var pictures [2]image.Image
	for i, path := range []string{photograph, filepath.Join("..", "notebooks", "pictures", "night_sky.jpg")} {
		if pictures[i], err = picture.Open(path, 160); err != nil {
			t.Fatal(err)
		}
	}
	net := vgg.New(network)
	net.Conv = method
	result, err := Transfer(t.Context(), backend, net, pictures[0], pictures[1:], Options{Steps: steps, Optimizer: optim.Adam{Decay: 1}, Start: FromContent()})
	if err != nil {
		t.Fatal(err)
	}
	return result.State.Picture
}

// nudged returns the network with every weight moved to a neighbouring float32, up or down.
func nudged(network *weights.Network) *weights.Network {
	moved := *network
	moved.Convs = slices.Clone(network.Convs)
	for i := range moved.Convs {
		kernel := slices.Clone(moved.Convs[i].Kernel)
		for k, v := range kernel {
			kernel[k] = math.Nextafter32(v, float32(k*7919%3-1)*math.MaxFloat32)
		}
		moved.Convs[i].Kernel = kernel
	}
	return &moved
}

// decibels returns the peak signal-to-noise ratio of two pictures with values from 0 to 1.
func decibels(a, b []float32) float64 {
	var square float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		square += d * d / float64(len(a))
	}
	return -10 * math.Log10(square)
}
