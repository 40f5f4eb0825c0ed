package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"stylenet/weights/internal/array"
)

func TestReadEqualsHuggingFace(t *testing.T) {
	data, err := os.ReadFile("testdata/odd.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/want.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		Shape  []int
		Values []float32
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	arrays, metadata, err := Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if len(arrays) != len(want) {
		t.Errorf("%d arrays, want %d", len(arrays), len(want))
	}
	if want := (map[string]string{"format": "pt", "note": "héllo"}); !maps.Equal(metadata, want) {
		t.Errorf("metadata %v, want %v", metadata, want)
	}
	for _, a := range arrays {
		values, err := a.Float32()
		if err != nil {
			t.Error(err)
		}
		if w := want[a.Name]; !slices.Equal(a.Shape, w.Shape) || !slices.Equal(values, w.Values) {
			t.Errorf("%s is %v %v, want %v %v", a.Name, a.Shape, values, w.Shape, w.Values)
		}
	}
}

// file puts a header and data together.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func TestDamagedFiles(t *testing.T) {
	entry := func(shape, offsets string) string {
		return `{"w":{"dtype":"F32","shape":` + shape + `,"data_offsets":` + offsets + `}}`
	}
	for name, test := range map[string]struct {
		data  []byte
		fails bool
	}{
		"a fine one":               {file(entry("[2,2]", "[0,16]"), 16), false},
		"empty":                    {nil, true},
		"2⁶² bytes of header":      {append(binary.LittleEndian.AppendUint64(nil, 1<<62), "{}"...), true},
		"header longer than file":  {append(binary.LittleEndian.AppendUint64(nil, 1<<20), "{}"...), true},
		"not JSON":                 {file("{]", 0), true},
		"a list":                   {file("[]", 0), true},
		"2³¹ values in 4 bytes":    {file(entry("[2147483648]", "[0,4]"), 4), true},
		"2³¹ values behind end":    {file(entry("[2147483648]", "[0,8589934592]"), 4), true},
		"2⁸⁰ values":               {file(entry("[1099511627776,1099511627776]", "[0,0]"), 0), true},
		"2⁶⁴ values":               {file(entry("[4294967296,4294967296]", "[0,0]"), 0), true},
		"negative size":            {file(entry("[-1]", "[0,4]"), 4), true},
		"negative offset":          {file(entry("[1]", "[-4,0]"), 4), true},
		"end before begin":         {file(entry("[1]", "[4,0]"), 4), true},
		"more bytes than values":   {file(entry("[1]", "[0,8]"), 8), true},
		"a size that is no number": {file(entry(`["x"]`, "[0,4]"), 4), true},
		"three offsets":            {file(entry("[1]", "[0,4,8]"), 8), false}, // the third has no meaning
		"metadata of numbers":      {file(`{"__metadata__":{"a":1}}`, 0), true},
	} {
		if arrays, _, err := Read(bytes.NewReader(test.data), int64(len(test.data))); (err != nil) != test.fails {
			t.Errorf("%s: %d arrays, error %v", name, len(arrays), err)
		}
	}
}

func TestUnknownTypeIsAnErrorWhenRead(t *testing.T) {
	for _, shape := range []string{"[4]", "[1073741824,1073741824,3]", "[-1,1,3]"} { // which nobody has compared with the data
		data := file(`{"w":{"dtype":"F8_E4M3","shape":`+shape+`,"data_offsets":[0,4]}}`, 4)
		arrays, _, err := Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = arrays[0].Float32()
		if e, ok := err.(*array.Error); !ok || !e.Unsupported || e.Array != "w" {
			t.Errorf("%s: error %#v", shape, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	data, err := os.ReadFile("testdata/odd.safetensors")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(file(`{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}`, 16))
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, _, err := Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, a := range arrays {
			if a.Type == array.Unknown {
				continue
			}
			count, err := array.Count(a.Shape, int64(len(data)))
			if err != nil {
				t.Fatalf("%s: shape %v in %d bytes", a.Name, a.Shape, len(data))
			}
			if values, err := a.Float32(); err != nil || len(values) != count {
				t.Fatalf("%s: %d values for shape %v, error %v", a.Name, len(values), a.Shape, err)
			}
		}
	})
}

// IEEE 754: 1 sign, 5 bits of exponent, 10 of fraction; ties go to the even fraction.
func TestHalf(t *testing.T) {
	for x, want := range map[float32]uint16{
		0: 0, 1: 0x3c00, -2: 0xc000, 65504: 0x7bff, 65519: 0x7bff, 65520: 0x7c00, -1e30: 0xfc00,
		1 + 1./2048: 0x3c00, 1 + 3./2048: 0x3c02, 1 + 1.1/2048: 0x3c01, 2 - 1./4096: 0x4000,
		1. / (1 << 24): 1, 1. / (1 << 25): 0, 1.5 / (1 << 24): 2, -1. / (1 << 14): 0x8400, 1023.4 / (1 << 24): 0x3ff, 1023.6 / (1 << 24): 0x400,
	} {
		if got := half(x); got != want {
			t.Errorf("%g is %04x, want %04x", x, got, want)
		}
	}
}
