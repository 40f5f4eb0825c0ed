//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stylenet/stylelib"
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
	third := map[string]any{"content": ourPicture("meadow"), "style": []string{ourPicture("mosaic"), ourPicture("autumn")}, "style-mix": []int{3, 1}, "steps": 2}
	foreign := map[string]any{"content": ourPicture("waves"), "style": ourPicture("mosaic"), "o": at("foreign.png")}
	photograph := mustOpen(t, ourPicture("waves"))
	if err := stylelib.SavePicture(at("foreign.png"), photograph); err != nil {
		t.Fatal(err)
	}
	flags := smallFlags(t, "-o", folder)
	run := func() (string, error) {
		var err error
		jobs := jobsFile(t, line(t, first), "", line(t, missing), line(t, third), line(t, foreign))
		out := captured(t, func() { err = batchCommand(t.Context(), append([]string{jobs}, flags...)) })
		return out, err
	}
	out, err := run()
	if err == nil || !strings.Contains(err.Error(), ".jsonl:3, ") || !strings.HasSuffix(err.Error(), ".jsonl:5") || !strings.Contains(out, "2 painted, 0 finished before, 2 failed") {
		t.Fatalf("error %v, want lines 3 and 5 named; printed %s", err, out)
	}
	if got := mustOpen(t, at("foreign.png")); got.Bounds() != photograph.Bounds() {
		t.Error("a picture that no job has made was painted over")
	}
	own, _ := filepath.Glob(at("meadow-mosaic-autumn-*.png"))
	if len(own) != 1 {
		t.Fatalf("results %v, want one for the third job", own)
	}
	if r, err := readRecipe(own[0]); err != nil || r.Taken != 2 || !slices.Equal(r.Options.StyleMix, []float64{3, 1}) || r.Options.Size != 24 {
		t.Errorf("recipe %+v, error %v; want the job's 2 steps and the flags' size", r, err)
	}
	if out, _ = run(); !strings.Contains(out, "0 painted, 2 finished before, 2 failed") {
		t.Errorf("the second time printed %s", out)
	}
	first["style-weight"] = 3
	if out, _ = run(); !strings.Contains(out, "1 painted, 1 finished before, 2 failed") {
		t.Errorf("with another style weight it printed %s", out)
	}
	if r, err := readRecipe(at("first.png")); err != nil || r.Options.StyleWeight != 3 {
		t.Errorf("recipe %+v, error %v; want the new style weight", r, err)
	}
}

// What a job is painted from, not what files are called, decides whether a result is its own.
func TestBatchFinished(t *testing.T) {
	painted := filepath.Join(stylizeSmall(t), "out.png")
	flags := []string{"-again", painted, "-o", painted}
	finished := func(args ...string) bool {
		p, _, err := parsePainting(flags, args)
		if err != nil {
			t.Fatal(err)
		}
		var s studio
		if err := s.prepare(t.Context(), p, nil); err != nil {
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

// Jobs of the same settings share a painter, whose programs are compiled once for a size; others do not.
func TestBatchSharesPrograms(t *testing.T) {
	needBackend(t)
	folder := t.TempDir()
	job := func(fields map[string]any) string {
		fields["content"] = ourPicture("waves")
		if fields["style"] == nil {
			fields["style"] = ourPicture("mosaic")
		}
		return line(t, fields)
	}
	jobs := jobsFile(t, job(map[string]any{}), job(map[string]any{"style": ourPicture("autumn"), "style-weight": 3, "seed": 2, "init": "noise", "steps": 2, "colour": "keep", "size": 20}),
		job(map[string]any{"pooling": "avg"}), job(map[string]any{"pooling": "avg", "preset": "seed", "steps": 2}), job(map[string]any{"pooling": "avg", "preset": "seed", "size": 20, "steps": 2}))
	list, err := parseBatch(append([]string{jobs}, smallFlags(t, "-o", folder)...))
	if err != nil {
		t.Fatal(err)
	}
	var st studio
	var painters []*stylelib.Painter
	for _, j := range list {
		if err := st.prepare(t.Context(), j.p, nil); err != nil {
			t.Fatal(err)
		}
		preset, err := j.p.preset()
		if err == nil {
			_, err = j.p.open(preset)
		}
		if err == nil {
			err = st.makePainter(j.p, preset)
		}
		if err != nil {
			t.Fatal(err)
		}
		painters = append(painters, st.painter)
	}
	for i, same := range []bool{true, false, false, false} {
		if (painters[i] == painters[i+1]) != same {
			t.Errorf("jobs %d and %d: sharing a painter is %t, want %t", i+1, i+2, !same, same)
		}
	}
}

// Frames are painted in the order of their numbers, each from the result of the one before; one that fails is left out.
func TestBatchFrames(t *testing.T) {
	needBackend(t)
	frames, folder := t.TempDir(), t.TempDir()
	for i, name := range []string{"f9.png", "f10.png", "f11.png", "f12.png"} {
		picture := stylelib.ResizeTo(mustOpen(t, ourPicture([]string{"waves", "waves", "autumn", "mosaic"}[i])), 24, 17)
		if err := stylelib.SavePicture(filepath.Join(frames, name), picture); err != nil {
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
			list = append(list, r.Options.Init)
		}
		return list
	}
	out, err := run()
	if err == nil || !strings.HasSuffix(err.Error(), "f10.png") || !strings.Contains(out, "3 painted, 0 finished before, 1 failed") {
		t.Fatalf("error %v, printed %s", err, out)
	}
	if got, want := starts(), []string{"content", at("f9.png"), at("f11.png")}; !slices.Equal(got, want) {
		t.Errorf("started from %v, want %v", got, want)
	}
	if out, _ = run(); !strings.Contains(out, "0 painted, 3 finished before, 1 failed") {
		t.Errorf("the second time printed %s", out)
	}
	// The frame is mended: it is painted, and so are those after it, which start elsewhere now.
	if err := stylelib.SavePicture(filepath.Join(frames, "f10.png"), stylelib.ResizeTo(mustOpen(t, ourPicture("meadow")), 24, 17)); err != nil {
		t.Fatal(err)
	}
	if out, err = run(); err != nil || !strings.Contains(out, "3 painted, 1 finished before, 0 failed") {
		t.Errorf("error %v, printed %s", err, out)
	}
	if got, want := starts(), []string{"content", at("f10.png"), at("f11.png")}; !slices.Equal(got, want) {
		t.Errorf("started from %v, want %v", got, want)
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

func TestBatchRefuses(t *testing.T) {
	good := `{"content": "a.jpg", "style": "b.jpg"}`
	frames := t.TempDir()
	for _, test := range []struct{ lines, flags, want string }{
		{good + "\n" + `{"content": "a.jpg", "stile": "b.jpg"}`, "", `jobs.jsonl:2: no field "stile"; a job's fields are the flags of stylize: again, `},
		{`{"content": "a.jpg", "style": "b.jpg", "content": "c.jpg"}`, "", `jobs.jsonl:1: field "content" is there twice`},
		{"\n" + `{"content": "a.jpg"`, "", "jobs.jsonl:2: damaged JSON"},
		{`{"content" "a.jpg"}`, "", `jobs.jsonl:1: field "content": damaged JSON`},
		{good + good, "", "jobs.jsonl:1: there is more on the line than one JSON object"},
		{`["a.jpg"]`, "", "jobs.jsonl:1: not a JSON object"},
		{`{"content": "a.jpg", "style": {"file": "b.jpg"}}`, "", `jobs.jsonl:1: field "style" is map[file:b.jpg]; texts, numbers`},
		{`{"content": "a.jpg", "style": "b.jpg", "size": null}`, "", `jobs.jsonl:1: field "size" is <nil>`},
		{`{"content": "a.jpg", "style": "b.jpg", "steps": "many"}`, "", `jobs.jsonl:1: stylize: invalid value "many" for flag -steps`},
		{`{"content": "a.jpg", "style": "b.jpg", "steps": 0}`, "", "jobs.jsonl:1: -steps and -every must be at least 1"},
		{`{}`, "", "jobs.jsonl:1: stylize needs"},
		{`{"content": "a.jpg", "style": "b.jpg", "o": "a.tif"}`, "", "jobs.jsonl:1: output a.tif: a batch writes PNG files"},
		{`{"content": "a.jpg", "style": "b.jpg", "recipe": false}`, "", "jobs.jsonl:1: a batch knows by their recipes"},
		{`{"content": "a.jpg", "style": "b.jpg", "init": "previous"}`, "", "jobs.jsonl:1: init previous is for a folder of frames"},
		{good + "\n" + good, "", "jobs.jsonl:1 and "},
		{" \n", "", "jobs.jsonl has no jobs"},
		{good, "-trace t.json", "batch: -trace belongs to one picture"},
		{good, "-stile b.jpg", "flag provided but not defined: -stile"},
		{strings.Repeat(" ", 2<<20) + good, "", "jobs.jsonl: bufio.Scanner: token too long"},
	} {
		err := batchCommand(t.Context(), append([]string{jobsFile(t, test.lines)}, strings.Fields(test.flags)...))
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60s: error %v, want one line with %q", test.lines, err, test.want)
		}
	}
	for args, want := range map[string]string{"": "first what to paint", "-size 64 jobs.jsonl": "first what to paint", "nothere.jsonl": "nothere.jsonl: no such file",
		frames: "no pictures in " + frames, frames + " -o " + frames: "the results would go among the pictures"} {
		if err := batchCommand(t.Context(), strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("batch %s: error %v, want %q", args, err, want)
		}
	}
}

// A result's name follows from what the job says: the same for the same, another for another.
func TestBatchNames(t *testing.T) {
	name := func(lines ...string) string {
		jobs, err := parseBatch([]string{jobsFile(t, lines...), "-size", "64"})
		if err != nil {
			t.Fatal(err)
		}
		return jobs[0].p.Output
	}
	first := name(`{"content": "x/a.jpg", "style": ["b.jpg", "y/c.png"]}`)
	if same := name(`{"style": ["b.jpg", "y/c.png"], "content": "x/a.jpg"}`); first != same {
		t.Errorf("%s and %s for the same job", first, same)
	}
	if prefix := filepath.Join("out", "batch", "a-b-c-"); !strings.HasPrefix(first, prefix) || len(first) != len(prefix)+len("12345678.png") {
		t.Errorf("name %s, want %s, eight digits and .png", first, prefix)
	}
	for _, other := range []string{`{"content": "z/a.jpg", "style": ["b.jpg", "y/c.png"]}`, `{"content": "x/a.jpg", "style": ["b.jpg", "y/c.png"], "steps": 7}`} {
		if got := name(other); got == first {
			t.Errorf("%s has the name %s too", other, got)
		}
	}
}

func TestCompareNames(t *testing.T) {
	want := []string{"a", "a1", "a2b", "a10", "a10b", "a011", "b", "frame-9.png", "frame-10.png", "frame-100.png"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNames)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("order %v, want %v", got, want)
	}
}
