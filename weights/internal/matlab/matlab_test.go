package matlab

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/weights/internal/array"
)

var files = []string{"plain.mat", "packed.mat", "small-plain.mat", "small-packed.mat"}

func readFile(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// read reads all arrays of numbers but those whose name has one of the words in it.
func read(data []byte, without ...string) ([]array.Array, error) {
	return Read(bytes.NewReader(data), int64(len(data)), func(name string, shape []int) Verdict {
		for _, word := range without {
			if strings.Contains(name, word) {
				return Skip
			}
		}
		return Keep
	})
}

// texts are the arrays in the files that hold no numbers.
var texts = []string{"first", "cells{3}", ".name"}

func TestReadEqualsSciPy(t *testing.T) {
	var want map[string]struct {
		Shape  []int
		Values []float32
	}
	if err := json.Unmarshal(readFile(t, "want.json"), &want); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		arrays, err := read(readFile(t, file), texts...)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if len(arrays) != len(want) {
			t.Errorf("%s: %d arrays, want %d", file, len(arrays), len(want))
		}
		for _, a := range arrays {
			values, err := a.Float32()
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if w, ok := want[a.Name]; !ok || !slices.Equal(a.Shape, w.Shape) || !slices.Equal(values, w.Values) {
				t.Errorf("%s: %s is %v %v, want %v %v", file, a.Name, a.Shape, values, w.Shape, w.Values)
			}
		}
	}
}

func TestLeaveGoesOnWithTheNextVariable(t *testing.T) {
	for _, file := range files {
		data := readFile(t, file)
		var asked []string
		arrays, err := Read(bytes.NewReader(data), int64(len(data)), func(name string, shape []int) Verdict {
			asked = append(asked, name)
			switch {
			case name == "cells" || strings.HasPrefix(name, "struct") && name != "struct.name":
				return Keep
			case name == "cells{1}":
				return Leave
			}
			return Skip
		})
		if err != nil || slices.Contains(asked, "cells{2}") || !slices.Contains(asked, "struct.weights{2}") {
			t.Errorf("%s: asked about %q, error %v", file, asked, err)
		}
		if len(arrays) != 3 {
			t.Errorf("%s: %d arrays, want those of struct", file, len(arrays))
		}
	}
}

func TestTextIsUnsupported(t *testing.T) {
	_, err := read(readFile(t, "plain.mat"))
	if e, ok := err.(*array.Error); !ok || !e.Unsupported || e.Array != "first" {
		t.Errorf("error %v", err)
	}
}

// pack makes a file of one compressed variable.
func pack(content []byte) []byte {
	var b bytes.Buffer
	b.Write(make([]byte, 124))
	b.WriteString("\x00\x01IM")
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(content)
	w.Close()
	binary.Write(&b, binary.LittleEndian, [2]uint32{miCompressed, uint32(z.Len())})
	b.Write(z.Bytes())
	return b.Bytes()
}

// words are 32-bit numbers as bytes.
func words(w ...uint32) []byte {
	b := make([]byte, 0, 4*len(w))
	for _, v := range w {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func TestDamagedFiles(t *testing.T) {
	plain := readFile(t, "plain.mat")
	shape := words(3, 4, 2, 5)
	edit := func(find, replace []byte) []byte {
		data := bytes.Clone(plain)
		copy(data[bytes.Index(data, find):], replace)
		return data
	}
	cells := words(miMatrix, 0xfffffff0, 6, 8, mxCell, 0, 5, 8, 1, 1<<28, 1, 0) // a cell of 2²⁸ with no name
	zeros := make([]byte, 64<<20)
	for name, data := range map[string][]byte{
		"empty":                      nil,
		"header only in part":        plain[:100],
		"no byte order":              edit([]byte("IM"), []byte("XX")),
		"MATLAB 7.3":                 edit([]byte("\x00\x01IM"), []byte("\x00\x02IM")),
		"huge axis":                  edit(shape, words(1<<31-1)),
		"negative axis":              edit(shape, words(1<<32-3)),
		"smaller shape":              edit(shape, words(2)),
		"variable longer than file":  edit(plain[128:136], words(miMatrix, 0xffffffff)),
		"variable of another type":   edit(plain[128:136], words(77)),
		"array longer than variable": edit(words(7, 480), words(7, 0x7fffffff)),
		"packed, 2²⁸ cells of zeros": pack(append(cells, zeros...)),
		"packed, no zlib":            append(bytes.Clone(plain[:128]), append(words(miCompressed, 8), "notzlib!"...)...),
		"variables of one name":      append(bytes.Clone(plain), plain[128:]...),
		"packed, ends early":         pack(words(miMatrix, 1<<20, 6, 8, 7)),
		"packed, 16 GB of values": pack(append(words(miMatrix, 0xfffffff0, 6, 8, 7, 0, 5, 8, 1<<30, 1, 1, 1, 7, 0xffffff00),
			zeros[:1000]...)),
	} {
		if arrays, err := read(data, texts...); err == nil {
			t.Errorf("%s: %d arrays and no error", name, len(arrays))
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range files {
		f.Add(readFile(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := read(data, texts...)
		if err != nil {
			return
		}
		for _, a := range arrays {
			count, err := array.Count(a.Shape, int64(len(data))*1032)
			if err != nil {
				t.Fatalf("%s: shape %v in %d bytes", a.Name, a.Shape, len(data))
			}
			if values, err := a.Float32(); err != nil || len(values) != count {
				t.Fatalf("%s: %d values for shape %v, error %v", a.Name, len(values), a.Shape, err)
			}
		}
	})
}
