//go:build cgo

package main

import (
	"image"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib/colour"
	"stylenet/stylelib/picture"
)

// channels returns the mean of a picture's red, green and blue, and the largest difference of two channels in a pixel.
func channels(picture image.Image) (mean [3]float64, most float64) {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			var v [3]uint32
			v[0], v[1], v[2], _ = picture.At(x, y).RGBA()
			for c := range v {
				mean[c] += float64(v[c]) / 65535 / float64(b.Dx()*b.Dy())
			}
			most = max(most, (float64(max(v[0], v[1], v[2]))-float64(min(v[0], v[1], v[2])))/65535)
		}
	}
	return mean, most
}

func distance(a, b [3]float64) float64 {
	return math.Abs(a[0]-b[0]) + math.Abs(a[1]-b[1]) + math.Abs(a[2]-b[2])
}

// With -colour keep a grey photograph stays grey to its last frame, where a mosaic's colours would come in.
func TestStylizeKeepsGrey(t *testing.T) {
	content, err := picture.Open(filepath.Join("..", "..", "notebooks", "pictures", "waves.jpg"), 40)
	if err != nil {
		t.Fatal(err)
	}
	grey, err := colour.Grey(content)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "grey.png")
	if err := picture.Save(file, grey); err != nil {
		t.Fatal(err)
	}
	folder := stylizeSmall(t, "-content", file, "-colour", "keep", "-style-weight", "1000")
	for _, name := range []string{"out.png", filepath.Join("frames", "step-00005.png")} {
		if _, most := channels(mustOpen(t, filepath.Join(folder, name))); most > 1e-3 {
			t.Errorf("channels of a pixel of %s differ by up to %g", name, most)
		}
	}
}

// The modes bring what they say to the content: the style's mean before, in its space, the result's colours after. 16 bits
// are kept.
func TestStylizeColourModes(t *testing.T) {
	pictures := filepath.Join("..", "..", "notebooks", "pictures")
	content := picture.ResizeTo(mustOpen(t, filepath.Join(pictures, "waves.jpg")), 24, 17)
	want, _ := channels(content)
	for mode, file := range map[string]string{"histogram": "out.png", "transport": "out.tif"} {
		folder := t.TempDir()
		out := filepath.Join(folder, file)
		trace := stylizeSmall(t, "-colour", mode, "-o", out, "-bits", "16")
		if got, _ := channels(mustOpen(t, out)); distance(got, want) > 1e-3 {
			t.Errorf("means %.4f after -colour %s, the content's are %.4f", got, mode, want)
		}
		if options, _ := readTrace(t, trace); options["colour"] != mode || options["bits"] != 16. {
			t.Errorf("trace has colour %v, bits %v", options["colour"], options["bits"])
		}
		if info, err := picture.Inspect(out); err != nil || info.Bits != 16 {
			t.Errorf("%s: %+v, error %v", file, info, err)
		}
	}
	style := mustOpen(t, filepath.Join(pictures, "mosaic.jpg"))
	before, _ := channels(style)
	for _, mode := range []string{"match", "match-pca", "match-monge-kantorovich"} {
		for space := range colourSpaces {
			same, matched, err := colourSettings{mode, space}.before(content, []image.Image{style})
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := channels(matched[0]); same != content || !(distance(got, want) < 0.1 && distance(before, want) > 0.2) {
				t.Errorf("-colour %s in %s: the style's means %.3f became %.3f, the content's are %.3f", mode, space, before, got, want)
			}
		}
	}
	for args, want := range map[string]string{"-colour red": `no colour mode "red"; there are style, keep, match`,
		"-colour-space lab": `no colour space "lab"; there are srgb and linear`, "-bits 12": "-bits is 8, or 16", "-o a.jpg -bits 16": "found 16 for a.jpg"} {
		err := stylizeCommand(t.Context(), append([]string{"-content", "a", "-style", "b"}, strings.Fields(args)...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", args, err)
		}
	}
}
