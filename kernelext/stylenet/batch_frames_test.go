//go:build cgo

package main

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/picture"
	"stylenet/weights"
)

// Frames are painted in the order of their numbers, each from the result of the one before; one that fails is left out.
func TestBatchFrames(t *testing.T) {
	needBackend(t)
	frames, folder := t.TempDir(), t.TempDir()
	for i, name := range []string{"f9.png", "f10.png", "f11.png", "f12.png"} {
		img := picture.ResizeTo(mustOpen(t, ourPicture([]string{"waves", "waves", "autumn", "mosaic"}[i])), 24, 17)
		if err := picture.Save(filepath.Join(frames, name), img); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"f10.png": "damaged", "notes.txt": "no frame"} {
		if err := os.WriteFile(filepath.Join(frames, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	flags := smallFlags(t, "-style", ourPicture("mosaic"), "-init", "previous", "-o", folder)
	run := func() (string, error) {
		var err error
		out := captured(t, func() { err = batchCommand(t.Context(), append([]string{frames}, flags...)) })
		return out, err
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	starts := func() (list []string) {
		for _, name := range []string{"f9.png", "f11.png", "f12.png"} {
			r, err := readRecipe(at(name))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, r.Options.start.Init)
		}
		return list
	}
	out, err := run()
	if err == nil || !strings.HasSuffix(err.Error(), "f10.png") || !strings.Contains(out, "3 painted, 0 finished before, 1 failed") {
		t.Fatalf("error %v, printed %s", err, out)
	}
	if got, want := starts(), []string{"colour", at("f9.png"), at("f11.png")}; !slices.Equal(got, want) {
		t.Errorf("started from %v, want %v", got, want)
	}
	if out, _ = run(); !strings.Contains(out, "0 painted, 3 finished before, 1 failed") {
		t.Errorf("the second time printed %s", out)
	}
	// The frame is mended: it is painted, and so are those after it, which start elsewhere now.
	if err := picture.Save(filepath.Join(frames, "f10.png"), picture.ResizeTo(mustOpen(t, ourPicture("meadow")), 24, 17)); err != nil {
		t.Fatal(err)
	}
	if out, err = run(); err != nil || !strings.Contains(out, "3 painted, 1 finished before, 0 failed") {
		t.Errorf("error %v, printed %s", err, out)
	}
	if got, want := starts(), []string{"colour", at("f10.png"), at("f11.png")}; !slices.Equal(got, want) {
		t.Errorf("started from %v, want %v", got, want)
	}
}

// Of a scene that stands still, seen by a camera with noise, frames that start from the one before flicker less.
func TestBatchFramesCalm(t *testing.T) {
	if testing.Short() {
		t.Skip("paints frames")
	}
	needBackend(t)
	frames, random := t.TempDir(), rand.New(rand.NewPCG(1, 0))
	scene := picture.ResizeTo(mustOpen(t, ourPicture("waves")), 64, 45)
	for i := range 3 {
		frame := image.NewNRGBA(scene.Bounds())
		draw.Draw(frame, frame.Rect, scene, image.Point{}, draw.Src)
		for k := range frame.Pix {
			if k%4 != 3 {
				frame.Pix[k] = uint8(min(max(float64(frame.Pix[k])+3*random.NormFloat64(), 0), 255))
			}
		}
		if err := picture.Save(filepath.Join(frames, fmt.Sprintf("%d.png", i)), frame); err != nil {
			t.Fatal(err)
		}
	}
	b := &batch{}
	apart, chained := flicker(t, b, frames, "content"), flicker(t, b, frames, "previous")
	t.Logf("from frame to frame %.3f of the range changes, %.3f where each starts from the one before", apart, chained)
	if !(chained < 0.6*apart) {
		t.Errorf("frames that start from the one before flicker by %.3f, others by %.3f", chained, apart)
	}
}

// flicker paints three frames and returns what changes from the second to the third, a root mean square.
func flicker(t *testing.T, b *batch, frames, init string) float64 {
	t.Helper()
	folder := t.TempDir()
	jobs, err := parseBatch([]string{frames, "-style", ourPicture("night_sky"), "-weights", weights.OwnName, "-size", "64",
		"-steps", "30", "-optimizer", "lbfgs", "-init", init, "-o", folder})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if _, err := b.do(t.Context(), j); err != nil {
			t.Fatal(err)
		}
	}
	square, n := 0., 0.
	second, third := mustOpen(t, filepath.Join(folder, "1.png")), mustOpen(t, filepath.Join(folder, "2.png"))
	size := second.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			r, g, bl, _ := second.At(x, y).RGBA()
			r2, g2, bl2, _ := third.At(x, y).RGBA()
			for _, d := range []float64{float64(r) - float64(r2), float64(g) - float64(g2), float64(bl) - float64(bl2)} {
				square, n = square+d*d/0xffff/0xffff, n+1
			}
		}
	}
	return math.Sqrt(square / n)
}
