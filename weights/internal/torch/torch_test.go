package torch

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"stylenet/weights/internal/array"
)

// readAny reads a file of either format.
func readAny(data []byte) ([]array.Array, error) {
	r, size := bytes.NewReader(data), int64(len(data))
	if !bytes.HasPrefix(data, []byte("PK")) {
		return ReadLegacy(r, size)
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, err
	}
	return ReadZip(archive, size)
}

// want is what PyTorch reads from the files in testdata: file, tensor, contents.
type want map[string]map[string]struct {
	Shape  []int
	Values []float32
}

func load(t *testing.T) want {
	text, err := os.ReadFile("testdata/want.json")
	if err != nil {
		t.Fatal(err)
	}
	var w want
	if err := json.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestReadEqualsPyTorch(t *testing.T) {
	for file, tensors := range load(t) {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		arrays, err := readAny(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if len(arrays) != len(tensors) {
			t.Errorf("%s: %d arrays, want %d", file, len(arrays), len(tensors))
		}
		for _, a := range arrays {
			values, err := a.Float32()
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			w, ok := tensors[a.Name]
			if !ok || !slices.Equal(a.Shape, w.Shape) || !slices.Equal(values, w.Values) {
				t.Errorf("%s: %s is %v %v, want %v %v", file, a.Name, a.Shape, values, w.Shape, w.Values)
			}
		}
	}
}

// A permuted read of the tensor x must be the file's own x.permute(2, 3, 1, 0), which has strides of its own.
func TestFloat32PutsAxesInOrder(t *testing.T) {
	for _, file := range []string{"odd.pth", "odd-legacy.pth"} {
		data, _ := os.ReadFile(filepath.Join("testdata", file))
		arrays, err := readAny(data)
		if err != nil {
			t.Fatal(err)
		}
		got, err := arrays[0].Float32(2, 3, 1, 0)
		if err != nil {
			t.Fatal(err)
		}
		if want := load(t)[file]["turned"].Values; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
		back, err := arrays[1].Float32(3, 2, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if want := load(t)[file]["plain"].Values; !slices.Equal(back, want) {
			t.Errorf("%s: turned back %v, want %v", file, back, want)
		}
	}
}

// archive makes a PyTorch archive of a pickle and one storage of 64 bytes.
func archive(pickle string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string]string{"x/data.pkl": pickle, "x/data/0": string(make([]byte, 64)), "x/version": "3\n"} {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: name})
		io.WriteString(w, content)
	}
	z.Close()
	return b.Bytes()
}

// view is a pickle of {"w": a tensor of 16 float32 values}, with sizes as given.
func view(count, offset, shape, strides string) string {
	storage := "(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu" + count + "tQ"
	return "\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + "(" + shape + "t(" + strides + "t\x89NtRs."
}

func TestDamagedPickles(t *testing.T) {
	const huge, negative, sixteen = "J\xff\xff\xff\x7f", "J\xff\xff\xff\xff", "K\x10"
	laughs := "\x80\x02]q\x00" // a list of two of a list of two of …, 2⁴⁰ strings in all
	for i := range 40 {
		laughs += fmt.Sprintf("]q%c(h%ch%ce", i+1, i, i)
	}
	nested := "\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s." // a dictionary that holds itself
	tests := map[string]struct {
		pickle string
		fails  bool
	}{
		"a fine one":             {view(sixteen, "K\x00", "K\x04K\x04", "K\x04K\x01"), false},
		"huge storage":           {view(huge, "K\x00", "K\x04", "K\x01"), true},
		"negative storage":       {view(negative, "K\x00", "K\x04", "K\x01"), true},
		"negative offset":        {view(sixteen, negative, "K\x04", "K\x01"), true},
		"huge offset":            {view(sixteen, "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", "K\x04", "K\x01"), true},
		"offset behind the end":  {view(sixteen, sixteen, "", ""), true},
		"negative size":          {view(sixteen, "K\x00", negative, "K\x01"), true},
		"huge size":              {view(sixteen, "K\x00", huge+huge, huge+huge), true},
		"no strides":             {view(sixteen, "K\x00", "K\x04", ""), true},
		"stride out of storage":  {view(sixteen, "K\x00", "K\x04K\x04", "K\x05K\x01"), true},
		"stride 0, repeated":     {view(sixteen, "K\x00", "K\x20", "K\x00"), true},
		"a call of os.system":    {"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.", true},
		"an object of a class":   {"\x80\x02ctorch.nn\nConv2d\n)\x81.", true},
		"2 GB string":            {"\x80\x02X\xff\xff\xff\x7f", true},
		"1 TB of bytes":          {"\x80\x04\x8e\x00\x00\x00\x00\x00\x01\x00\x00", true},
		"deep stack":             {"\x80\x02" + string(bytes.Repeat([]byte("("), 1<<20)) + ".", true},
		"memory of nothing":      {"\x80\x02h\x05.", true},
		"memo 2³²":               {"\x80\x02}r\xff\xff\xff\xff.", false},
		"empty stack":            {"\x80\x02.", true},
		"no mark":                {"\x80\x02Nt.", true},
		"a key without a value":  {"\x80\x02}(Nu.", true},
		"an end in the middle":   {"\x80\x02}", true},
		"billion laughs":         {laughs + ".", false},
		"dictionary within self": {nested, false},
	}
	for name, test := range tests {
		if arrays, err := readAny(archive(test.pickle)); (err != nil) != test.fails {
			t.Errorf("%s: %d arrays, error %v", name, len(arrays), err)
		}
	}
}

// A file claims 4 GB of deflated zeros, or a place behind its end.
func TestArchiveCannotInflate(t *testing.T) {
	pickle := view("J\x00\x00\x00\x40", "K\x00", "K\x04", "K\x01")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("x/data.pkl")
	io.WriteString(w, pickle)
	w, _ = z.CreateRaw(&zip.FileHeader{Name: "x/data/0", Method: zip.Store, CompressedSize64: 4 << 30, UncompressedSize64: 4 << 30})
	w.Write(make([]byte, 64))
	z.Close()
	if arrays, err := readAny(b.Bytes()); err == nil {
		t.Errorf("%d arrays and no error", len(arrays))
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.pth")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(archive(view("K\x10", "K\x00", "K\x04K\x04", "K\x04K\x01")))
	f.Fuzz(func(t *testing.T, data []byte) {
		arrays, err := readAny(data)
		if err != nil {
			return
		}
		for _, a := range arrays {
			count, err := array.Count(a.Shape, int64(len(data)))
			if err != nil {
				t.Fatalf("%s: shape %v in %d bytes", a.Name, a.Shape, len(data))
			}
			if values, err := a.Float32(); err == nil && len(values) != count {
				t.Fatalf("%s: %d values for shape %v", a.Name, len(values), a.Shape)
			}
		}
	})
}
