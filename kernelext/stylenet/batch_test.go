//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
)

// smallFlags are flags with which a picture is painted at once.
func smallFlags(t *testing.T, args ...string) []string {
	return append([]string{"-weights", slimNetwork(t), "-size", "24", "-steps", "3", "-content-layers", "relu2_2", "-style-layers", "relu1_1,relu2_1"}, args...)
}

// jobsFile writes jobs, each a JSON object by alternating names and values, and returns the file.
func jobsFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jobs.jsonl")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// line is a job as a line.
func line(t *testing.T, fields map[string]any) string {
	t.Helper()
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ourPicture is the path of one of our own pictures.
func ourPicture(name string) string {
	return filepath.Join("..", "..", "notebooks", "pictures", name+".jpg")
}

// A batch paints what it can, names what failed, and is not done again; a job that has changed is.
func TestBatch(t *testing.T) {
	needBackend(t)
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	first := map[string]any{"content": ourPicture("waves"), "style": ourPicture("mosaic"), "o": at("first.png")}
	missing := map[string]any{"content": at("nothere.jpg"), "style": ourPicture("mosaic")}
	huge := map[string]any{"style": ourPicture("mosaic"), "size": 4000000000}
	third := map[string]any{"content": ourPicture("meadow"), "style": []string{ourPicture("mosaic"), ourPicture("autumn")}, "style-mix": []int{3, 1}, "steps": 2}
	foreign := map[string]any{"content": ourPicture("waves"), "style": ourPicture("mosaic"), "o": at("foreign.png")}
	photograph := mustOpen(t, ourPicture("waves"))
	if err := picture.Save(at("foreign.png"), photograph); err != nil {
		t.Fatal(err)
	}
	flags := smallFlags(t, "-o", folder)
	run := func() (string, error) {
		var err error
		jobs := jobsFile(t, line(t, first), "", line(t, missing), line(t, huge), line(t, third), line(t, foreign))
		out := captured(t, func() { err = batchCommand(t.Context(), append([]string{jobs}, flags...)) })
		return out, err
	}
	out, err := run()
	if err == nil || !strings.Contains(err.Error(), ".jsonl:3, ") || !strings.HasSuffix(err.Error(), ".jsonl:6") || !strings.Contains(out, "2 painted, 0 finished before, 3 failed") {
		t.Fatalf("error %v, want lines 3, 4 and 6 named; printed %s", err, out)
	}
	if got := mustOpen(t, at("foreign.png")); got.Bounds() != photograph.Bounds() {
		t.Error("a picture that no job has made was painted over")
	}
	own, _ := filepath.Glob(at("meadow-mosaic-autumn-*.png"))
	if len(own) != 1 {
		t.Fatalf("results %v, want one for the third job", own)
	}
	if r, err := readRecipe(own[0]); err != nil || r.Taken != 2 || !slices.Equal(r.Options.pictures.Mix, []float64{3, 1}) || r.Options.pictures.Size != 24 {
		t.Errorf("recipe %+v, error %v; want the job's 2 steps and the flags' size", r, err)
	}
	if out, _ = run(); !strings.Contains(out, "0 painted, 2 finished before, 3 failed") {
		t.Errorf("the second time printed %s", out)
	}
	first["style-weight"] = 3
	if out, _ = run(); !strings.Contains(out, "1 painted, 1 finished before, 3 failed") {
		t.Errorf("with another style weight it printed %s", out)
	}
	if r, err := readRecipe(at("first.png")); err != nil || r.Options.loss.StyleWeight != 3 {
		t.Errorf("recipe %+v, error %v; want the new style weight", r, err)
	}
}

// What a job is painted from, not what files are called, decides whether a result is its own.
func TestBatchFinished(t *testing.T) {
	painted := filepath.Join(stylizeSmall(t), "out.png")
	flags := []string{"-again", painted, "-o", painted}
	finished := func(args ...string) bool {
		asked, _, err := parseSettings(flags, args)
		if err != nil {
			t.Fatal(err)
		}
		var s session
		p, err := s.prepare(t.Context(), asked, nil)
		if err != nil {
			t.Fatal(err)
		}
		done, err := p.finished()
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	moved := filepath.Join(t.TempDir(), "moved.jpg")
	data, err := os.ReadFile(ourPicture("waves"))
	if err == nil {
		err = os.WriteFile(moved, data, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !finished() || !finished("-content", moved, "-every", "7") {
		t.Error("the same painting is not known again")
	}
	for _, args := range [][]string{{"-content", ourPicture("meadow")}, {"-style", ourPicture("autumn")}, {"-weights", "random"}, {"-steps", "6"},
		{"-init", "noise"}, {"-init", moved}, {"-mask", moved}, {"-mask", "all"}, {"-bits", "16"}, {"-size", "25"}, {"-tv-weight", "1"}, {"-style", ourPicture("mosaic"), "-style", ourPicture("mosaic")}} {
		if finished(args...) {
			t.Errorf("%v: taken for the painting that it is not", args)
		}
	}
}

// Jobs whose network is run in one way share a stylizer, whatever else they change, and each paints what it paints alone.
func TestBatchSharesPrograms(t *testing.T) {
	needBackend(t)
	folder := t.TempDir()
	aJob := func(fields map[string]any) string {
		fields["content"] = ourPicture("waves")
		if fields["style"] == nil {
			fields["style"] = ourPicture("mosaic")
		}
		return line(t, fields)
	}
	jobs := jobsFile(t, aJob(map[string]any{}), aJob(map[string]any{"style": ourPicture("autumn"), "style-weight": 3, "seed": 2, "init": "noise", "steps": 2, "colour": "keep", "size": 20}),
		aJob(map[string]any{"pooling": "avg"}), aJob(map[string]any{"pooling": "avg", "preset": "seed", "steps": 2}), aJob(map[string]any{"pooling": "avg", "preset": "seed", "size": 20, "steps": 2}))
	list, err := parseBatch(append([]string{jobs}, smallFlags(t, "-o", folder)...))
	if err != nil {
		t.Fatal(err)
	}
	paint := func(s *session, j *job) *stylelib.Result {
		t.Helper()
		p, err := s.prepare(t.Context(), j.asked, nil)
		if err != nil {
			t.Fatal(err)
		}
		result, err := s.paint(t.Context(), p, func(stylelib.Step) {})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	var shared session
	var stylizers []*stylelib.Stylizer
	for i, j := range list {
		got := paint(&shared, j)
		if want := paint(&session{}, j); !slices.Equal(got.State.Picture, want.State.Picture) {
			t.Errorf("job %d: not what it paints alone", i+1)
		}
		stylizers = append(stylizers, shared.stylizer)
	}
	for i, same := range []bool{true, false, false, true} {
		if (stylizers[i] == stylizers[i+1]) != same {
			t.Errorf("jobs %d and %d: sharing a stylizer is %t, want %t", i+1, i+2, !same, same)
		}
	}
}

// A batch that is stopped leaves no half picture, and the same command goes on.
func TestBatchStopped(t *testing.T) {
	needBackend(t)
	folder := t.TempDir()
	job := func(name string, steps int) string {
		return line(t, map[string]any{"content": ourPicture("waves"), "style": ourPicture("mosaic"), "o": filepath.Join(folder, name), "steps": steps})
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(folder, "first.png")); err == nil {
				time.Sleep(100 * time.Millisecond)
				stop()
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	jobs := jobsFile(t, job("first.png", 2), job("second.png", 10_000_000), job("third.png", 2))
	out := captured(t, func() {
		if err := batchCommand(ctx, append([]string{jobs}, smallFlags(t)...)); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
	if !strings.Contains(out, "1 painted, 0 finished before, 0 failed, 2 not painted: the same command goes on") {
		t.Errorf("printed %s", out)
	}
	if files, _ := filepath.Glob(filepath.Join(folder, "*")); len(files) != 1 {
		t.Errorf("%v are there, want the first picture alone", files)
	}
}
