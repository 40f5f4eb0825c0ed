package picture

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
)

// Where the path is a link, Save writes the file that it leads to.
func TestSaveFollowsLinks(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file.png"), filepath.Join(folder, "link.png")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if err := Save(link, testkit.Picture(2, 3, 1)); err != nil {
		t.Fatal(err)
	}
	picture, err := Open(file, 0)
	if info, linkErr := os.Lstat(link); err != nil || linkErr != nil || info.Mode()&os.ModeSymlink == 0 || picture.Bounds().Dx() != 3 {
		t.Errorf("%v, error %v; want a link still, and its file written", info, err)
	}
}

// A saved picture is the same rounded to 8 bits, or to the last of 16 bits; JPEG differs a little more.
func TestSavedPictureIsTheSame(t *testing.T) {
	values := make([]float32, 9*12*3)
	for i := range values {
		values[i] = float32(i) / float32(len(values)) // smooth, so that JPEG keeps it well
	}
	picture := FromValues(values, 9, 12)
	folder := filepath.Join(t.TempDir(), "new", "folder")
	for _, test := range []struct {
		name    string
		picture image.Image
		most    float64 // 16-bit steps
		bits    int
	}{
		{"a.png", picture, 129, 8}, {"a.tif", picture, 129, 8}, {"a.jpg", picture, 3000, 8},
		{"16-bit.png", SixteenBits{picture}, 0, 16}, {"16-bit.tif", SixteenBits{picture}, 0, 16},
	} {
		path := filepath.Join(folder, test.name)
		if err := Save(path, test.picture); err != nil {
			t.Fatal(err)
		}
		back, err := Open(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, test.name, back, picture, test.most)
		if info, err := Inspect(path); err != nil || info.Bits != test.bits || info.Width != 12 {
			t.Errorf("%s: %+v, error %v", test.name, info, err)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 5 {
		t.Errorf("%d files in the folder, want 5: no partial file may stay", len(entries))
	}
	if err := Save("a.jpg", SixteenBits{picture}); err == nil || !strings.Contains(err.Error(), "16 bits a channel need a name that ends in .png or .tif") {
		t.Errorf("error %v", err)
	}
}

func TestCanSave(t *testing.T) {
	if err := CanSave(filepath.Join(t.TempDir(), "new", "a.png")); err != nil {
		t.Error(err)
	}
	file := write(t, "file", nil)
	folder := filepath.Join(t.TempDir(), "folder.png")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"a.webp": "must end in .png, .jpg or .tif", folder: "it is a folder", filepath.Join(file, "a.png"): "not a directory"} {
		if err := CanSave(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", path, err, want)
		}
	}
}
