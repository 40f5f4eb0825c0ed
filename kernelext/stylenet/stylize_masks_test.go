//go:build cgo

package main

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/kernelext/internal/setup"
	"stylenet/stylelib/picture"
)

// maskFile writes a mask of waves.jpg's proportions, white to the left, and the content with that alpha.
func maskFile(t *testing.T) (mask, cut string) {
	t.Helper()
	folder := t.TempDir()
	mask, cut = filepath.Join(folder, "left.png"), filepath.Join(folder, "cut.png")
	content := mustOpen(t, filepath.Join("..", "..", "notebooks", "pictures", "waves.jpg"))
	white, alpha := image.NewGray(image.Rect(0, 0, 512, 360)), image.NewNRGBA(image.Rect(0, 0, 512, 360))
	for i := range 512 * 360 {
		r, g, b, _ := content.At(i%512, i/512).RGBA()
		c := color.NRGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0}
		if i%512 < 128 {
			white.Pix[i], c.A = 255, 255
		}
		alpha.SetNRGBA(i%512, i/512, c)
	}
	for path, img := range map[string]image.Image{mask: white, cut: alpha} {
		if err := picture.Save(path, img); err != nil {
			t.Fatal(err)
		}
	}
	return mask, cut
}

// Two styles beside each other are, term by term, each alone in its part; alpha is a mask like a file of it; the recipe
// repeats all that.
func TestStylizeMasks(t *testing.T) {
	mask, cut := maskFile(t)
	mosaic, meadow := filepath.Join("..", "..", "notebooks", "pictures", "mosaic.jpg"), filepath.Join("..", "..", "notebooks", "pictures", "meadow.jpg")
	terms := func(args ...string) map[string]any {
		t.Helper()
		_, steps := readTrace(t, stylizeSmall(t, append(args, "-init", "content", "-style-weight", "8", "-steps", "1")...))
		return steps[0]["terms"].(map[string]any)
	}
	same := func(what string, got, want any) {
		t.Helper()
		g, ok := got.(float64)
		if w, _ := want.(float64); !ok || !(math.Abs(g-w) <= 1e-5*w) {
			t.Errorf("%s: style term %v, want %v", what, got, want)
		}
	}
	alone := terms("-style", mosaic, "-mask", mask)["style"]
	both := terms("-style", mosaic, "-mask", mask, "-style", meadow, "-mask", "rest")
	same("a style in its part", both["style 1"], alone)
	same("the whole", terms("-style", mosaic, "-mask", "all", "-style-mask", "all")["style"], terms("-style", mosaic)["style"])
	loose := terms("-style", mosaic, "-mask", mask, "-mask-overlap", "1")["style"]
	if loose == alone || both["style 2"] == nil {
		t.Errorf("style term %v whatever the overlap, terms %v", loose, both)
	}
	part := terms("-style", cut, "-style-mask", "alpha")["style"]
	same("a file for the style's alpha", terms("-style", cut, "-style-mask", mask)["style"], part)
	folder := stylizeSmall(t, "-content", cut, "-style", mosaic, "-mask", "alpha", "-style", meadow, "-mask", mask, "-steps", "1")
	r, err := readRecipe(filepath.Join(folder, "out.png"))
	if err != nil {
		t.Fatal(err)
	}
	if sum, _ := setup.FileSHA256(mask); r.SHA256["mask 2"] != sum || r.SHA256["mask"] != "" || len(r.Options.masks.Picture) != 2 {
		t.Errorf("recipe %+v", r)
	}
	alpha := terms("-content", cut, "-style", mosaic, "-mask", "alpha", "-style", meadow, "-mask", mask)
	same("the content's alpha", alpha["style 1"], terms("-content", cut, "-style", mosaic, "-mask", mask, "-style", meadow, "-mask", mask)["style 1"])
}

// A style alone becomes a texture from noise, seamless where asked for; a content alone what a layer has kept of it.
func TestStylizeAlone(t *testing.T) {
	folder := stylizeSmall(t, "-content", "", "-padding", "circular", "-steps", "3")
	options, steps := readTrace(t, folder)
	if options["init"] != "noise" || options["optimizer"] != "lbfgs" || options["padding"] != "circular" || options["width"] != 24. || options["height"] != 24. {
		t.Errorf("options %v", options)
	}
	if terms := steps[0]["terms"].(map[string]any); len(terms) != 2 || terms["style"] == nil {
		t.Errorf("terms %v", terms)
	}
	again := filepath.Join(folder, "again.png")
	if err := stylizeCommand(t.Context(), []string{"-again", filepath.Join(folder, "out.png"), "-o", again}); err != nil {
		t.Fatal(err)
	}
	a, b := mustOpen(t, filepath.Join(folder, "out.png")), mustOpen(t, again)
	for i := range 24 * 24 {
		if a.At(i%24, i/24) != b.At(i%24, i/24) {
			t.Fatalf("repeated, the texture differs at pixel %d", i)
		}
	}
	trace := filepath.Join(folder, "trace", "t.json")
	err := stylizeCommand(t.Context(), []string{"-content", filepath.Join("..", "..", "notebooks", "pictures", "waves.jpg"), "-weights", slimNetwork(t),
		"-size", "24", "-steps", "3", "-content-layers", "relu2_1", "-o", again, "-trace", trace})
	if err != nil {
		t.Fatal(err)
	}
	options, steps = readTrace(t, folder)
	if terms := steps[0]["terms"].(map[string]any); options["init"] != "noise" || options["content-weight"] != 100. || len(terms) != 2 || terms["content"] == nil {
		t.Errorf("options %v, terms %v", options, terms)
	}
}

// A start that is half noise is, in the first step, between those of content and noise.
func TestStylizeStarts(t *testing.T) {
	first := func(args ...string) float64 {
		t.Helper()
		_, steps := readTrace(t, stylizeSmall(t, append(args, "-steps", "1")...))
		return steps[0]["terms"].(map[string]any)["content"].(float64)
	}
	content, mixed, noise, style := first("-init", "mixed", "-noise", "0"), first("-init", "mixed"), first("-init", "noise"), first("-init", "style")
	if !(content < 1e-9 && mixed > 0 && noise > mixed && style > 0 && style != noise) {
		t.Errorf("content terms %g from the content, %g mixed, %g from noise, %g from the style", content, mixed, noise, style)
	}
}

func TestMaskFlagsRefused(t *testing.T) {
	for args, want := range map[string]string{
		"-content c -style a -style b -mask m":        "-mask is given 1 times for 2 style pictures",
		"-content c -style a -mask rest":              "-mask rest is what other masks leave; give it once, beside others",
		"-content c -style a -style-mask rest":        "-style-mask takes a file, all or alpha",
		"-style a -mask alpha":                        "-mask alpha is of the content picture; there is none",
		"-content c -style a -mask m -mask-overlap 2": "-mask-overlap is a share from 0 to 1, found 2",
		"-content c -style a -mask m -preset crowson": "do not go with -preset crowson",
		"-style a -init content":                      "-init content needs a content picture",
		"-content a -init style":                      "-init style needs a style picture",
		"-style a -size 0":                            "a texture is as large as -size says",
		"-style a -colour keep":                       "-colour keep is about the content picture",
		"-content c -style a -padding round":          `no padding "round"; paddings are zero, reflect, replicate and circular`,
		"-content c -style a -pooling l2":             "poolings are max, avg and avg-rescaled",
	} {
		err := stylizeCommand(t.Context(), append(strings.Fields(args), "-o", filepath.Join(t.TempDir(), "o.png")))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", args, err, want)
		}
	}
}
