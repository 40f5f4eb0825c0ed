package vgg

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/testkit"
)

// golden_5SE.npz has a picture and the activations that PyTorch computed for it.
func TestSlimNetworkAgreesWithPyTorch(t *testing.T) {
	net, backend := New(testkit.SlimNetwork(t)), testkit.Backend(t)
	golden := readGolden(t, testkit.Weights(t, "golden_5SE.npz"))
	layers := []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu4_2", "relu5_1"}
	exec, err := net.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		features := net.Features(in[0], layers...)
		out := []*graph.Node{preprocess(net.Weights.Input, in[0])}
		for _, name := range layers {
			out = append(out, features[name])
		}
		return out
	})
	if err != nil {
		t.Fatal(err)
	}
	input := golden["input"]
	picture := tensors.FromFlatDataAndDimensions(input.values, input.shape...)
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
