package weights

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/weights/internal/array"
)

func TestOriginOption(t *testing.T) {
	path := filepath.Join("testdata", "torchvision.pth")
	for name, want := range map[string]Input{"torchvision": torchvisionInput(), "caffe": caffeInput(), "matconvnet": matconvnetInput()} {
		n, err := Options{Origin: name}.Load(path)
		if err != nil || n.Input != want || len(n.Warnings) > 0 {
			t.Errorf("%s: %v, error %v", name, n, err)
		}
	}
	own, err := Options{Origin: "caffe"}.Load(filepath.Join("testdata", "stylenet.safetensors"))
	if err != nil || own.Input != caffeInput() || own.Padding != ReplicatePadding {
		t.Errorf("our own file: %v, error %v; want its padding and the origin that was asked for", own, err)
	}
	if _, err := (Options{Origin: "tensorflow"}).Load(path); err == nil || !strings.Contains(err.Error(), "matconvnet") {
		t.Errorf("error %v, want the origins there are", err)
	}
	if _, err := (Options{Origin: "slim"}).Load(path); err == nil || !strings.Contains(err.Error(), "conv0") {
		t.Errorf("error %v, want one about conv0", err)
	}
}

// What is assumed holds where nothing tells the origin, and only there; it stays a guess.
func TestAssume(t *testing.T) {
	plain, err := Options{Assume: "matconvnet"}.Load(filepath.Join("testdata", "torchvision.pth"))
	if err != nil || plain.Input != matconvnetInput() || len(plain.Warnings) != 1 {
		t.Errorf("%v, error %v; want matconvnet's input and a warning", plain, err)
	}
	own, err := Options{Assume: "matconvnet"}.Load(filepath.Join("testdata", "stylenet.safetensors"))
	if err != nil || own.Input == matconvnetInput() || len(own.Warnings) != 0 {
		t.Errorf("our own file: %v, error %v; want what it says itself", own, err)
	}
	asked, err := Options{Assume: "matconvnet", Origin: "caffe"}.Load(filepath.Join("testdata", "torchvision.pth"))
	if err != nil || asked.Input != caffeInput() {
		t.Errorf("%v, error %v; want the origin asked for", asked, err)
	}
}

// A white pixel and a mid-grey one, worked by hand: 255 less the mean, in the order of channels that the origin has.
func TestInputs(t *testing.T) {
	const tol = 1e-4 // float32 rounding of numbers up to 255
	apply := func(in Input, p [3]float64) (out [3]float64) {
		for c := range 3 {
			out[c] = float64(in.Offset[c])
			for k := range 3 {
				out[c] += float64(in.Matrix[c][k]) * p[k]
			}
		}
		return out
	}
	orange := [3]float64{1, 0.6, 0.2} // RGB 255, 153, 51
	for name, test := range map[string]struct {
		in   Input
		want [3]float64
	}{
		"torchvision": {torchvisionInput(), [3]float64{(1 - 0.485) / 0.229, (0.6 - 0.456) / 0.224, (0.2 - 0.406) / 0.225}},
		"caffe":       {caffeInput(), [3]float64{51 - 103.939, 153 - 116.779, 255 - 123.68}},
		"matconvnet":  {matconvnetInput(), [3]float64{255 - 123.68, 153 - 116.779, 51 - 103.939}},
	} {
		got := apply(test.in, orange)
		for c := range 3 {
			if math.Abs(got[c]-test.want[c]) > tol {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
	}
}

// Two published files have the same names and shapes. Their checksums say which is which, and no warning is needed.
func TestChecksumTellsOrigin(t *testing.T) {
	for sum, want := range map[string]Input{
		"dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44": torchvisionInput(),
		"d01eb7cb00000000000000000000000000000000000000000000000000000000": caffeInput(),
	} {
		f, err := os.Open(filepath.Join("testdata", "torchvision-legacy.pth"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, _ := f.Stat()
		c, err := list(f, info.Size())
		if err != nil {
			t.Fatal(err)
		}
		c.sum = func() string { return sum }
		n, err := Options{}.arrange(c)
		if err != nil || n.Input != want || len(n.Warnings) > 0 || n.Licence == "not stated" {
			t.Errorf("%s: input %v, warnings %q, licence %q, error %v", sum, n.Input, n.Warnings, n.Licence, err)
		}
	}
}

// arranged returns a network whose conv1_1 is that of n with its axes mixed up.
func arranged(n *Network, how mixup) *Network {
	c := n.Convs[0]
	kernel := make([]float32, len(c.Kernel))
	for i := range kernel {
		y, x, in, out := i/(9*c.Out), i/(3*c.Out)%3, i/c.Out%3, i%c.Out
		if how.turned {
			y, x = x, y
		}
		if how.bgr {
			in = 2 - in
		}
		kernel[((y*3+x)*3+in)*c.Out+out] = c.Kernel[i]
	}
	c.Kernel = kernel
	return &Network{Convs: []Conv{c}, Input: n.Input}
}

func checkMixups(t *testing.T, n *Network) {
	t.Helper()
	for _, want := range []mixup{{false, false}, {true, false}, {false, true}, {true, true}} {
		mixed := arranged(n, want)
		if how, known := mixed.knownFilters(); !known || how != want {
			t.Errorf("%v is seen as %v, known %v", want, how, known)
		}
		mixed.checkFilters(false)
		text := strings.Join(mixed.Warnings, "\n")
		if strings.Contains(text, "height and width") != want.turned || strings.Contains(text, "red and blue") != want.bgr {
			t.Errorf("%v: warnings %q", want, mixed.Warnings)
		}
	}
}

// 24 filters of a random network stand in for those of VGG-19's authors.
func TestMixupsAreSeen(t *testing.T) {
	n := Random(3)
	if _, known := n.knownFilters(); known {
		t.Error("a random network's filters are taken for those of VGG-19's authors")
	}
	defer func(saved [24][8]float64) { fingerprints = saved }(fingerprints)
	conv := n.Convs[0]
	for i := range fingerprints {
		fingerprints[i] = fingerprint(func(y, x, colour int) float64 {
			return float64(conv.Kernel[((y*3+x)*3+colour)*conv.Out+2*i])
		})
	}
	checkMixups(t, n)
}

// The real filters, which a pruned network kept, in the order BGR that its learned input makes.
func TestFiltersOfVGG19(t *testing.T) {
	n, err := Load(thirdParty(t, "e1_base.pth"))
	if err != nil {
		t.Fatal(err)
	}
	if len(n.Warnings) > 0 {
		t.Errorf("warnings %q", n.Warnings)
	}
	checkMixups(t, n)
	slim, err := Load(thirdParty(t, "5SE.pth"))
	if err != nil {
		t.Fatal(err)
	}
	if _, known := slim.knownFilters(); known {
		t.Error("the filters of a network trained anew are taken for those of VGG-19's authors")
	}
}

// plane is a picture or features, [height][width][channel].
type plane [][][]float64

func newPlane(h, w, c int) plane {
	p := make(plane, h)
	for y := range p {
		p[y] = make([][]float64, w)
		for x := range p[y] {
			p[y][x] = make([]float64, c)
		}
	}
	return p
}

// mirrored swaps height and width.
func (p plane) mirrored() plane {
	m := newPlane(len(p[0]), len(p), len(p[0][0]))
	for y := range p {
		for x := range p[y] {
			m[x][y] = p[y][x]
		}
	}
	return m
}

// convolve is a convolution with zero padding and a ReLU, from the definition.
func (c Conv) convolve(in plane) plane {
	h, w := len(in), len(in[0])
	out := newPlane(h, w, c.Out)
	for i := range h * w * c.Out * 9 {
		k, o, x, y := i%9, i/9%c.Out, i/9/c.Out%w, i/9/c.Out/w
		if k == 0 {
			out[y][x][o] += float64(c.Bias[o])
		}
		if v, u := y+k/3-1, x+k%3-1; v >= 0 && v < h && u >= 0 && u < w {
			for ch := range c.In {
				out[y][x][o] += in[v][u][ch] * float64(c.Kernel[(k*c.In+ch)*c.Out+o])
			}
		}
		if k == 8 {
			out[y][x][o] = max(0, out[y][x][o])
		}
	}
	return out
}

// pool is max pooling by two that rounds up.
func (p plane) pool() plane {
	h, w := len(p), len(p[0])
	out := newPlane((h+1)/2, (w+1)/2, len(p[0][0]))
	for y := range h {
		for x := range w {
			for c, v := range p[y][x] {
				out[y/2][x/2][c] = max(out[y/2][x/2][c], v) // after a ReLU nothing is below 0
			}
		}
	}
	return out
}

// see runs the first four convolutions, with the pooling between the blocks.
func (n *Network) see(picture plane) plane {
	features := picture
	for i, c := range n.Convs[:4] {
		if i == 2 {
			features = features.pool()
		}
		features = c.convolve(features)
	}
	return features.pool()
}

// A network of transposed kernels sees a picture as the right one sees the mirrored picture, mirrored back.
func TestSeedTransposeMirrorsThePicture(t *testing.T) {
	const tol = 1e-10 // float64 sums in another order
	path := filepath.Join("testdata", "beta16.mat")
	right, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	seed, err := Options{SeedTranspose: true}.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	picture := newPlane(7, 10, 3) // odd and not square, so that neither pooling nor sizes can hide anything
	for i := range 7 * 10 * 3 {
		picture[i/30][i/3%10][i%3] = float64(mix(uint64(i))%256) - 128
	}
	got, want, plain := seed.see(picture), right.see(picture.mirrored()).mirrored(), right.see(picture)
	far, apart, size := 0.0, 0.0, 0.0
	for y := range got {
		for x := range got[y] {
			for c := range got[y][x] {
				far = max(far, math.Abs(got[y][x][c]-want[y][x][c]))
				apart = max(apart, math.Abs(got[y][x][c]-plain[y][x][c]))
				size = max(size, math.Abs(want[y][x][c]))
			}
		}
	}
	if far > tol*size || apart < 0.1*size {
		t.Errorf("%g from the mirrored picture's features, %g from the picture's own, of %g", far, apart, size)
	}
}

// A file's average picture has the size of one: what another array claims by that name is refused before there is room made for it.
func TestAverageImageOfAnySize(t *testing.T) {
	for _, shape := range [][]int{{1 << 30, 1 << 30, 3}, {-1, 1, 3}, {16384, 8192, 3}, {1, 0, 3}, {224, 224}} {
		a := array.Array{Name: "meta.normalization.averageImage", Shape: shape, Type: array.Float32}
		if _, err := averageInput(contents{arrays: []array.Array{a}}); err == nil || !strings.Contains(err.Error(), "of 1 to 1024 pixels a side") {
			t.Errorf("%v: error %v", shape, err)
		}
	}
}
