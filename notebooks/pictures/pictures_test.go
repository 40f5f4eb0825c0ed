package main

import (
	"encoding/json"
	"flag"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
)

// thumbnailZoom is the zoom of the quick renderings in the tests.
const thumbnailZoom = 0.25

// tiles returns the means of red, green and blue, 0 to 255, over each of 6x6 equal tiles of a picture.
func tiles(img image.Image) []float64 {
	const n = 6
	b := img.Bounds()
	var out []float64
	for tile := range n * n {
		x0, x1 := b.Dx()*(tile%n)/n, b.Dx()*(tile%n+1)/n
		y0, y1 := b.Dy()*(tile/n)/n, b.Dy()*(tile/n+1)/n
		sum := [3]float64{}
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				r, g, b, _ := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
				sum[0], sum[1], sum[2] = sum[0]+float64(r>>8), sum[1]+float64(g>>8), sum[2]+float64(b>>8)
			}
		}
		for _, s := range sum {
			out = append(out, s/float64((x1-x0)*(y1-y0)))
		}
	}
	return out
}

// difference returns the largest and the mean absolute difference of two lists.
func difference(a, b []float64) (largest, mean float64) {
	for i := range a {
		d := math.Abs(a[i] - b[i])
		largest, mean = max(largest, d), mean+d/float64(len(a))
	}
	return largest, mean
}

// committed reads a picture's file.
func committed(t *testing.T, p picture) image.Image {
	t.Helper()
	file, err := os.Open(p.name + ".jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	img, err := jpeg.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// The files are what the code draws. Processors round differently (some fuse a multiplication and an addition) and JPEG is
// lossy, so the test compares the mean colours of tiles.
func TestFilesMatchTheCode(t *testing.T) {
	if testing.Short() {
		t.Skip("draws every picture at full size, which takes about ten seconds")
	}
	for _, p := range pictures {
		largest, mean := difference(tiles(p.render(1)), tiles(committed(t, p)))
		t.Logf("%s: largest %.2f, mean %.2f levels", p.name, largest, mean)
		if largest > 3 || mean > 1 {
			t.Errorf("%s.jpg differs from what the code draws (largest %.1f, mean %.1f levels): run go generate", p.name, largest, mean)
		}
	}
}

// record makes TestThumbnails write its results instead of checking them.
var record = flag.Bool("record", false, "write testdata/thumbnails.json anew")

// Thumbnails keep the colours that testdata records, on every processor.
func TestThumbnails(t *testing.T) {
	const file = "testdata/thumbnails.json"
	got := map[string][]float64{}
	for _, p := range pictures {
		got[p.name] = tiles(p.render(thumbnailZoom))
		for i, v := range got[p.name] {
			got[p.name][i] = math.Round(v*100) / 100
		}
	}
	if *record {
		text, _ := json.Marshal(got) // a map of numbers has no errors
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		if len(want[p.name]) != len(got[p.name]) {
			t.Errorf("%s holds %d numbers for %s, want %d: run go test -record", file, len(want[p.name]), p.name, len(got[p.name]))
			continue
		}
		largest, mean := difference(got[p.name], want[p.name])
		t.Logf("%s: largest %.2f, mean %.2f levels", p.name, largest, mean)
		if largest > 2 || mean > 0.5 {
			t.Errorf("%s is off its recorded colours by %.1f levels (mean %.2f); after a wanted change run go test -record", p.name, largest, mean)
		}
	}
}

func TestFilesAreSmall(t *testing.T) {
	for _, p := range pictures {
		info, err := os.Stat(p.name + ".jpg")
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > 150_000 {
			t.Errorf("%s.jpg has %d bytes, want at most 150000", p.name, info.Size())
		}
		if got := committed(t, p).Bounds(); got.Dx() != p.width || got.Dy() != p.height || max(p.width, p.height) != 512 {
			t.Errorf("%s.jpg is %v, want %d x %d with a long side of 512", p.name, got, p.width, p.height)
		}
	}
}

// The pixels do not depend on the number of goroutines.
func TestSamePixelsInParallel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, p := range pictures {
		runtime.GOMAXPROCS(1)
		one := p.render(thumbnailZoom / 2)
		runtime.GOMAXPROCS(3)
		three := p.render(thumbnailZoom / 2)
		if !slices.Equal(one.Pix, three.Pix) {
			t.Errorf("%s: one and three goroutines draw different pixels", p.name)
		}
	}
}

// A disk of radius r has the area πr², and a shape inside it adds nothing.
func TestFillShapesFillsTheUnion(t *testing.T) {
	c := newCanvas(100, 100, 1)
	half := ribbon([]knot{{point{20, 50}, 10}, {point{80, 50}, 10}}, constant(-1), constant(1))
	c.fillShapes([][]point{disk(point{50, 50}, 30), half}, solid(colour{1, 1, 1}))
	area := 0.0
	for _, v := range c.pix {
		area += v.r / (c.scale * c.scale)
	}
	if want := math.Pi * 900; math.Abs(area-want) > 0.01*want { // the ribbon lies within the disk
		t.Errorf("disk of radius 30 and a ribbon inside it cover %.1f, want %.1f", area, want)
	}
}

// distanceTransform agrees with its definition, computed by brute force.
func TestDistanceTransform(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const n, stride = 40, 3
	f := make([]float64, n*stride)
	for i := range f {
		f[i] = math.Floor(300 * r.Float64())
	}
	got := slices.Clone(f)
	distanceTransform(got[1:], n, stride)
	for q := range n {
		want := math.Inf(1)
		for p := range n {
			want = min(want, f[1+p*stride]+float64((q-p)*(q-p)))
		}
		if got[1+q*stride] != want {
			t.Errorf("value %d is %g, want %g", q, got[1+q*stride], want)
		}
	}
	if got[0] != f[0] || got[2] != f[2] {
		t.Error("values between the strides have changed")
	}
}

// The index finds the same nearest site as a search of all sites.
func TestNearestSite(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	var sites []site
	for i, p := range scatter(r, 60, 60, 6) {
		sites = append(sites, site{point: p, region: i % 2, square: i%3 == 0, angle: r.Float64()})
	}
	m := newSiteIndex(sites, 60, 60, 6)
	for range 500 {
		p, region := point{60 * r.Float64(), 60 * r.Float64()}, r.IntN(2)
		want, distance := -1, math.Inf(1)
		for i, s := range sites {
			if d := s.distance(p); s.region == region && d < distance {
				want, distance = i, d
			}
		}
		if got := m.nearest(p, region); got != want {
			t.Fatalf("nearest to %v in region %d is %d, want %d", p, region, got, want)
		}
	}
	if got := m.nearest(point{30, 30}, 7); got != -1 {
		t.Errorf("nearest in a region without sites is %d, want -1", got)
	}
}

// A rotation by a third of a turn around the axis of the greys makes red green; no rotation changes a grey.
func TestRotateHue(t *testing.T) {
	got := colour{1, 0, 0}.rotateHue(2 * math.Pi / 3)
	if math.Abs(got.r)+math.Abs(got.g-1)+math.Abs(got.b) > 1e-9 {
		t.Errorf("red rotated by a third of a turn is %v, want green", got)
	}
	if got := (colour{0.5, 0.5, 0.5}).rotateHue(1); math.Abs(got.r-0.5)+math.Abs(got.g-0.5)+math.Abs(got.b-0.5) > 1e-9 {
		t.Errorf("grey rotated is %v", got)
	}
}

// Value noise has the lattice's values at integer coordinates, and the mean of two neighbours in the middle between them.
func TestValueNoise(t *testing.T) {
	a, b := hash(7, 3, -2), hash(7, 4, -2)
	if got := valueNoise(7, 3, -2); got != a {
		t.Errorf("noise at a lattice point is %g, want %g", got, a)
	}
	if got := valueNoise(7, 3.5, -2); math.Abs(got-(a+b)/2) > 1e-12 {
		t.Errorf("noise between two lattice points is %g, want %g", got, (a+b)/2)
	}
}
