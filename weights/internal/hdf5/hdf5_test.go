package hdf5

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/weights/internal/array"
)

func readFile(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadEqualsH5py(t *testing.T) {
	var want map[string]map[string]struct {
		Shape  []int
		Values []float32
	}
	if err := json.Unmarshal(readFile(t, "want.json"), &want); err != nil {
		t.Fatal(err)
	}
	for file, arrays := range want {
		data := readFile(t, file)
		got, err := Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		read := 0
		for _, a := range got {
			if a.Type == array.Unknown {
				continue
			}
			read++
			values, err := a.Float32()
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			if w, ok := arrays[a.Name]; !ok || !slices.Equal(a.Shape, w.Shape) || !slices.Equal(values, w.Values) {
				t.Errorf("%s: %s is %v %v, want %v %v", file, a.Name, a.Shape, values, w.Shape, w.Values)
			}
		}
		if read != len(arrays) {
			t.Errorf("%s: %d arrays, want %d", file, read, len(arrays))
		}
	}
}

// A published file of Keras's first years. The digest, over the names and values in alphabetical order, is h5py's.
func TestReadPublishedFile(t *testing.T) {
	folder := os.Getenv("STYLENET_TEST_WEIGHTS")
	if folder == "" {
		folder = "../../../../shared/weights"
	}
	path := filepath.Join(folder, "squeezenet_weights_tf_dim_ordering_tf_kernels_notop.h5")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("no %s; STYLENET_TEST_WEIGHTS may name the folder that has it", path)
	}
	arrays, err := Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(arrays, func(a, b array.Array) int { return strings.Compare(a.Name, b.Name) })
	h := sha256.New()
	for _, a := range arrays {
		values, err := a.Float32()
		if err != nil {
			t.Fatal(err)
		}
		h.Write([]byte(a.Name))
		binary.Write(h, binary.LittleEndian, values)
	}
	const want = "ee39837fb714479cbfeaacd1419742f79b90f78a5958b998170c82587092adda"
	if got := hex.EncodeToString(h.Sum(nil)); len(arrays) != 50 || got != want {
		t.Errorf("%d arrays, SHA-256 %s; want 50, %s", len(arrays), got, want)
	}
}

func TestUnsupportedParts(t *testing.T) {
	for _, file := range []string{"refused-dense.h5", "refused-lzf.h5", "refused-chunks.h5"} {
		data := readFile(t, file)
		_, err := Read(bytes.NewReader(data), int64(len(data)))
		var e *array.Error
		if !errors.As(err, &e) || !e.Unsupported {
			t.Errorf("%s: error %v, want one that it is not supported", file, err)
		}
	}
}

// Each damage is a run of bytes that is found once in the file, and what replaces its first bytes.
func TestDamagedFiles(t *testing.T) {
	good := readFile(t, "default.h5")
	shape := []byte{3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 4, 0}
	for name, test := range map[string]struct{ find, replace []byte }{
		"huge axis":     {shape, []byte{0, 0, 0, 0x80}},
		"2⁶³ axis":      {shape, []byte{0, 0, 0, 0, 0, 0, 0, 0x80}},
		"short axis":    {shape, []byte{2}},
		"no tree":       {[]byte("TREE"), []byte("tree")},
		"no heap":       {[]byte("HEAP"), []byte("heap")},
		"no table":      {[]byte("SNOD"), []byte("snod")},
		"heap of 2³⁰":   {[]byte("HEAP\x00\x00\x00\x00"), []byte("HEAP\x00\x00\x00\x00\xff\xff\xff\x7f")},
		"version of 9":  {good[:9], append(bytes.Clone(good[:8]), 9)},
		"4 byte offset": {good[:16], append(bytes.Clone(good[:13]), 4)},
	} {
		data := bytes.Clone(good)
		copy(data[bytes.Index(data, test.find):], test.replace)
		if arrays, err := Read(bytes.NewReader(data), int64(len(data))); err == nil {
			t.Errorf("%s: %d arrays and no error", name, len(arrays))
		}
	}
}

// The root group's only entry is made to point to the root group itself.
func TestRing(t *testing.T) {
	data := readFile(t, "many.h5")
	table := bytes.Index(data, []byte("SNOD")) + 8
	copy(data[table+8:], data[64+8-8:][:8]) // the header address in the superblock's own entry
	if arrays, err := Read(bytes.NewReader(data), int64(len(data))); err == nil {
		t.Errorf("%d arrays and no error", len(arrays))
	}
}

// A flipped bit in data packed by gzip is seen by its checksum, if not before.
func TestChunkChecksum(t *testing.T) {
	data := readFile(t, "default.h5")
	arrays, err := Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(arrays, func(a array.Array) bool { return a.Name == "gzip" })
	good, err := arrays[i].Float32()
	if err != nil {
		t.Fatal(err)
	}
	stream := bytes.Index(data, []byte{0x78, 0x5e}) // zlib's first bytes at h5py's level 4
	if stream < 0 {
		t.Fatal("no packed data")
	}
	for at := stream + 2; at < stream+40; at++ {
		data[at] ^= 1
		if got, err := arrays[i].Float32(); err == nil && !slices.Equal(got, good) {
			t.Errorf("byte %d flipped: other values and no error", at)
		}
		data[at] ^= 1
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.h5")
	for _, file := range files {
		f.Add(readFile(f, filepath.Base(file)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := Read(bytes.NewReader(data), int64(len(data)))
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
