package colour

import (
	"encoding/json"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
)

// slicedDistance returns the mean over directions of the squared distance of two equally long lists by rank.
func slicedDistance(a, b [][3]float64) float64 {
	random := rand.New(rand.NewPCG(9, 9))
	sum, n := 0., 0.
	for range 20 {
		for _, axis := range randomAxes(random) {
			x, y := coordinates(a, axis), coordinates(b, axis)
			slices.Sort(x)
			slices.Sort(y)
			for i := range x {
				sum += (x[i] - y[i]) * (x[i] - y[i])
				n++
			}
		}
	}
	return sum / n
}

// The colours become the other's at little more than the least cost, which SciPy finds (testdata/transport.py).
func TestTransportCostsLittle(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "transport.json"))
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Start, Want   [][3]uint16
		Least, Random float64
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	img := func(values [][3]uint16) image.Image {
		p := image.NewNRGBA64(image.Rect(0, 0, len(values), 1))
		for x, v := range values {
			p.SetNRGBA64(x, 0, color.NRGBA64{v[0], v[1], v[2], 0xffff})
		}
		return p
	}
	start, want := img(recorded.Start), img(recorded.Want)
	got, err := Transport(start, want, SRGB)
	if err != nil {
		t.Fatal(err)
	}
	from, to := picture.Colours(start), picture.Colours(got)
	cost := 0.
	for i := range from {
		for c := range 3 {
			cost += (to[i][c] - from[i][c]) * (to[i][c] - from[i][c]) / float64(len(from))
		}
	}
	before, after := slicedDistance(from, picture.Colours(want)), slicedDistance(to, picture.Colours(want))
	t.Logf("cost %.5f, least %.5f, at random %.5f; sliced distance %.2g, before %.2g", cost, recorded.Least, recorded.Random, after, before)
	if cost < 0.99*recorded.Least || cost > 1.1*recorded.Least {
		t.Errorf("the colours moved by %.5f, squared, on average; %.5f is the least", cost, recorded.Least)
	}
	if after > 0.003*before {
		t.Errorf("sliced distance %.2g to the colours wanted, %.2g before", after, before)
	}
}

// By hand: greys are on one line, on which the cheapest transport goes by rank, in one round. Two equal greys take one mean, and four take
// values between two.
func TestTransportByHand(t *testing.T) {
	grey := func(values ...float64) image.Image {
		var all []color.NRGBA64
		for _, v := range values {
			all = append(all, testkit.RGB(v, v, v))
		}
		return testkit.Row(all...)
	}
	for _, test := range []struct{ from, to, want image.Image }{
		{grey(0.9, 0.1, 0.5), grey(0.3, 0.2, 0.7), grey(0.7, 0.2, 0.3)},
		{grey(0.5, 0.5, 0.1), grey(0.2, 0.4, 0.8), grey(0.6, 0.6, 0.2)},
		{grey(0, 0.1, 0.2, 0.3), grey(0.4, 0.8), grey(0.4, 0.5, 0.7, 0.8)},
	} {
		got, err := Transport(test.from, test.to, SRGB)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "greys", got, test.want, 1)
	}
	picture := testkit.Picture(8, 9, 5)
	for _, space := range []Space{SRGB, Linear} {
		same, err := Transport(picture, picture, space)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, "a picture transported to itself", same, picture, 1)
	}
	// Two equal greys take the mean of 0.1 and 0.3 in linear light.
	value := func(light float64) float64 { return 1.055*math.Pow(light, 1/2.4) - 0.055 }
	got, err := Transport(grey(0.2, 0.2), grey(value(0.1), value(0.3)), Linear)
	if err != nil {
		t.Fatal(err)
	}
	testkit.Close16(t, "the mean in light", got, grey(value(0.2), value(0.2)), 1)
	if _, err := Transport(picture, nil, SRGB); err == nil || !strings.Contains(err.Error(), "to be taken is missing") {
		t.Errorf("error %v", err)
	}
}

func BenchmarkTransport(b *testing.B) {
	from, to := testkit.Picture(256, 256, 1), testkit.Picture(256, 256, 2)
	for b.Loop() {
		if _, err := Transport(from, to, SRGB); err != nil {
			b.Fatal(err)
		}
	}
}
