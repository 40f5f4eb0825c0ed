package keeptensors_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/kernelext"
	"stylenet/kernelext/internal/codec"
	_ "stylenet/kernelext/keeptensors"
)

func TestTensors(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	for _, value := range []any{[][]float32{{1, 2, 3}, {4, 5, -6}}, float64(7), []int32{8, 9}, []bool{true, false}} {
		want, err := tensors.FromAnyValue(value)
		if err != nil {
			t.Fatal(err)
		}
		kernelext.Keep("t", want)
		got := kernelext.Recall[*tensors.Tensor]("t")
		if !got.Shape().Equal(want.Shape()) || !reflect.DeepEqual(got.Value(), want.Value()) {
			t.Errorf("kept %v, recalled %v", want, got)
		}
	}
	path := t.TempDir() + "/t"
	kernelext.Save(path, tensors.FromValue([]float32{1, 2}))
	data, err := os.ReadFile(path)
	if want := binary.LittleEndian.AppendUint32(nil, 0x40000000); err != nil || !bytes.HasSuffix(data, want) {
		t.Errorf("%q, %v, want it to end in the bytes of the float32 2", data, err)
	}
}

// A file is not trusted: a shape takes no more memory than the file has bytes.
func TestReadErrors(t *testing.T) {
	own, ok := codec.For(reflect.TypeFor[*tensors.Tensor]())
	if !ok {
		t.Fatal("no codec")
	}
	for text, want := range map[string]string{
		"": "EOF",
		`{"Type":"float32","Dimensions":[2]}` + "\n1234":                 "unexpected EOF",
		`{"Type":"float32","Dimensions":[1000000000000]}` + "\n":         "a tensor of shape [1000000000000] in ",
		`{"Type":"float32","Dimensions":[4294967296,4294967296]}` + "\n": "a tensor of shape ",
		`{"Type":"float32","Dimensions":[-1]}` + "\n":                    "a tensor of shape [-1]",
		`{"Type":"wings","Dimensions":[1]}` + "\n":                       "a tensor of numbers of type \"wings\"",
		"{}\n":                    "a tensor of numbers of type \"\"",
		strings.Repeat("x", 5000): "more than 4096 bytes",
		"x\n":                     "invalid character",
	} {
		if _, err := own.Read(strings.NewReader(text), int64(len(text))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: error %v, want one with %q", text, err, want)
		}
	}
}

// node is like a node of a graph: its shape says more than its String.
type node struct{}

func (*node) Shape() shapes.Shape { return shapes.Make(dtypes.Float32, 2, 3) }
func (*node) String() string      { return "node 1" }

// Outside a notebook Display prints.
func Example() {
	kernelext.Display(tensors.FromValue([][]float32{{1, 2}, {3, 4}}), &node{}, []*node{{}, nil}, (*tensors.Tensor)(nil))
	// Output:
	// tensor (Float32)[2, 2], from 1 to 4: [1 2 3 4]
	// *keeptensors_test.node (Float32)[2, 3]
	// [*keeptensors_test.node (Float32)[2, 3] nil]
	// (*tensors.Tensor)(nil)
}

// BenchmarkTensor keeps and recalls a tensor of 80 MB.
func BenchmarkTensor(b *testing.B) {
	b.Setenv("GONB_TMP_DIR", b.TempDir())
	t := tensors.FromFlatDataAndDimensions(make([]float32, 20_000_000), 5000, 4000)
	b.Run("Keep", func(b *testing.B) {
		for b.Loop() {
			kernelext.Keep("t", t)
		}
	})
	b.Run("Recall", func(b *testing.B) {
		for b.Loop() {
			kernelext.Recall[*tensors.Tensor]("t")
		}
	})
}
