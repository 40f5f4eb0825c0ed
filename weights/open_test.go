package weights

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestSaveAndLoad(t *testing.T) {
	for _, test := range loadable {
		n, err := Load(filepath.Join("testdata", test.file))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "network")
		if err := n.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		n.Warnings = nil // a saved network says its preprocessing itself
		if !reflect.DeepEqual(got, n) {
			t.Errorf("%s: %+v, want %+v", test.file, got, n)
		}
	}
}

// Every byte of the data is covered by a checksum, and data start at a multiple of 64 bytes.
func TestSavedFileIsAlignedAndChecked(t *testing.T) {
	n, err := Load("testdata/beta16.mat")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "network")
	if err := n.Save(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	start := 8 + int(binary.LittleEndian.Uint64(data))
	if start%64 != 0 {
		t.Errorf("data start at %d", start)
	}
	for at := start; at < len(data); at += 7 {
		data[at] ^= 4
		var damaged *FormatError
		if _, err := readBytes(data); !errors.As(err, &damaged) {
			t.Fatalf("byte %d flipped: error %v", at, err)
		}
		data[at] ^= 4
	}
}

func TestCatalog(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Catalog() {
		if seen[p.Name] || p.About == "" || p.Licence == "" || p.Credit == "" || p.File == "" {
			t.Errorf("%s: twice, or something is missing: %+v", p.Name, p)
		}
		seen[p.Name] = true
		if _, err := originNamed(p.Origin); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		whole := regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(p.SHA256) || regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(p.MD5)
		if len(p.URLs) > 0 && !whole {
			t.Errorf("%s: a download without a checksum", p.Name)
		}
	}
	for _, name := range []string{"vgg19", "vgg19-torchvision", "vgg19-matconvnet", "vgg19-matconvnet-beta16", "vgg19-timm", "vgg19-slim"} {
		if !seen[name] {
			t.Errorf("no %s", name)
		}
	}
}

// homeless points every folder that is searched to an empty one, and returns it.
func homeless(t *testing.T) string {
	home := t.TempDir()
	for variable, folder := range map[string]string{"STYLENET_HOME": "stylenet", "HOME": "", "KERAS_HOME": "keras", "TORCH_HOME": "torch", "HF_HOME": "hf", "HF_HUB_CACHE": "hf/hub"} {
		t.Setenv(variable, filepath.Join(home, folder))
	}
	return home
}

// offered makes a file of testdata the only published network, by the name and file name given.
func offered(t *testing.T, name, file, source string, urls ...string) []byte {
	data, err := os.ReadFile(filepath.Join("testdata", source))
	if err != nil {
		t.Fatal(err)
	}
	saved := published
	t.Cleanup(func() { published = saved })
	sum := sha256.Sum256(data)
	published = []Published{{Name: name, About: "a test", URLs: urls, File: file, Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]),
		Origin: "caffe", Licence: "free", Credit: "us"}}
	return data
}

func TestOpenDownloadsOnce(t *testing.T) {
	home := homeless(t)
	data, err := os.ReadFile("testdata/keras.h5")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, good(data, `"k"`))
	offered(t, "net", "keras.h5", "keras.h5", s.URL)
	if _, err := (Options{Offline: true}).Open(t.Context(), "net"); err == nil || !strings.Contains(err.Error(), "go run ./kernelext/stylenet weights fetch net") {
		t.Errorf("offline: error %v", err)
	}
	for range 2 {
		n, err := Open(t.Context(), "net")
		if err != nil {
			t.Fatal(err)
		}
		checkLayers(t, n, "want.json", 16)
		if n.Input != caffeInput() || n.Licence != "free" || n.SHA256 != published[0].SHA256 || !strings.Contains(n.Origin, "a test") {
			t.Errorf("%v %q %q %q", n.Input, n.Licence, n.SHA256, n.Origin)
		}
	}
	if len(s.ranges) != 1 {
		t.Errorf("%d requests, want 1", len(s.ranges))
	}
	kept := filepath.Join(home, "stylenet", "weights", "net.safetensors")
	file, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	file[len(file)-1] ^= 1
	if err := os.WriteFile(kept, file, 0o644); err != nil {
		t.Fatal(err)
	}
	n, err := Open(t.Context(), "net")
	if err != nil {
		t.Fatal(err)
	}
	checkLayers(t, n, "want.json", 16)
	if len(s.ranges) != 2 {
		t.Errorf("a damaged copy: %d requests in all, want 2", len(s.ranges))
	}
}

// One line says which server did what, once for mirrors of one server, and how to get the file by hand.
func TestOpenSaysWhyNothingCame(t *testing.T) {
	home := homeless(t)
	s := serve(t, status(404))
	offered(t, "net", "keras.h5", "keras.h5", s.URL+"/a", s.URL+"/b")
	host, file := strings.TrimPrefix(s.URL, "http://"), filepath.Join(home, "stylenet", "weights", "keras.h5")
	_, err := Open(t.Context(), "net")
	if want := fmt.Sprintf("weights: net was not fetched (%s: the server says \"404 Not Found\"); by hand: save %s/a as %s", host, s.URL, file); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := os.WriteFile(file, []byte("a web page"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), "net")
	if want := fmt.Sprintf("; %s is another file: 10 bytes, want %d", file, published[0].Size); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want one that ends in %s", err, want)
	}
	os.Remove(file)
	published[0].URLs = nil
	_, err = Open(t.Context(), "net")
	if want := "weights: net cannot be downloaded; put a copy that you have, keras.h5, into " + filepath.Dir(file); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Two cells that open the same network at once download it once.
func TestOpenDownloadsOnceForMany(t *testing.T) {
	homeless(t)
	data, err := os.ReadFile("testdata/keras.h5")
	if err != nil {
		t.Fatal(err)
	}
	slow := quietly(data)
	s := serve(t, slow)
	offered(t, "net", "keras.h5", "keras.h5", s.URL)
	var cells sync.WaitGroup
	for range 4 {
		cells.Go(func() {
			if n, err := Open(t.Context(), "net"); err != nil || len(n.Convs) != 16 {
				t.Errorf("error %v", err)
			}
		})
	}
	cells.Wait()
	if len(s.ranges) != 1 {
		t.Errorf("%d requests, want 1", len(s.ranges))
	}
}

func TestLockWaitsForItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		again, err := lock(t.Context(), path)
		if err == nil {
			again()
		}
		done <- err
	}()
	select {
	case <-done:
		t.Error("two have the lock")
	case <-time.After(250 * time.Millisecond):
	}
	unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// The copies that other programs leave are found, and only those with the right checksum.
func TestOpenFindsOtherCopies(t *testing.T) {
	for name, place := range map[string]string{
		"vgg19":             "keras/models/x.bin",
		"vgg19-torchvision": "torch/hub/checkpoints/x.bin",
		"vgg19-timm":        "hf/hub/models--timm--vgg19.tv_in1k/snapshots/0123/x.bin",
		"vgg19-slim":        "stylenet/weights/x.bin",
	} {
		home := homeless(t)
		data := offered(t, name, "x.bin", "torchvision.pth")
		path := filepath.Join(home, place)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, damaged(data), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), name); err == nil {
			t.Errorf("%s: a damaged copy is used", name)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		n, err := Open(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if n.Origin != name+": a test" || len(n.Warnings) > 0 {
			t.Errorf("%s: origin %q, warnings %q", name, n.Origin, n.Warnings)
		}
		if still, err := os.ReadFile(path); err != nil || !bytes.Equal(still, data) {
			t.Errorf("%s: the other program's copy was changed: %v", name, err)
		}
	}
}

func TestCheckByMD5(t *testing.T) {
	sum := md5.Sum(payload)
	p := Published{MD5: hex.EncodeToString(sum[:])}
	if err := p.check(bytes.NewReader(payload), int64(len(payload))); err != nil {
		t.Error(err)
	}
	if err := p.check(bytes.NewReader(damaged(payload)), int64(len(payload))); err == nil {
		t.Error("a damaged file passes")
	}
	if err := (Published{}).check(bytes.NewReader(payload), int64(len(payload))); err == nil {
		t.Error("a file without a checksum passes")
	}
}
