package conv

import (
	"testing"

	"stylenet/weights"
)

// BenchmarkPrepare prepares the weights of a whole VGG-19 for Winograd's convolution.
func BenchmarkPrepare(b *testing.B) {
	network := weights.Random(1)
	for b.Loop() {
		for i := range network.Convs {
			Prepare(Transformed, &network.Convs[i])
			Prepare(Rotated, &network.Convs[i])
		}
	}
}
