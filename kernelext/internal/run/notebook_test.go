package run

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files under testdata were made by Jupyter's own packages: testdata/make.py.

func TestNotebookIsWrittenAsJupyterWritesIt(t *testing.T) {
	notebook, err := ReadNotebook("testdata/before.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "again.ipynb")
	if err := notebook.write(path); err != nil {
		t.Fatal(err)
	}
	compareFiles(t, path, "testdata/before.ipynb")
}

func TestMessagesBecomeOutputs(t *testing.T) {
	notebook, err := ReadNotebook("testdata/before.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("testdata/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	var messages [][]json.RawMessage // cell, kind, content
	if err := json.Unmarshal(data, &messages); err != nil {
		t.Fatal(err)
	}
	var collected outputs
	cells := map[int][]output{}
	ran := 0
	for number, cell := range notebook.code {
		for _, m := range messages {
			var at int
			var kind string
			if json.Unmarshal(m[0], &at); at != number+1 {
				continue
			}
			json.Unmarshal(m[1], &kind)
			if err := collected.add(kind, m[2]); err != nil {
				t.Fatal(err)
			}
		}
		if cells[number] = collected.next(); len(cells[number]) > 0 {
			ran++
			cell.count = ran
		}
	}
	for number, cell := range notebook.code {
		cell.setOutputs(cells[number])
	}
	path := filepath.Join(t.TempDir(), "after.ipynb")
	if err := notebook.write(path); err != nil {
		t.Fatal(err)
	}
	compareFiles(t, path, "testdata/after.ipynb")
}

func compareFiles(t *testing.T, got, want string) {
	t.Helper()
	g, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	w, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(g, w) {
		return
	}
	gotLines, wantLines := strings.Split(string(g), "\n"), strings.Split(string(w), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("line %d is\n%s\nwant, as in %s,\n%s", i+1, gotLines[i], want, wantLines[i])
		}
	}
	t.Fatalf("%d lines, want %d, as in %s", len(gotLines), len(wantLines), want)
}

func TestOldNotebookGetsCellIds(t *testing.T) {
	notebook := readText(t, `{"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [
		{"cell_type": "markdown", "metadata": {}, "source": "a"},
		{"cell_type": "code", "metadata": {}, "source": ["x := 1\n", "y := 2"], "outputs": [], "execution_count": null}]}`)
	if id := notebook.code[0].fields["id"]; id != "cell-2" {
		t.Errorf("the second cell has the id %v, want cell-2", id)
	}
	if minor := notebook.fields["nbformat_minor"]; minor != 5 {
		t.Errorf("nbformat_minor %v, want 5: ids came with 4.5", minor)
	}
	if source := notebook.code[0].source; source != "x := 1\ny := 2" {
		t.Errorf("source %q, want the joined lines", source)
	}
}

func TestWhatIsNoNotebookIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"nbformat": 3, "worksheets": []}`:        "nbformat 3, want 4",
		`{"nbformat": 4}`:                          "no list of cells",
		`{"nbformat": 4, "cells": ["x"]}`:          "cell 1 is not an object",
		`{"nbformat": 4, "cells": [`:               "not a notebook",
		`{"cells": []}`:                            "nbformat",
		"\x89PNG\r\n":                              "not a notebook",
		`{"nbformat": 4, "cells": {"a": [1, 2]}} `: "no list of cells",
		`{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "python"}}}`:                              "is written in python",
		`{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"name": "go"}, "language_info": {"name": "python"}}}`: "is written in python",
		`{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"name": "python3"}}}`:                                 "is written in python3; only Go runs here",
		`{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"name": "golem"}}}`:                                   "is written in golem",
		"":                                 "is empty",
		" \r\n":                            "is empty",
		"\n<!DOCTYPE html>\n<html></html>": "is a web page",
		"<HTML lang=\"en\">":               "is a web page",
		"{\n<<<<<<< HEAD\n \"nbformat\": 4\n=======\n": "merge conflict in line 2",
		"{\"nbformat\": 4, \"cells\": []}\n{}":         "more text behind its end",
	} {
		path := filepath.Join(t.TempDir(), "x.ipynb")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadNotebook(path); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one with %q, in one line", text, err, want)
		}
		if after, _ := os.ReadFile(path); string(after) != text {
			t.Errorf("%s is now %s", text, after)
		}
	}
}

// TestGoIsRead: what says that it is Go, and what says nothing.
func TestGoIsRead(t *testing.T) {
	for _, metadata := range []string{`{}`, `{"kernelspec": {"name": "stylenet"}}`, `{"kernelspec": {"name": "gonb"}}`,
		`{"kernelspec": {"language": "go", "name": "mine"}}`, `{"language_info": {"name": "go"}}`, `{"kernelspec": {"name": "go-1.26"}}`} {
		readText(t, `{"nbformat": 4, "nbformat_minor": 5, "metadata": `+metadata+`, "cells": []}`)
	}
	notebook := readText(t, "\ufeff"+`{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {"tags": ["a", "skip-execution"]}, "source": ""}]}`)
	if cell := notebook.code[0]; !cell.has(skipTag) || cell.has(raisesTag) {
		t.Error("the tags of a cell are not found")
	}
}

func readText(t *testing.T, text string) *Notebook {
	t.Helper()
	path := filepath.Join(t.TempDir(), "text.ipynb")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	notebook, err := ReadNotebook(path)
	if err != nil {
		t.Fatal(err)
	}
	return notebook
}

func TestTitle(t *testing.T) {
	for _, c := range []struct{ heading, source, want string }{
		{"Look at the cat", "// other\nx()", "Look at the cat"},
		{"", "import (\n\t\"fmt\"\n)\n\n// Paint it.\nfunc f() {}", "Paint it."},
		{"", "%%\n\nfmt.Println(1)", "fmt.Println(1)"},
		{"", "import \"fmt\"\n", "imports"},
		{"", "importance := 3", "importance := 3"},
		{"", "/*\nWhat is to come.\n*/\nf()", "What is to come."},
	} {
		if got := title(c.heading, c.source); got != c.want {
			t.Errorf("title(%q, %q) = %q, want %q", c.heading, c.source, got, c.want)
		}
	}
	if got := lastHeading("# A\ntext # no\n### B b ##\nmore"); got != "B b" {
		t.Errorf("the last heading is %q, want %q", got, "B b")
	}
}

func TestParams(t *testing.T) {
	notebook := readText(t, `{"nbformat": 4, "nbformat_minor": 5, "metadata": {"stylenet": {"quick": {"steps": "3", "size": 64}}},
		"cells": [{"cell_type": "markdown", "source": "Param(\"text\", 1)"},
		{"cell_type": "code", "source": "a := kernelext.Param(\"steps\", 200)\nb := kernelext.Param[string]( \"picture\", p)"},
		{"cell_type": "code", "source": "Param(\"size\", 1); Param( \"weight\" , 0.5 ); notAParam(\"no\", 1); Param(name, 1); NoParam(\"no\")"}]}`)
	if got, want := notebook.params(), []string{"picture", "size", "steps", "weight"}; !slices.Equal(got, want) {
		t.Errorf("parameters %q, want %q", got, want)
	}
	if err := notebook.CheckParams(notebook.Quick()); err != nil {
		t.Errorf("the quick parameters are refused: %v", err)
	}
	if got := notebook.Quick(); got["steps"] != "3" || got["size"] != "64" || len(got) != 2 {
		t.Errorf("quick parameters %v, want steps 3 and size 64", got)
	}
	for params, want := range map[[2]string]string{
		{"steps", "zwei"}:    `parameter steps: "zwei" is not a whole number; without it the value is 200`,
		{"size", "1.5"}:      `parameter size: "1.5" is not a whole number; without it the value is 1`,
		{"weight", "much"}:   `parameter weight: "much" is not a number; without it the value is 0.5`,
		{"weight", "2"}:      "",
		{"picture", "a.jpg"}: "",
	} {
		if err := notebook.CheckParams(map[string]string{params[0]: params[1]}); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: error %v, want %q", params, err, want)
		}
	}
	err := notebook.CheckParams(map[string]string{"steps": "1", "step": "1"})
	if want := `the notebook has no parameter "step"; it has picture, size, steps, weight`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestParamVariable(t *testing.T) {
	got, err := paramVariable(map[string]string{"b": "x=\"y\"", "a": "1"})
	if want := `STYLENET_PARAMS={"a":"1","b":"x=\"y\""}`; err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if got, _ := paramVariable(nil); got != "STYLENET_PARAMS={}" {
		t.Errorf("%s for none, want an empty object", got)
	}
}
