package stylelib

import (
	"math"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
)

// A mixed start is, pixel for pixel, its share of noise and the rest of the content picture.
func TestFromMixed(t *testing.T) {
	content, noise := testkit.Unit(4*5*3, 1), FromNoise(7).noise(4*5*3)
	for _, share := range []float64{0, 0.25, 1} {
		state, err := FromMixed(share, 7).state(content, 4, 5, optim.Adam{})
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range state.Picture {
			if want := share*float64(noise[i]) + (1-share)*float64(content[i]); !(math.Abs(float64(got)-want) < 1e-6) {
				t.Fatalf("share %g, value %d: %g, want %g", share, i, got, want)
			}
		}
	}
	for _, share := range []float64{-0.1, 1.5, math.NaN()} {
		if _, err := FromMixed(share, 7).state(content, 4, 5, optim.Adam{}); err == nil || !strings.Contains(err.Error(), "it is from 0, the content picture alone, to 1") {
			t.Errorf("share %g: error %v", share, err)
		}
	}
}
