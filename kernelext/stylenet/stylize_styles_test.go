//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"image"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/kernelext/internal/setup"
)

// Two styles: the parts of the first step's style term are the single styles', by their shares, each at its own scale;
// the recipe repeats them, and its second style can be told from another.
func TestStylizeSeveralStyles(t *testing.T) {
	pictures := filepath.Join("..", "..", "notebooks", "pictures")
	other := filepath.Join(pictures, "meadow.jpg")
	terms := func(folder string) map[string]any {
		_, steps := readTrace(t, folder)
		return steps[0]["terms"].(map[string]any)
	}
	folder := stylizeSmall(t, "-style", filepath.Join(pictures, "mosaic.jpg"), "-style", other, "-style-mix", "3,1", "-style-scale", "1,2", "-style-weight", "8", "-init", "content")
	both := terms(folder)
	first := terms(stylizeSmall(t, "-style-weight", "6", "-init", "content"))["style"].(float64)
	second := terms(stylizeSmall(t, "-style", other, "-style-scale", "2", "-style-weight", "2", "-init", "content"))["style"].(float64)
	for name, want := range map[string]float64{"style 1": first, "style 2": second} {
		if got, ok := both[name].(float64); !ok || !(math.Abs(got-want) <= 1e-5*want) {
			t.Errorf("%s is %v, alone it is %g", name, both[name], want)
		}
	}
	again := filepath.Join(folder, "again.png")
	if err := stylizeCommand(t.Context(), []string{"-again", filepath.Join(folder, "out.png"), "-o", again}); err != nil {
		t.Fatal(err)
	}
	r, err := readRecipe(again)
	if err != nil {
		t.Fatal(err)
	}
	if sum, _ := setup.FileSHA256(other); len(r.Options.pictures.Styles) != 2 || r.Options.pictures.Styles[1] != other || r.SHA256["style 2"] != sum || r.Terms["style 2"] == 0 {
		t.Errorf("recipe %+v", r)
	}
	r.SHA256["style 2"] = r.SHA256["style"]
	if err := r.checkFiles(r.settings()); err == nil || !strings.Contains(err.Error(), "is not the style 2 picture of the recipe") || !strings.Contains(err.Error(), "-style FILE takes another") {
		t.Errorf("error %v", err)
	}
}

// Flags of one parse add up; a recipe's are replaced as a whole. A single style is a string in JSON, as it was.
func TestStyleFlags(t *testing.T) {
	s := standardSettings(true, true)
	s.pictures.Styles, s.pictures.Mix = fileList{"old", "older"}, numberList{1, 2}
	if err := s.parse(strings.Fields("-style a -style b,c -style-mix 0.5,2")); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(s.pictures.Styles, []float64(s.pictures.Mix)) != "[a b,c] [0.5 2]" {
		t.Errorf("styles %v, shares %v", s.pictures.Styles, s.pictures.Mix)
	}
	for _, want := range []string{`"a"`, `["a","b"]`} {
		var l fileList
		if err := json.Unmarshal([]byte(want), &l); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(l); err != nil || string(got) != want {
			t.Errorf("JSON %s, error %v, want %s", got, err, want)
		}
	}
	for args, want := range map[string]string{
		"-style a -style-mix 1,2":               "-style-mix has 2 numbers for 1 style pictures",
		"-style a -style b -style-scale 1":      "-style-scale has 1 numbers for 2 style pictures",
		"-style a -style b -style-scale 1,0":    "-style-scale must be above 0",
		"-style a -style b -style-scale 1,1e18": "-style-scale must be above 0 and at most 100, found 1e+18",
		"-style a -style b -style-mix 1,-1":     "none may be below 0",
		"-style a -style b -style-mix 1,half":   `"half" is not a number`,
	} {
		err := stylizeCommand(t.Context(), strings.Fields("-content c "+args))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", args, err, want)
		}
	}
}

// A style picture's own scale counts from -size, from its own size where that is 0, and from a preset's fit.
func TestOpenStyleScale(t *testing.T) {
	file := filepath.Join("..", "..", "notebooks", "pictures", "waves.jpg") // 512x360
	for _, test := range []struct {
		size   int
		preset string
		want   image.Point
	}{{100, "", image.Pt(50, 35)}, {0, "", image.Pt(256, 180)}, {100, "johnson", image.Pt(50, 35)}, {100, "anish", image.Pt(32, 22)}, {100, "keras", image.Pt(32, 20)}} {
		s := standardSettings(true, true)
		s.pictures, s.network.Preset = pictureSettings{Styles: fileList{file}, Scale: numberList{0.5}, Size: test.size}, test.preset
		preset, err := s.preset()
		if err != nil {
			t.Fatal(err)
		}
		content := func() (image.Image, error) { return image.NewGray(image.Rect(0, 0, 64, 40)), nil }
		style, err := s.pictures.openStyle(preset, content, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := style.Bounds().Size(); got != test.want {
			t.Errorf("size %d, preset %q: %v, want %v", test.size, test.preset, got, test.want)
		}
	}
}
