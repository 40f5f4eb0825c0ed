package main

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/programcache"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

var (
	notebook = filepath.Join("..", "..", "..", "notebooks", "1_first_picture.ipynb")
	painting = filepath.Join("..", "..", "..", "notebooks", "pictures", "night_sky.jpg")
)

// What set-up has compiled is all that the first notebook needs.
func TestFirstNotebookCompilesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles for 512 pixels")
	}
	text, err := os.ReadFile(notebook)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{`kernelext.Param(\"size\", 512)`, `kernelext.Must(picture.Sample(\"chelsea\"))`, `\"pictures/night_sky.jpg\"`, "stylelib.Pyramid("} {
		if !strings.Contains(string(text), line) {
			t.Errorf("the first notebook has no %s", line)
		}
	}
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	backend.Finalize()
	photograph, err := picture.Sample("chelsea")
	if err != nil {
		t.Skip(err)
	}
	home := t.TempDir()
	if real, err := weights.Home(); err != nil || os.Symlink(filepath.Join(real, "plugin"), filepath.Join(home, "plugin")) != nil {
		t.Fatal("no link to the plugin: ", err)
	}
	programs := func(what string) int {
		t.Helper()
		cmd := exec.Command(os.Args[0], "-test.run=^TestAlone$")
		cmd.Env = append(os.Environ(), "STYLENET_TEST_ALONE="+what, "STYLENET_TEST_CONTENT="+photograph, "STYLENET_PROGRAMS=", "STYLENET_HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", what, err, out)
		}
		use, err := programcache.UseOf(programcache.Folder(home))
		if err != nil {
			t.Fatal(err)
		}
		return use.Programs
	}
	first := programs("set-up")
	if then := programs("notebook"); first == 0 || then != first {
		t.Errorf("%d programs after set-up, %d after the first notebook", first, then)
	}
}

// TestAlone is what the test above runs in processes of their own.
func TestAlone(t *testing.T) {
	photograph := os.Getenv("STYLENET_TEST_CONTENT")
	switch os.Getenv("STYLENET_TEST_ALONE") {
	case "set-up":
		if _, err := run([]string{photograph, painting}); err != nil {
			t.Fatal(err)
		}
	case "notebook":
		paintAsNotebook(t, photograph)
	default:
		t.Skip("for TestFirstNotebookCompilesNothing")
	}
}

// paintAsNotebook takes a step of each level with the options that the first notebook writes out.
func paintAsNotebook(t *testing.T, photograph string) {
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	content, err := picture.Open(photograph, 512)
	if err != nil {
		t.Fatal(err)
	}
	style, err := picture.Open(painting, 512)
	if err != nil {
		t.Fatal(err)
	}
	terms := []stylelib.Term{stylelib.ContentTerm(1, "relu4_2"), stylelib.StyleTerm(100, vgg.StyleLayers...), stylelib.TotalVariationTerm(10)}
	if err := stylelib.Compile(t.Context(), backend, vgg.New(network), content, []image.Image{style}, stylelib.Options{Terms: terms, Steps: 120, Every: 1}, nil); err != nil {
		t.Fatal(err)
	}
}
