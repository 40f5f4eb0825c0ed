package stylelib

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"stylenet/stylelib/conv"
	"stylenet/weights"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// testWeights returns the path of a pretrained network that tests may use but the project does not contain: a distilled
// VGG-19 by Wang et al. (2020). They lie in the folder STYLENET_TEST_WEIGHTS; without it the test is skipped.
func testWeights(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("STYLENET_TEST_WEIGHTS")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "weights")
	}
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s in %s (STYLENET_TEST_WEIGHTS names another folder)", name, folder)
	}
	return path
}

func slimVGG(t *testing.T) *VGG {
	t.Helper()
	network, err := weights.Load(testWeights(t, "5SE.pth"))
	if err != nil {
		t.Fatal(err)
	}
	return NewVGG(network)
}

// golden_5SE.npz holds a picture and the activations that PyTorch computed for it.
func TestSlimNetworkAgreesWithPyTorch(t *testing.T) {
	vgg, backend := slimVGG(t), testBackend(t)
	golden := readGolden(t, testWeights(t, "golden_5SE.npz"))
	layers := []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"}
	exec, err := vgg.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		features := vgg.Features(in[0], layers...)
		out := []*graph.Node{enter(vgg.Weights.Input, in[0])}
		for _, name := range layers {
			out = append(out, features[name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	input := golden["input"]
	picture, err := toDevice(backend, input.values, input.shape[1], input.shape[2])
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Exec(picture)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range append([]string{"conv0"}, layers...) {
		want := golden[name]
		if fmt.Sprint(out[i].Shape().Dimensions) != fmt.Sprint(want.shape) {
			t.Errorf("%s: shape %v, want %v", name, out[i].Shape().Dimensions, want.shape)
			continue
		}
		var worst, largest float64
		for j, v := range tensors.MustCopyFlatData[float32](out[i]) {
			worst = max(worst, math.Abs(float64(v)-float64(want.values[j])))
			largest = max(largest, math.Abs(float64(want.values[j])))
		}
		t.Logf("%s: differs by up to %.2g of the layer's maximum", name, worst/largest)
		if !(worst <= 1e-3*largest) {
			t.Errorf("%s: differs by %g, more than a thousandth of the maximum %g", name, worst, largest)
		}
	}
}

// Real pictures through real features, recorded by testdata/reference.py in float64. Float32 puts a few of the features
// on the other side of a ReLU's or a pooling window's edge, PyTorch's float32 too.
func TestSlimLossesAndGradientsAgreeWithPyTorch(t *testing.T) {
	backend := testBackend(t)
	read := func(name string) image.Image {
		picture, err := OpenPicture(filepath.Join("testdata", name), 0)
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	content, style := read("content.png"), read("style.png")
	start := upright(content, 2) // mirrored
	cases := readReference(t, "reference_5se.json").Cases
	for i := range 2 * len(cases) {
		want, method := cases[i/2], []conv.Method{conv.Plain, conv.Winograd}[i%2]
		t.Run(fmt.Sprintf("%s-%s", want.Pooling, method), func(t *testing.T) {
			vgg := slimVGG(t)
			vgg.Conv = method
			if vgg.Padding != weights.ReflectPadding {
				t.Fatalf("%s padding, want reflect", vgg.Padding)
			}
			var err error
			if vgg.Pooling, err = ParsePooling(want.Pooling); err != nil {
				t.Fatal(err)
			}
			losses, gradients := termsAndGradients(t, backend, vgg, start, content, style)
			compareCase(t, want, losses, gradients, realGradientTol)
		})
	}
}

// array is one entry of an .npz file.
type array struct {
	shape  []int
	values []float32
}

// readGolden reads the float32 arrays of an .npz file as NumPy writes them: version 1 headers, C order, little-endian.
func readGolden(t *testing.T, path string) map[string]array {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	arrays := map[string]array{}
	shape := regexp.MustCompile(`'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]+)\)`)
	for _, entry := range archive.File {
		f, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		start := 10 + int(binary.LittleEndian.Uint16(data[8:]))
		found := shape.FindSubmatch(data[:start])
		if found == nil {
			t.Fatalf("%s: header %q", entry.Name, data[:start])
		}
		a := array{values: make([]float32, (len(data)-start)/4)}
		for field := range strings.SplitSeq(string(found[1]), ",") {
			if n, err := strconv.Atoi(strings.TrimSpace(field)); err == nil {
				a.shape = append(a.shape, n)
			}
		}
		for i := range a.values {
			a.values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[start+4*i:]))
		}
		arrays[strings.TrimSuffix(entry.Name, "_nhwc.npy")] = a
	}
	return arrays
}

// A preset sees this network's features as large as VGG-19's: they are the network's own, each layer's times one number, which
// brings relu1_1 of a photograph's order of size to 30 and relu4_2 to 280 where pictures enter as codes.
func TestPresetMakesSlimFeaturesLarger(t *testing.T) {
	plain, backend := slimVGG(t), testBackend(t)
	plain.Padding = weights.ZeroPadding
	picture := []any{PictureTensor(hashedPicture(32, 48, 1))}
	layers := []string{"relu1_1", "relu2_2", "relu4_2", "conv5_1"}
	features := func(vgg *VGG) [][]float32 {
		exec, err := vgg.NewExec(backend, func(in []*graph.Node) (out []*graph.Node) {
			features := vgg.Features(in[0], layers...)
			for _, layer := range layers {
				out = append(out, features[layer])
			}
			return out
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		out, err := exec.Exec(picture...)
		if err != nil {
			t.Fatal(err)
		}
		var values [][]float32
		for _, one := range out {
			values = append(values, tensors.MustCopyFlatData[float32](one))
		}
		return values
	}
	own := features(plain)
	for name, entrance := range map[string]float64{"gatys": 1, "d2l": 1 / (255 * 0.226)} {
		preset, err := PresetNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		got := features(preset.VGG(plain.Weights))
		for i, times := range []float64{8, 16, 128, 8} {
			want := make([]float32, len(own[i]))
			for k, v := range own[i] {
				want[k] = float32(float64(v) * times * entrance)
			}
			if d := relativeDistance(got[i], want); !(d < 1e-5) {
				t.Errorf("%s, %s: %.2g from %g times the network's own", name, layers[i], d, times*entrance)
			}
		}
	}
	if plain.Weights.Convs[0].Bias[0] == 0 || features(plain)[0][0] != own[0][0] {
		t.Error("the network itself has changed")
	}
}
