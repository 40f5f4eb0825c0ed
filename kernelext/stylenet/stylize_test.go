//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/weights"
)

// slimNetwork writes a network of four convolutions, to relu2_2, and returns the file.
func slimNetwork(t *testing.T) string {
	t.Helper()
	n := weights.Random(3)
	small := &weights.Network{Input: n.Input, Origin: "a test's network", Licence: "none"}
	in := 3
	for i, name := range []string{"conv1_1", "conv1_2", "conv2_1", "conv2_2"} {
		c := weights.Conv{Name: name, In: in, Out: 4 + i, Bias: make([]float32, 4+i)}
		c.Kernel = n.Convs[3].Kernel[:9*c.In*c.Out]
		small.Convs, in = append(small.Convs, c), c.Out
	}
	path := filepath.Join(t.TempDir(), "slim.safetensors")
	if err := small.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// stylizeSmall paints a small picture in a folder of its own and returns the folder.
func stylizeSmall(t *testing.T, args ...string) string {
	t.Helper()
	if backend, err := stylelib.OpenBackend(); err != nil {
		t.Skip(err)
	} else {
		backend.Finalize()
	}
	folder := t.TempDir()
	pictures := filepath.Join("..", "..", "notebooks", "pictures")
	common := []string{"-content", filepath.Join(pictures, "waves.jpg"), "-weights", slimNetwork(t),
		"-size", "24", "-steps", "5", "-every", "2", "-content-layers", "relu2_2", "-style-layers", "relu1_1,relu2_1",
		"-o", filepath.Join(folder, "out.png"), "-trace", filepath.Join(folder, "trace", "t.json"), "-frames", filepath.Join(folder, "frames")}
	if !slices.Contains(args, "-style") {
		common = append(common, "-style", filepath.Join(pictures, "mosaic.jpg"))
	}
	if err := stylizeCommand(t.Context(), append(common, args...)); err != nil {
		t.Fatal(err)
	}
	return folder
}

// readTrace reads a trace as another program would: the options, with what they turned out to be, and the steps.
func readTrace(t *testing.T, folder string) (options map[string]any, steps []map[string]any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "trace", "t.json"))
	if err != nil {
		t.Fatal(err)
	}
	var trace struct {
		Options, Resolved map[string]any
		Steps             []map[string]any
	}
	if err := json.Unmarshal(data, &trace); err != nil {
		t.Fatal(err)
	}
	maps.Copy(trace.Options, trace.Resolved)
	return trace.Options, trace.Steps
}

func TestStylizeLeavesPictureTraceAndFrames(t *testing.T) {
	folder := stylizeSmall(t, "-style-weight", "7")
	picture, err := picture.Open(filepath.Join(folder, "out.png"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != 24 || b.Dy() != 17 { // waves.jpg is 512x360
		t.Errorf("picture %dx%d, want 24x17", b.Dx(), b.Dy())
	}
	options, steps := readTrace(t, folder)
	if options["style-weight"] != 7. || options["pooling"] != "" || options["width"] != 24. || fmt.Sprint(options["style-layers"]) != "[relu1_1 relu2_1]" {
		t.Errorf("options %v", options)
	}
	if len(steps) != 5 {
		t.Fatalf("%d steps, want 5", len(steps))
	}
	before := 0.
	for i, step := range steps {
		terms := step["terms"].(map[string]any)
		sum := terms["content"].(float64) + terms["style"].(float64) + terms["tv"].(float64)
		if step["n"] != float64(i+1) || math.Abs(step["loss"].(float64)-sum) > 1e-9*sum || step["seconds"].(float64) <= before {
			t.Errorf("step %d: %v", i+1, step)
		}
		before = step["seconds"].(float64)
	}
	frames, _ := filepath.Glob(filepath.Join(folder, "frames", "*"))
	var names []string
	for _, f := range frames {
		names = append(names, filepath.Base(f))
	}
	if got := strings.Join(names, " "); got != "step-00002.png step-00004.png step-00005.png" {
		t.Errorf("frames %s", got)
	}
}

// -method is heard: rounding differs, and little else.
func TestStylizeMethod(t *testing.T) {
	style := func(method string) float64 {
		_, steps := readTrace(t, stylizeSmall(t, "-weights", "random", "-steps", "1", "-method", method))
		return steps[0]["terms"].(map[string]any)["style"].(float64)
	}
	if off := math.Abs(style("winograd")/style("plain") - 1); off == 0 || off > 1e-4 {
		t.Errorf("winograd changes the style term by %g of it", off)
	}
}

// Twice the weight is twice the term at the first step; -seed alone decides the noise; -init FILE goes on from a result.
func TestStylizeWeightsSeedAndInit(t *testing.T) {
	first := func(args ...string) map[string]any {
		_, steps := readTrace(t, stylizeSmall(t, args...))
		return steps[0]["terms"].(map[string]any)
	}
	a := first("-init", "noise", "-seed", "4", "-style-weight", "10")
	b := first("-init", "noise", "-seed", "4", "-style-weight", "20")
	c := first("-init", "noise", "-seed", "5", "-style-weight", "10")
	if math.Abs(b["style"].(float64)/a["style"].(float64)-2) > 1e-6 || b["content"] != a["content"] || c["tv"] == a["tv"] {
		t.Errorf("terms %v, with twice the style weight %v, with another seed %v", a, b, c)
	}
	folder := stylizeSmall(t)
	_, steps := readTrace(t, folder)
	again := first("-init", filepath.Join(folder, "out.png"), "-size", "24")
	if last := steps[4]["loss"].(float64); again["style"].(float64) > last {
		t.Errorf("style term %v where the first run had come to %g in all", again["style"], last)
	}
}

// From coarse to fine: the first level is 128 pixels long, but all frames have the result's 160; the records count through.
func TestStylizePyramid(t *testing.T) {
	folder := stylizeSmall(t, "-pyramid", "-size", "160", "-steps", "3", "-every", "1")
	for name, width := range map[string]int{"frames/step-00001.png": 160, "frames/step-00002.png": 160, "frames/step-00003.png": 160, "out.png": 160} {
		if got := mustOpen(t, filepath.Join(folder, filepath.FromSlash(name))).Bounds().Dx(); got != width {
			t.Errorf("%s is %d pixels wide, want %d", name, got, width)
		}
	}
	if options, steps := readTrace(t, folder); options["pyramid"] != true || len(steps) != 3 || steps[2]["n"] != 3. {
		t.Errorf("pyramid %v, steps %v", options["pyramid"], steps)
	}
}

// What is transparent in the content picture stays so, in the result and its frames, at any size.
func TestStylizeKeepsAlpha(t *testing.T) {
	sprite := image.NewNRGBA(image.Rect(0, 0, 48, 32)) // its left half is clear
	for y := range 32 {
		for x := 24; x < 48; x++ {
			sprite.SetNRGBA(x, y, color.NRGBA{200, uint8(8 * y), 30, 255})
		}
	}
	file := filepath.Join(t.TempDir(), "sprite.png")
	if err := picture.Save(file, sprite); err != nil {
		t.Fatal(err)
	}
	for _, bits := range []string{"8", "16"} {
		folder := stylizeSmall(t, "-content", file, "-colour", "keep", "-bits", bits)
		for _, name := range []string{"out.png", filepath.Join("frames", "step-00005.png")} {
			picture := mustOpen(t, filepath.Join(folder, name))
			for x, want := range map[int]uint32{2: 0, 21: 0xffff} { // of 24
				if _, _, _, a := picture.At(x, 8).RGBA(); a != want {
					t.Errorf("%s bits, %s: alpha at %d is %d, want %d", bits, name, x, a, want)
				}
			}
		}
	}
	if _, _, _, a := mustOpen(t, filepath.Join(stylizeSmall(t), "out.png")).At(2, 8).RGBA(); a != 0xffff {
		t.Errorf("alpha %d where the content picture is opaque", a)
	}
}

// The name of a sample photograph will do for its file, unless there is a file of that name.
func TestStylizeSample(t *testing.T) {
	home := t.TempDir()
	t.Setenv("STYLENET_HOME", home)
	sample := filepath.Join(home, "samples", "chelsea.png")
	if err := picture.Save(sample, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, there := range []bool{false, true} {
		want := map[bool]string{false: sample, true: "chelsea"}[there]
		if there {
			if err := os.WriteFile("chelsea", nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if s, _, err := parseSettings([]string{"-content", "chelsea"}); err != nil || s.pictures.Content != want {
			t.Errorf("content %q, error %v, want %q", s.pictures.Content, err, want)
		}
	}
}

// A result never takes the place of a picture that it is painted from.
func TestStylizeKeepsItsSources(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	if err := picture.Save(at("mine.png"), mustOpen(t, ourPicture("waves"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(at("mine.png"), at("link.png")); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{
		{"-content", at("mine.png"), "-style", ourPicture("mosaic"), "-o", at("link.png")},
		{"-content", ourPicture("mosaic"), "-style", at("link.png"), "-o", filepath.Join(folder, ".", "mine.png")},
	} {
		if err := stylizeCommand(t.Context(), args); err == nil || !strings.Contains(err.Error(), "the result would take the place of the ") {
			t.Errorf("%q: error %v", args, err)
		}
	}
	jobs := jobsFile(t, line(t, map[string]any{"content": at("mine.png"), "style": ourPicture("mosaic"), "o": at("mine.png")}))
	if err := batchCommand(t.Context(), append([]string{jobs}, smallFlags(t)...)); err == nil || !strings.HasSuffix(err.Error(), ".jsonl:1") {
		t.Errorf("batch: error %v, want its only job to fail", err)
	}
	if got := mustOpen(t, at("mine.png")).Bounds(); got != mustOpen(t, ourPicture("waves")).Bounds() {
		t.Errorf("the picture has become one of %v", got)
	}
}

func TestStylizeRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ args, want string }{
		{"", "stylize needs pictures"},
		{"-content a -style b -optimizer sgd", `no optimiser "sgd"; there are adam and lbfgs`},
		{"-content a -style b -steps 0", "-steps and -every must be at least 1"},
		{"-content a -style b -pyramid -preset gatys", "-pyramid does not go with -preset"},
		{"-content a -style b -noise NaN", "-noise is a share from 0 to 1"},
		{"-content a -style b -lr NaN", "-lr must be above 0"},
		{"-content a -style b -content-layers= -style-layers= -tv-weight 0", "nothing to do"},
		{"-content a -style b -o " + file, "must end in .png"},
		{"-content a -style b -o " + file + "x.png -trace " + t.TempDir(), "it is a folder"},
		{"-content a -style b -o " + file + "x.png -weights " + file, file},
		{"-content " + file + " -style b -o " + file + "x.png -weights random", "not a picture file"},
	} {
		err := stylizeCommand(t.Context(), strings.Fields(test.args))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("stylize %s: error %v, want one line with %q", test.args, err, test.want)
		}
	}
}
