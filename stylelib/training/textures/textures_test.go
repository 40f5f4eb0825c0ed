package textures

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// A seed must give the same training anywhere, so the pictures must be the same on every processor, and must stay the same.
func TestCanvasesAreTheSameEverywhere(t *testing.T) {
	if len(canvasHashes) != len(Families) {
		t.Fatalf("%d hashes of %d families", len(canvasHashes), len(Families))
	}
	for i, f := range Families {
		h := sha256.New()
		for _, class := range []int{i, i + 5*len(Families)} {
			canvas, err := Draw(class, 1)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(canvas)
		}
		if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != canvasHashes[i] {
			t.Errorf("%s: canvases with hash %s, want %s", f.Name, got, canvasHashes[i])
		}
	}
}

func TestPicturesAreTheSameEverywhere(t *testing.T) {
	g := &Generator{Classes: 3 * len(Families), Canvases: 1, Seed: 1}
	h := sha256.New()
	for n := range uint64(24) {
		s := g.Sample(n, 32, int(n%3))
		for _, values := range [][]float32{s.Pixels, s.Coverage8[0], s.Coverage8[1], s.Coverage16[2], s.Coverage[:], s.Shapes[:]} {
			binary.Write(h, binary.LittleEndian, values)
		}
		fmt.Fprint(h, s.Class, s.Palette)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)[:8]); got != pictureHash {
		t.Errorf("pictures with hash %s, want %s", got, pictureHash)
	}
}

// The hashes cannot show it on amd64, which has no fused operation by default: on arm64 the compiler fuses no multiplication
// and addition.
func TestNothingIsFused(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for another processor")
	}
	build := exec.Command("go", "build", "-gcflags=-S", ".")
	build.Env = append(build.Environ(), "GOARCH=arm64", "CGO_ENABLED=0")
	listing, err := build.CombinedOutput()
	if err != nil {
		t.Skipf("no compiler for arm64: %v", err)
	}
	if !strings.Contains(string(listing), "FMULD") {
		t.Fatal("the listing shows no multiplications")
	}
	fused := regexp.MustCompile(`(\w+\.go:\d+)\)\s+FN?M(ADD|SUB)[SD]`)
	for _, found := range fused.FindAllStringSubmatch(string(listing), -1) {
		t.Errorf("%s: a fused multiplication and addition", found[1])
	}
}

func TestPortableFunctionsAreAccurate(t *testing.T) {
	worst := map[string]float64{}
	note := func(name string, got, want float64) {
		worst[name] = max(worst[name], math.Abs(got-want)/max(1, math.Abs(want)))
	}
	for i := range 2001 {
		x := float64(i-1000) / 137
		note("sin", sin(x), math.Sin(2*math.Pi*x))
		note("cos", cos(x), math.Cos(2*math.Pi*x))
		note("exp", exp(x), math.Exp(x))
		note("log2", log2(exp(x)), math.Log2(math.Exp(x)))
		note("pow", pow(math.Abs(x)+0.01, 1.7), math.Pow(math.Abs(x)+0.01, 1.7))
		note("angle", angle(math.Sin(x), 2*math.Cos(x)), math.Atan2(math.Sin(x), 2*math.Cos(x))/(2*math.Pi))
	}
	for name, w := range worst {
		if !(w < 1e-5) {
			t.Errorf("%s differs by up to %g", name, w)
		}
	}
}

// One wave along x is two entries of its transform; and by the definition, for an odd raster.
func TestFourier(t *testing.T) {
	re, im := perPixel(func(x, y float64) float64 { return math.Cos(2 * math.Pi * 3 * x / side) }), newRaster()
	fft2(re, im)
	for i := range re {
		want := 0.0
		if i == 3 || i == side-3 {
			want = side * side / 2
		}
		if math.Hypot(re[i]-want, im[i]) > 1e-6*side*side {
			t.Fatalf("entry %d is %g + %gi, want %g", i, re[i], im[i], want)
		}
	}
	re, im = newRaster(), newRaster()
	re[5*side+2], im[5*side+2] = 2, 1
	fft2(re, im)
	for _, at := range [][2]int{{0, 0}, {1, 0}, {7, 30}, {255, 128}} {
		turns := -2 * math.Pi * float64(2*at[0]+5*at[1]) / side
		c, s := math.Cos(turns), math.Sin(turns)
		i := at[1]*side + at[0]
		forward := math.Hypot(re[i]-(2*c-s), im[i]-(2*s+c))
		backward := math.Hypot(re[i]-(2*c+s), im[i]-(-2*s+c)) // the other sign of the exponent
		if min(forward, backward) > 1e-5 {
			t.Errorf("at %v: %g + %gi", at, re[i], im[i])
		}
	}
}

// Noise has the deviation asked for. Beside each other pixels are equal within a grain of 1, 2 or 4 pixels, and all three widths occur.
func TestNoiseIsInGrains(t *testing.T) {
	const size = 64
	widths := map[int]bool{}
	for n := range uint64(20) {
		noise := make([]float32, size*size*3)
		addNoise(seeded(7, n), noise, size, 0.1)
		var squares float64
		edges := map[int]bool{} // x where a grain begins, in the first row
		for i, v := range noise {
			squares += float64(v) * float64(v)
			if i >= 3 && i < size*3 && v != noise[i-3] {
				edges[i/3] = true
			}
		}
		if d := math.Sqrt(squares / size / size / 3); math.Abs(d-0.1) > 0.02 {
			t.Errorf("noise %d: deviation %g, want 0.1", n, d)
		}
		width := int(math.Round(float64(size) / float64(len(edges))))
		widths[width] = true
		for x := range edges {
			if !edges[x+width] && x+width < size {
				t.Errorf("noise %d: grains of %d pixels, but none begins at %d", n, width, x+width)
			}
		}
	}
	if !maps.Equal(widths, map[int]bool{1: true, 2: true, 4: true}) {
		t.Errorf("grains are %v pixels wide", widths)
	}
}

// The coverages of the regions add up to 1 everywhere.
func TestCoveragesAddUpToOne(t *testing.T) {
	g := &Generator{Classes: len(Families), Canvases: 1}
	for n := range uint64(12) {
		s := g.Sample(n, 64, 2)
		for _, parts := range [][3][]float32{s.Coverage8, s.Coverage16} {
			for i := range parts[0] {
				if sum := parts[0][i] + parts[1][i] + parts[2][i]; math.Abs(float64(sum)-1) > 1e-5 {
					t.Fatalf("picture %d: the regions cover %g of square %d", n, sum, i)
				}
			}
		}
		if sum := s.Coverage[0] + s.Coverage[1] + s.Coverage[2]; math.Abs(float64(sum)-1) > 1e-5 {
			t.Errorf("picture %d: the regions cover %g of it", n, sum)
		}
		kinds := float32(0)
		for _, v := range s.Shapes {
			kinds += v
		}
		if s.Coverage[2] > 0.04 && kinds == 0 {
			t.Errorf("picture %d has a shape that no label names", n)
		}
	}
}

// A rectangle of 2.5x2 pixels: 2x2 pixels are full, those that it covers by half are half full.
func TestPolygonByHand(t *testing.T) {
	d := newDrawing()
	d.polygon(255, point{3, 5}, point{5.5, 5}, point{5.5, 7}, point{3, 7})
	z := d.raster()
	for _, want := range []struct {
		x, y  int
		value float64
	}{{3, 5, 1}, {4, 6, 1}, {5, 5, 0.5}, {5, 6, 0.5}, {2, 5, 0}, {6, 5, 0}, {3, 4, 0}, {3, 7, 0}} {
		if got := z[want.y*side+want.x]; got != want.value {
			t.Errorf("pixel %d, %d is %g, want %g", want.x, want.y, got, want.value)
		}
	}
}

func TestDrawChecksItsArguments(t *testing.T) {
	if _, err := Draw(-1, 0); err == nil {
		t.Error("class -1 was drawn")
	}
}

// canvasHashes are in the order of Families.
var canvasHashes = []string{
	"0fb8d68537c2cc33", "7a39025dc03f5c8c", "322f345acc7e8e09", "3cfceed338c7575d", "c3844838bf6693ae", "8c9cb6c1c321956a", "b8fe8d7ea8672a33",
	"768a4864bfc235a8", "73f78ca5e57dcfae", "fb80caf9eec54586", "dec721bc70e5a75b", "3112e81c3e160d68", "b22f26661da741fe", "d0575b730a52fbaf",
	"6ca776f8a36f6a98", "9fa4d843f6b0b0bf", "4ccdc86dfd95d29a", "585c424724c58cb6", "f7456a64d5eda2f9", "09e23d1fe1e4d58a", "668ab304de8452b1",
	"1522b240357ded35", "3cc5366a4fc4e814", "a8f42aaaf4346df0", "e54bf315ad5cf603", "73643c956392c571", "35d43691d2f53625", "28fbc95707611a6a",
}

const pictureHash = "91c7f4e9d0931e12"
