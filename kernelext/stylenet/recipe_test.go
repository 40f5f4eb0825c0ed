//go:build cgo

package main

import (
	"encoding/json"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/kernelext/internal/setup"
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

// A painted PNG is repeated from itself alone, to the last bit; its recipe has flags, checksums and losses.
func TestAgain(t *testing.T) {
	folder := stylizeSmall(t, "-init", "noise", "-seed", "3", "-style-weight", "7")
	painted, again := filepath.Join(folder, "out.png"), filepath.Join(folder, "again.png")
	if err := stylizeCommand(t.Context(), []string{"-again", painted, "-o", again}); err != nil {
		t.Fatal(err)
	}
	first, second := mustOpen(t, painted).(*image.RGBA), mustOpen(t, again).(*image.RGBA)
	if first.Bounds() != second.Bounds() || string(first.Pix) != string(second.Pix) {
		t.Error("the repeated picture is another one")
	}
	r, err := readRecipe(again)
	if err != nil {
		t.Fatal(err)
	}
	_, steps := readTrace(t, folder)
	if r.Options.loss.StyleWeight != 7 || r.Taken != 5 || r.Loss != steps[4]["loss"] || r.Terms["tv"] != steps[4]["terms"].(map[string]any)["tv"] {
		t.Errorf("recipe %+v", r)
	}
	if sum, err := setup.FileSHA256(r.Options.pictures.Content); err != nil || r.SHA256["content"] != sum || len(r.SHA256["network"]) != 64 || !strings.Contains(r.Versions, "go1.") {
		t.Errorf("checksums %v, versions %q, error %v", r.SHA256, r.Versions, err)
	}
}

func mustOpen(t *testing.T, path string) image.Image {
	t.Helper()
	picture, err := picture.Open(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// A picture that the recipe did without counts as it would have.
func TestAgainWithAnotherPicture(t *testing.T) {
	needBackend(t)
	folder := t.TempDir()
	texture, content := filepath.Join(folder, "texture.png"), filepath.Join(folder, "content.png")
	small := []string{"-weights", slimNetwork(t), "-size", "32", "-steps", "1", "-content-layers", "relu2_2", "-style-layers", "relu1_1"}
	for _, args := range [][]string{{"-style", ourPicture("mosaic"), "-o", texture}, {"-content", ourPicture("waves"), "-o", content}} {
		if err := stylizeCommand(t.Context(), append(args, small...)); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args           []string
		content, style []string
	}{
		{[]string{"-again", texture, "-content", ourPicture("waves")}, vgg.ContentLayers, []string{"relu1_1"}},
		{[]string{"-again", content, "-style", ourPicture("mosaic")}, []string{"relu2_2"}, vgg.StyleLayers},
	} {
		s, _, err := parseSettings(test.args)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.loss.ContentLayers, test.content) || !slices.Equal(s.loss.StyleLayers, test.style) || s.start.Init != "colour" || s.loss.ContentWeight != 1 || s.loss.StyleWeight != 100 {
			t.Errorf("%q: content %v %g, style %v %g, from %s", test.args, s.loss.ContentLayers, s.loss.ContentWeight, s.loss.StyleLayers, s.loss.StyleWeight, s.start.Init)
		}
	}
	s, _, err := parseSettings([]string{"-again", texture})
	if err != nil || len(s.loss.ContentLayers) != 0 || s.start.Init != "noise" {
		t.Errorf("the texture again: content layers %v, from %s, error %v", s.loss.ContentLayers, s.start.Init, err)
	}
}

// Flags change what is repeated; an input that has changed since is an error that names it.
func TestAgainChanged(t *testing.T) {
	folder := stylizeSmall(t)
	painted, again := filepath.Join(folder, "out.png"), filepath.Join(folder, "again.png")
	run := func(args ...string) error {
		return stylizeCommand(t.Context(), append([]string{"-again", painted, "-o", again}, args...))
	}
	other := filepath.Join("..", "..", "notebooks", "pictures", "stained_glass.jpg")
	if err := run("-steps", "2", "-style", other); err != nil {
		t.Fatal(err)
	}
	if r, err := readRecipe(again); err != nil || r.Taken != 2 || !slices.Equal(r.Options.pictures.Styles, fileList{other}) {
		t.Errorf("recipe %+v, error %v", r, err)
	}
	text, err := picture.ReadRecipe(painted)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := readRecipe(painted)
	forged := strings.Replace(text, r.SHA256["style"], r.SHA256["content"], 1)
	if err := picture.SaveWithRecipe(painted, image.NewNRGBA(image.Rect(0, 0, 2, 2)), forged); err != nil {
		t.Fatal(err)
	}
	if err := run(); err == nil || !strings.Contains(err.Error(), "is not the style picture of the recipe") {
		t.Errorf("error %v, want one about the style picture", err)
	}
	for _, text := range []string{"no JSON", "{}", `{"options": null}`} {
		if err := picture.SaveWithRecipe(painted, image.NewNRGBA(image.Rect(0, 0, 2, 2)), text); err != nil {
			t.Fatal(err)
		}
		if err := run(); err == nil || !strings.Contains(err.Error(), "the recipe in ") {
			t.Errorf("%s: error %v, want one about the recipe", text, err)
		}
	}
	if err := run("-preset", "seed"); err == nil || !strings.Contains(err.Error(), "-again or -preset") {
		t.Errorf("error %v", err)
	}
}

// The seed from a given picture: its total variation by its own formula, its flags in the trace.
func TestStylizePreset(t *testing.T) {
	start := filepath.Join("..", "..", "notebooks", "pictures", "mosaic.jpg")
	folder := stylizeSmall(t, "-preset", "seed", "-init", start, "-style-weight", "3")
	options, steps := readTrace(t, folder)
	want := map[string]any{"preset": "seed", "lr": 0.5, "clip": stylelib.ClipShown.String(), "optimizer": "preset", "padding": "zero", "content-weight": 200., "style-weight": 3., "tv-weight": 100.}
	for name, value := range want {
		if options[name] != value {
			t.Errorf("%s is %v, want %v", name, options[name], value)
		}
	}
	picture := picture.ResizeTo(mustOpen(t, start), 24, 17)
	at := func(x, y, c int) float64 {
		r, g, b, _ := picture.At(x, y).RGBA()
		return float64([]uint32{r, g, b}[c]) / 0xffff * 255
	}
	var down, right float64
	for y := range 17 {
		for x := range 24 {
			for c := range 3 {
				if y+1 < 17 {
					down += math.Pow(at(x, y+1, c)-at(x, y, c), 2)
				}
				if x+1 < 24 {
					right += math.Pow(at(x+1, y, c)-at(x, y, c), 2)
				}
			}
		}
	}
	tv := 100 * (down/(17*23*3) + right/(16*24*3)) // the counts are swapped
	if got := steps[0]["terms"].(map[string]any)["tv"].(float64); math.Abs(got-tv) > 1e-5*tv {
		t.Errorf("tv %g, want %g", got, tv)
	}
	for args, want := range map[string]string{"-preset nobody": `no preset "nobody"; there are seed`, "-clip wide": `"wide"`,
		"-optimizer preset": `no optimiser "preset"`, "-preset gatys -lr 3": "has no learning rate"} {
		err := stylizeCommand(t.Context(), append([]string{"-content", "a", "-style", "b"}, strings.Fields(args)...))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", args, err, want)
		}
	}
}

func TestShow(t *testing.T) {
	painted := filepath.Join(stylizeSmall(t, "-recipe=false"), "out.png")
	if err := showCommand(t.Context(), []string{painted}); err == nil || !strings.Contains(err.Error(), "carries no recipe") {
		t.Errorf("error %v, want one about no recipe", err)
	}
	if err := picture.SaveWithRecipe(painted, mustOpen(t, painted), `{"steps-taken": 5}`); err != nil {
		t.Fatal(err)
	}
	out := captured(t, func() {
		if err := showCommand(t.Context(), []string{painted}); err != nil {
			t.Error(err)
		}
	})
	var r recipe
	if err := json.Unmarshal([]byte(out), &r); err != nil || r.Taken != 5 {
		t.Errorf("show printed %q", out)
	}
}

// Recipes of formats 1 and 2, recorded before the next format was, are repeated as they were painted; one of a newer format is refused.
func TestRecipeFormats(t *testing.T) {
	needBackend(t)
	var texts [2][]byte
	for i, name := range []string{"recipe_format1.json", "recipe_format2.json"} {
		var err error
		if texts[i], err = os.ReadFile(filepath.Join("testdata", name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join("..", "..", "notebooks"))
	folder := t.TempDir()
	old, again := filepath.Join(folder, "old.png"), filepath.Join(folder, "again.png")
	save := func(text string) {
		t.Helper()
		if err := picture.SaveWithRecipe(old, image.NewNRGBA(image.Rect(0, 0, 2, 2)), text); err != nil {
			t.Fatal(err)
		}
	}
	for i, text := range texts {
		save(string(text))
		if err := stylizeCommand(t.Context(), []string{"-again", old, "-o", again}); err != nil {
			t.Fatal(err)
		}
		was, err := readRecipe(old)
		if err != nil {
			t.Fatal(err)
		}
		is, err := readRecipe(again)
		if err != nil {
			t.Fatal(err)
		}
		o := was.Options
		if o.run.Optimizer != "adam" || o.run.LearningRate != 0.05 || o.run.Decay != 1 || o.run.Pyramid || o.network.Pooling != "max" || o.pictures.Size != 40 {
			t.Errorf("format %d is read as %+v", i+1, o)
		}
		switch {
		case i == 0 && (o.colours != (colourSettings{"match-monge-kantorovich", "linear"}) || o.network.Padding != "reflect" || o.run.Clip != stylelib.ClipShown.String() || o.start.Init != "noise" || o.start.Seed != 3):
			t.Errorf("format 1 is read as %+v", o)
		case i == 1 && o.start.Init != "content":
			t.Errorf("format 2 starts from %s", o.start.Init)
		}
		if was.Options.identity(was.SHA256) != is.Options.identity(is.SHA256) || was.Resolved != is.Resolved || is.Format != recipeFormat || is.Taken != was.Taken {
			t.Errorf("recipe %+v became %+v", was, is)
		}
		if math.Abs(is.Loss/was.Loss-1) > 1e-4 {
			t.Errorf("format %d: loss %g, recorded is %g", i+1, is.Loss, was.Loss)
		}
	}
	for text, want := range map[string]string{
		`{"format": 4, "options": {"content": "a"}}`:                "it has format 4; formats up to 3 are read",
		`{"format": 2, "options": {"content": "a", "shine": true}}`: `it has an option "shine"`,
		`{"options": {"style": ["x.palette"], "colour": ["keep"]}}`: "option colour: ",
	} {
		save(text)
		if err := stylizeCommand(t.Context(), []string{"-again", old}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", text, err, want)
		}
	}
	save(`{"options": {"style": "x.palette"}}`)
	if r, err := readRecipe(old); err != nil || !slices.Equal(r.Options.pictures.Styles, fileList{"x.style"}) || r.Options.start.Noise != 0 {
		t.Errorf("a saved style of format 1: %+v, error %v", r, err)
	}
}
