//go:build cgo

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBatchRefuses(t *testing.T) {
	good := `{"content": "a.jpg", "style": "b.jpg"}`
	frames := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
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
		{`{"content": "a.jpg", "style": ["b.jpg", "c.jpg"], "between": 3}`, "", "jobs.jsonl:1: between paints a row of pictures"},
		{`{"content": "a.jpg", "style": "b.jpg", "init": "previous"}`, "", "jobs.jsonl:1: init previous is for a folder of frames"},
		{good + "\n" + good, "", "jobs.jsonl:1 and "},
		{`{"content": "a.jpg", "style": "b.jpg", "o": "x.png"}` + "\n" + `{"content": "c.jpg", "style": "b.jpg", "o": "` + filepath.ToSlash(here) + `/x.png"}`, "", "would both write "},
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
		return jobs[0].asked.output.File
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

// Files are named in bytes that systems take, and read as editors and systems leave them.
func TestBatchReadsWhatIsThere(t *testing.T) {
	kanji := strings.Repeat("画", 70)
	jobs, err := parseBatch([]string{jobsFile(t, "\uFEFF"+line(t, map[string]any{"content": kanji + ".jpg", "style": kanji + ".png"}))})
	if err != nil {
		t.Fatal(err)
	}
	if name := filepath.Base(jobs[0].asked.output.File); len(name) > 120 || !utf8.ValidString(name) || !strings.HasPrefix(name, "画画画") {
		t.Errorf("name %q", name)
	}
	folder := t.TempDir()
	for _, name := range []string{"._a.png", "a.png", "b.jpg", "b.png"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if jobs, err = parseBatch([]string{folder, "-style", "b.jpg"}); err != nil {
		t.Fatal(err)
	}
	var outputs []string
	for _, j := range jobs {
		outputs = append(outputs, filepath.Base(j.asked.output.File))
	}
	if want := []string{"a.png", "b.jpg.png", "b.png.png"}; !slices.Equal(outputs, want) {
		t.Errorf("results %q, want %q", outputs, want)
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
