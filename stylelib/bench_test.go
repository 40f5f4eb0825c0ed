package stylelib

import (
	"fmt"
	"image"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"stylenet/stylelib/conv"
	"stylenet/weights"
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
				vgg := NewVGG(network)
				vgg.Conv = method
				benchmarkSteps(b, backend, vgg, size)
			})
		}
	}
}

func benchmarkSteps(b *testing.B, backend compute.Backend, vgg *VGG, size image.Point) {
	var first, last time.Duration
	_, err := Transfer(b.Context(), backend, vgg, hashedPicture(size.Y, size.X, 1), []image.Image{hashedPicture(size.Y, size.X, 2)},
		Options{Steps: b.N + 1, Every: 1, OnStep: func(s Step) error {
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
