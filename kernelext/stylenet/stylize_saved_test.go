//go:build cgo

package main

import (
	"image"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib/vgg"
)

// samePictures fails where two picture files have not the very same pixels.
func samePictures(t *testing.T, a, b string) {
	t.Helper()
	first, second := vgg.Tensor(mustOpen(t, a)), vgg.Tensor(mustOpen(t, b))
	if !first.Equal(second) {
		t.Errorf("%s and %s are different pictures", a, b)
	}
}

// A saved style paints what the picture painted, beside another style too; its recipe tells it from another file.
func TestStylizeSavedStyle(t *testing.T) {
	file, other := filepath.Join(t.TempDir(), "mosaic.style"), filepath.Join("..", "..", "notebooks", "pictures", "meadow.jpg")
	network := slimNetwork(t)
	first := stylizeSmall(t, "-weights", network, "-save-style", file)
	second := stylizeSmall(t, "-weights", network, "-style", file)
	samePictures(t, filepath.Join(first, "out.png"), filepath.Join(second, "out.png"))
	mosaic := filepath.Join("..", "..", "notebooks", "pictures", "mosaic.jpg")
	first = stylizeSmall(t, "-weights", network, "-style", other, "-style", mosaic, "-style-scale", "2,1", "-colour", "transport")
	second = stylizeSmall(t, "-weights", network, "-style", other, "-style", file, "-style-scale", "2,1", "-colour", "transport")
	samePictures(t, filepath.Join(first, "out.png"), filepath.Join(second, "out.png"))
	if r, err := readRecipe(filepath.Join(second, "out.png")); err != nil || r.SHA256["style 2"] == "" {
		t.Errorf("recipe %+v, error %v", r, err)
	}
	for args, want := range map[string]string{
		"-style x.style -colour match":                   "x.style is a saved style, which has no colours to change",
		"-style x.style -style-scale 2":                  "-style-scale scales style pictures; x.style is a saved style",
		"-style x.style -init style":                     "-init style starts from a style picture; x.style is a saved style",
		"-style x.jpg -save-style x.jpg":                 "-save-style writes a file whose name ends in .style, found x.jpg",
		"-style x.jpg -style y.jpg -save-style x.sty":    "found x.sty",
		"-style x.style -save-style y.style":             "-save-style needs one style picture",
		"-style " + file + " -weights random -steps 1":   "the style was saved with another network",
		"-style " + file + "x.style -weights " + network: "no such file",
	} {
		content := filepath.Join("..", "..", "notebooks", "pictures", "waves.jpg")
		err := stylizeCommand(t.Context(), append([]string{"-content", content, "-size", "24", "-o", filepath.Join(t.TempDir(), "a.png")}, strings.Fields(args)...))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", args, err, want)
		}
	}
}

// A row of three: its ends are the single styles' pictures, and its recipe repeats it.
func TestStylizeBetween(t *testing.T) {
	pictures, network := filepath.Join("..", "..", "notebooks", "pictures"), slimNetwork(t)
	styles := []string{"-style", filepath.Join(pictures, "mosaic.jpg"), "-style", filepath.Join(pictures, "meadow.jpg")}
	common := []string{"-content", filepath.Join(pictures, "waves.jpg"), "-weights", network, "-size", "24", "-steps", "3",
		"-content-layers", "relu2_2", "-style-layers", "relu1_1,relu2_1"}
	paint := func(args ...string) image.Image {
		out := filepath.Join(t.TempDir(), "out.png")
		if err := stylizeCommand(t.Context(), append(append(args, common...), "-o", out)); err != nil {
			t.Fatal(err)
		}
		return mustOpen(t, out)
	}
	row := filepath.Join(t.TempDir(), "row.png")
	if err := stylizeCommand(t.Context(), append(append(styles, common...), "-between", "3", "-o", row)); err != nil {
		t.Fatal(err)
	}
	got := mustOpen(t, row)
	if size := got.Bounds().Size(); size != image.Pt(3*24+2, 17) {
		t.Fatalf("the row has %v pixels", size)
	}
	for i, want := range []image.Image{paint(styles[:2]...), paint(append(styles, "-style-mix", "1,1")...), paint(styles[2:]...)} {
		for y := range 17 {
			for x := range 24 {
				if got.At(25*i+x, y) != want.At(x, y) {
					t.Fatalf("picture %d, pixel %d %d is %v, want %v", i, x, y, got.At(25*i+x, y), want.At(x, y))
				}
			}
		}
	}
	again := filepath.Join(t.TempDir(), "again.png")
	if err := stylizeCommand(t.Context(), []string{"-again", row, "-o", again}); err != nil {
		t.Fatal(err)
	}
	samePictures(t, row, again)
	for args, want := range map[string]string{"-between 3": "exactly 2 styles, found 3 and 1", "-between 1 -style b": "at least 2 pictures", "-between 2 -style b -frames f": "are for one",
		"-between 2 -style b -style-mix 1,2": "leave out -style-mix"} {
		if err := stylizeCommand(t.Context(), append([]string{"-content", "c", "-style", "a"}, strings.Fields(args)...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", args, err, want)
		}
	}
}
