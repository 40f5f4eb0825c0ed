package npz

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"stylenet/weights/internal/array"
)

func read(data []byte) ([]array.Array, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return Read(archive, int64(len(data)))
}

func TestReadEqualsNumPy(t *testing.T) {
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
	for _, file := range []string{"stored.npz", "deflated.npz"} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		arrays, err := read(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if len(arrays) != len(want)+1 { // and one of text
			t.Errorf("%s: %d arrays, want %d", file, len(arrays), len(want)+1)
		}
		for _, a := range arrays {
			values, err := a.Float32()
			if a.Name == "text" {
				if err == nil {
					t.Errorf("%s: text was read as %v", file, values)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if w, ok := want[a.Name]; !ok || !slices.Equal(a.Shape, w.Shape) || !slices.Equal(values, w.Values) {
				t.Errorf("%s: %s is %v %v, want %v %v", file, a.Name, a.Shape, values, w.Shape, w.Values)
			}
		}
	}
}

// archive makes an archive of one array with the given header and n bytes of zeros as its values.
func archive(version byte, header string, n int, method uint16) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.CreateHeader(&zip.FileHeader{Name: "w.npy", Method: method})
	w.Write(append([]byte("\x93NUMPY"), version, 0))
	if version == 1 {
		binary.Write(w, binary.LittleEndian, uint16(len(header)))
	} else {
		binary.Write(w, binary.LittleEndian, uint32(len(header)))
	}
	fmt.Fprint(w, header)
	w.Write(make([]byte, n))
	z.Close()
	return b.Bytes()
}

func dictionary(shape string) string {
	return "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }\n"
}

func TestDamagedFiles(t *testing.T) {
	long := archive(2, dictionary("4,"), 16, zip.Store)
	copy(long[bytes.Index(long, []byte("\x93NUMPY"))+8:], "\xff\xff\xff\xff")
	for name, test := range map[string]struct {
		data  []byte
		fails bool
	}{
		"a fine one":          {archive(1, dictionary("2, 2"), 16, zip.Store), false},
		"version 2":           {archive(2, dictionary("4,"), 16, zip.Deflate), false},
		"version 4":           {archive(4, dictionary("4,"), 16, zip.Store), true},
		"2³¹ values":          {archive(1, dictionary("2147483648,"), 16, zip.Store), true},
		"2³¹ deflated":        {archive(1, dictionary("2147483648,"), 16, zip.Deflate), true},
		"2⁶⁴ values":          {archive(1, dictionary("4294967296, 4294967296"), 0, zip.Store), true},
		"a negative axis":     {archive(1, dictionary("-4,"), 16, zip.Store), true},
		"too few values":      {archive(1, dictionary("4,"), 12, zip.Store), true},
		"too many values":     {archive(1, dictionary("4,"), 20, zip.Store), true},
		"an axis of 30 digit": {archive(1, dictionary("111111111111111111111111111111,"), 16, zip.Store), true},
		"no shape":            {archive(1, "{'descr': '<f4', 'fortran_order': False}", 16, zip.Store), true},
		"no dictionary":       {archive(1, "", 0, zip.Store), true},
		"header of 4 GB":      {long, true},
	} {
		if arrays, err := read(test.data); (err != nil) != test.fails {
			t.Errorf("%s: %d arrays, error %v", name, len(arrays), err)
		}
	}
}

// The zip archive's checksum sees a flipped bit in the values.
func TestChecksum(t *testing.T) {
	data := archive(1, dictionary("4,"), 16, zip.Store)
	at := bytes.Index(data, []byte(", }\n")) + 4 + 3
	data[at] ^= 1
	arrays, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	if values, err := arrays[0].Float32(); err == nil {
		t.Errorf("%v and no error", values)
	}
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{"testdata/stored.npz", "testdata/deflated.npz"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(archive(1, dictionary("2, 2"), 16, zip.Store))
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := read(data)
		if err != nil {
			return
		}
		for _, a := range arrays {
			if a.Type == array.Unknown {
				continue
			}
			count, err := array.Count(a.Shape, int64(len(data))*maxRatio)
			if err != nil {
				t.Fatalf("%s: shape %v in %d bytes", a.Name, a.Shape, len(data))
			}
			if values, err := a.Float32(); err == nil && len(values) != count {
				t.Fatalf("%s: %d values for shape %v", a.Name, len(values), a.Shape)
			}
		}
	})
}
