package weights

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sum256 is the SHA-256 of values as little-endian float32.
func sum256(values []float32) string {
	h := sha256.New()
	binary.Write(h, binary.LittleEndian, values)
	return hex.EncodeToString(h.Sum(nil))
}

// checkLayers compares a network with the layers that a script wrote down in a file of testdata.
func checkLayers(t *testing.T, n *Network, file string, count int) {
	t.Helper()
	if !filepath.IsAbs(file) {
		file = filepath.Join("testdata", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		Name         string
		In, Out      int
		Kernel, Bias string
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	want = want[:count]
	if len(n.Convs) != len(want) {
		t.Fatalf("%d convolutions, want %d", len(n.Convs), len(want))
	}
	for i, w := range want {
		c := n.Convs[i]
		if c.Name != w.Name || c.In != w.In || c.Out != w.Out || sum256(c.Kernel) != w.Kernel || sum256(c.Bias) != w.Bias {
			t.Errorf("%s [3, 3, %d, %d], kernel %s, bias %s; want %+v", c.Name, c.In, c.Out, sum256(c.Kernel), sum256(c.Bias), w)
		}
	}
}

func readBytes(data []byte) (*Network, error) {
	return Options{}.read(bytes.NewReader(data), int64(len(data)))
}

// loadable are the files in testdata, all of the same network, that testdata/make.py wrote.
var loadable = []struct {
	file    string
	convs   int
	input   Input
	padding Padding
	guessed bool
}{
	{"torchvision.pth", 16, torchvisionInput(), ZeroPadding, true},
	{"torchvision-legacy.pth", 16, torchvisionInput(), ZeroPadding, true},
	{"protocol4.pth", 16, torchvisionInput(), ZeroPadding, true},
	{"wrapped.pth", 16, torchvisionInput(), ZeroPadding, true},
	{"jcjohnson.pth", 16, caffeInput(), ZeroPadding, true},
	{"timm.safetensors", 16, torchvisionInput(), ZeroPadding, false},
	{"slim.pth", 13, Input{Matrix: [3][3]float32{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}}, Offset: [3]float32{-1, -2, -3}}, ReflectPadding, false},
	{"stylenet.safetensors", 16, Input{Matrix: [3][3]float32{{4}, {0, 5}, {0, 0, 6}}, Offset: [3]float32{-0.1, 0.2, -3}}, ReplicatePadding, false},
	{"beta16.mat", 16, matconvnetInput(), ZeroPadding, false},
	{"beta16-packed.mat", 16, matconvnetInput(), ZeroPadding, false},
	{"matconvnet.mat", 16, matconvnetInput(), ZeroPadding, false},
	{"matconvnet-packed.mat", 16, matconvnetInput(), ZeroPadding, false},
	{"keras.h5", 16, caffeInput(), ZeroPadding, false},
	{"keras2-top.h5", 16, caffeInput(), ZeroPadding, false},
	{"keras2-gzip.h5", 16, caffeInput(), ZeroPadding, false},
	{"keras3-old.h5", 16, caffeInput(), ZeroPadding, false},
	{"keras3.weights.h5", 16, caffeInput(), ZeroPadding, false},
	{"numpy.npz", 16, torchvisionInput(), ZeroPadding, true},
	{"numpy-packed.npz", 16, torchvisionInput(), ZeroPadding, true},
	{"numpy-odd.npz", 16, torchvisionInput(), ZeroPadding, true},
}

func TestLoadEqualsPython(t *testing.T) {
	for _, test := range loadable {
		t.Run(test.file, func(t *testing.T) {
			n, err := Load(filepath.Join("testdata", test.file))
			if err != nil {
				t.Fatal(err)
			}
			checkLayers(t, n, "want.json", test.convs)
			if n.Input != test.input || n.Padding != test.padding || (len(n.Warnings) > 0) != test.guessed {
				t.Errorf("input %v, padding %v, warnings %q", n.Input, n.Padding, n.Warnings)
			}
		})
	}
}

// The same at VGG-19's full size, where testdata/make.py FOLDER has written the files.
func TestLoadFullSize(t *testing.T) {
	folder := os.Getenv("STYLENET_FULL_WEIGHTS")
	if folder == "" {
		t.Skip("STYLENET_FULL_WEIGHTS names no folder with files of full size")
	}
	for _, test := range loadable {
		n, err := Load(filepath.Join(folder, test.file))
		if errors.Is(err, fs.ErrNotExist) {
			continue // one of those that exist at small size only
		}
		if err != nil {
			t.Fatal(err)
		}
		checkLayers(t, n, filepath.Join(folder, "want.json"), 16)
		t.Logf("%s: 16 layers equal", test.file)
	}
}

// thirdParty returns the path of a file that is not ours to publish, or skips the test.
func thirdParty(t testing.TB, name string) string {
	folder := os.Getenv("STYLENET_TEST_WEIGHTS")
	if folder == "" {
		folder = "../../shared/weights"
	}
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s; STYLENET_TEST_WEIGHTS may name the folder that has it", path)
	}
	return path
}

// The slim network of Wang et al. (2020), as PyTorch reads it.
func TestLoad5SE(t *testing.T) {
	n, err := Load(thirdParty(t, "5SE.pth"))
	if err != nil {
		t.Fatal(err)
	}
	checkLayers(t, n, "5SE.json", 13)
	want := Input{
		Matrix: [3][3]float32{
			{-0.1693272888660431, -0.1388581544160843, 254.8424530029297},
			{0.03248591348528862, 255.11276245117188, 0.04509716108441353},
			{255.31764221191406, 0.3235216736793518, 0.2872658371925354}},
		Offset: [3]float32{-104.27863311767578, -116.77849578857422, -123.35481262207031},
	}
	if n.Input != want || n.Padding != ReflectPadding {
		t.Errorf("input %v, padding %v; want %v, reflect", n.Input, n.Padding, want)
	}
	if want := "9417c34d0d8d621bc6af78be745f1b8d30f5f210efa01e50655c60eb3770816b"; n.SHA256 != want {
		t.Errorf("SHA-256 %s, want %s", n.SHA256, want)
	}
}

func TestLoadOtherFiles(t *testing.T) {
	zipped := func(name string) string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		z.Create(name)
		z.Close()
		return b.String()
	}
	for name, test := range map[string]struct {
		content     string
		unsupported bool
		says        string
	}{
		"empty":          {"", false, "empty"},
		"web page":       {"\n<!DOCTYPE html><html>404", false, "web page"},
		"zeros":          {strings.Repeat("\x00", 600), false, "zeros"},
		"LFS":            {"version https://git-lfs.github.com/spec/v1\noid", false, "git lfs pull"},
		"tar":            {strings.Repeat("x", 257) + "ustar" + strings.Repeat("\x00", 250), true, "tar"},
		"gzip":           {"\x1f\x8b\x08", true, "gzip"},
		"ONNX":           {"\x08\x08\x12\x05proto", true, "08 08 12 05"},
		"one byte":       {"x", true, "78"},
		"a plain pickle": {"\x80\x04}\x94.", true, "pickle"},
		"zip of texts":   {zipped("a.txt"), true, "a.txt"},
		"zip of nothing": {"PK\x03\x04" + "PK\x05\x06" + strings.Repeat("\x00", 18), true, "nothing"},
		"empty zip":      {"PK\x05\x06" + strings.Repeat("\x00", 18), true, "known"},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(test.content), 0o666); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		var damaged *FormatError
		var unsupported *UnsupportedError
		if errors.As(err, &unsupported) != test.unsupported || errors.As(err, &damaged) == test.unsupported {
			t.Errorf("%s: error of type %T", name, err)
		}
		if err == nil || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want one with %q and the path", name, err, test.says)
		}
	}
}

// Whatever the damage, a file gives an error or a network; where its format has a checksum, the right network.
func TestLoadDamagedFiles(t *testing.T) {
	checked := []string{"torchvision.pth", "numpy.npz", "numpy-packed.npz", "keras2-gzip.h5"}
	for _, test := range loadable {
		data, err := os.ReadFile(filepath.Join("testdata", test.file))
		if err != nil {
			t.Fatal(err)
		}
		good, err := readBytes(data)
		if err != nil {
			t.Fatalf("%s: %v", test.file, err)
		}
		for i := range 40 {
			cut := data[:len(data)*i/40]
			if n, err := readBytes(cut); err == nil && digest(n) != digest(good) {
				t.Errorf("%s: cut to %d bytes gives another network", test.file, len(cut))
			}
			flipped := bytes.Clone(data)
			at := mix(uint64(i)) % uint64(len(data))
			flipped[at] ^= 1 << (i % 8)
			if n, err := readBytes(flipped); err == nil && slices.Contains(checked, test.file) && digest(n) != digest(good) {
				t.Errorf("%s: byte %d flipped gives another network", test.file, at)
			}
		}
	}
}

func TestLoadRefusesWrongShapes(t *testing.T) {
	header := func(shapes string) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(shapes)))
		return append(append(b, shapes...), make([]byte, 4*9*4*4)...)
	}
	entry := func(name, shape string, count int) string {
		return fmt.Sprintf(`"features.%s":{"dtype":"F32","shape":%s,"data_offsets":[0,%d]}`, name, shape, 4*count)
	}
	first := entry("0.weight", "[4,3,3,3]", 108) + "," + entry("0.bias", "[4]", 4)
	for name, test := range map[string]struct{ entries, says string }{
		"a fine one":        {first, ""},
		"no bias":           {entry("0.weight", "[4,3,3,3]", 108), "without its bias"},
		"no kernel after":   {first + "," + entry("2.bias", "[4]", 4), "without its kernel"},
		"wrong bias":        {entry("0.weight", "[4,3,3,3]", 108) + "," + entry("0.bias", "[3]", 3), "want [4]"},
		"5x5":               {entry("0.weight", "[4,1,5,5]", 100) + "," + entry("0.bias", "[4]", 4), "want [3 3 3 4]"},
		"other axes":        {entry("0.weight", "[3,3,3,4]", 108) + "," + entry("0.bias", "[3]", 3), "want [3 3 3 3]"},
		"three axes":        {entry("0.weight", "[4,3,9]", 108) + "," + entry("0.bias", "[4]", 4), "4 axes"},
		"no channels":       {entry("0.weight", "[0,3,3,3]", 0) + "," + entry("0.bias", "[0]", 0), "want [3 3 3 0]"},
		"a broken chain":    {first + "," + entry("2.weight", "[4,3,3,3]", 108) + "," + entry("2.bias", "[4]", 4), "want [3 3 4 4]"},
		"a gap":             {first + "," + entry("5.weight", "[4,4,3,3]", 144) + "," + entry("5.bias", "[4]", 4), "conv1_2 is missing"},
		"batch norm":        {first + "," + entry("1.weight", "[4]", 4), "batch normalisation"},
		"nothing of VGG-19": {entry("x.weight", "[4]", 4), "no conv1_1"},
	} {
		data := header("{" + test.entries + "}")
		_, err := readBytes(data)
		if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want %q", name, err, test.says)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, test := range loadable {
		data, err := os.ReadFile(filepath.Join("testdata", test.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := readBytes(data)
		if err != nil {
			return
		}
		in := 3
		for _, c := range n.Convs {
			if c.In != in || c.Out < 1 || len(c.Kernel) != 9*c.In*c.Out || len(c.Bias) != c.Out {
				t.Fatalf("%s: %d to %d channels after %d, %d values, %d biases", c.Name, c.In, c.Out, in, len(c.Kernel), len(c.Bias))
			}
			in = c.Out
		}
	})
}
