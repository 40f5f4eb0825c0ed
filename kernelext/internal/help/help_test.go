package help

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const earlier = `package main

import (
	"math"
	str "strings"
)

// Wave is made of crests.
type Wave struct{ Height float64 }

// Rise returns a higher wave.
func (w Wave) Rise(by float64) Wave { return Wave{w.Height + by} }

var tide = Wave{math.Pi}
var ebb struct{ Level int }
var shout = str.ToUpper
`

// cursor splits a cell at the mark | and returns the code and the cursor.
func cursor(t *testing.T, cell string) (code string, at int) {
	t.Helper()
	before, after, ok := strings.Cut(cell, "|")
	if !ok {
		t.Fatalf("no cursor in %q", cell)
	}
	return before + after, len([]rune(before))
}

// TestCompose: statements stand in a function, declarations in the other file, but for one that the cursor is in.
func TestCompose(t *testing.T) {
	for _, test := range []struct {
		cell, want string
		at         position
		others     string // declarations
	}{
		{"x := 3|", "func main() {\nx := 3\n}\n", position{1, 6}, ""},
		{"!ls\n%% -flag\nfmt.Pri|", "func main() {\n\n\nfmt.Pri\n}\n", position{3, 7}, ""},
		{"package other\nvar s = `\n%%\n`|", "func main() {\n\nvar s = `\n%%\n`\n}\n", position{4, 1}, ""},
		{"%test\nfunc TestX(|", "\n\nfunc TestX(", position{2, 11}, ""},
		{"s := \"🌊é\"; |", "func main() {\ns := \"🌊é\"; \n}\n", position{1, 12}, ""},
		{"import \"os\"\n// f is one.\nfunc f() {}\nos.Ex|", "import \"os\"; func main() {\n           \n// f is one.\n           \nos.Ex\n}\n", position{4, 5}, "\n// f is one.\nfunc f() {}"},
		{"x := 1\nfunc f() {\n\tstr.|\n}", "\n      \nfunc f() {\n\tstr.\n}", position{3, 5}, ""},
	} {
		code, at := cursor(t, test.cell)
		p := compose(earlier, code, at)
		want := `package main; import "math"; import str "strings"; ` + test.want
		if p.cell != want || p.at != test.at || p.earlier != earlier+test.others {
			t.Errorf("%q: %q at %v with %q, want %q at %v", test.cell, p.cell, p.at, strings.TrimPrefix(p.earlier, earlier), want, test.at)
		}
		if back := p.cursorAt(p.at); back != at {
			t.Errorf("%q: the cursor %d comes back as %d", test.cell, at, back)
		}
	}
}

// server starts a gopls in a module of its own.
func server(t testing.TB) *Server {
	t.Helper()
	if _, err := exec.LookPath("gopls"); err != nil {
		t.Skip("gopls is not installed; stylenet lab installs it, and test -browser tries it")
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module cells\n\ngo 1.26\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOWORK", "off")
	s, err := Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	<-s.gopls.ready
	return s
}

func TestComplete(t *testing.T) {
	s := server(t)
	for _, test := range []struct{ cell, match, replaces string }{
		{"import \"fmt\"\n%%\nfmt.Printl|", "Println", "Printl"},
		{"import \"fmt\"\n%%\nfor {\n\tfmt.Println(math.Flo|", "Floor", "Flo"}, // unfinished; imported by an earlier cell
		{"%%\nif tide.|", "Height", ""},
		{"%%\nx := tide.Ri|\ny := 3", "Rise", "Ri"},
		{"func f() string { return sho|", "shout", "sho"},
		{"%%\ns := \"🌊\"; _ = str.Titl|", "Title", "Titl"},
		{"%%\ntide.Rise(ebb.Lev|)", "Level", "Lev"}, // gopls would convert it
		{"!ls\n%%\nthing := 1\nthi|", "thing", "thi"},
	} {
		code, at := cursor(t, test.cell)
		c, err := s.Complete(earlier, code, at)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(c.Matches, test.match) || c.End != at || string([]rune(code)[c.Start:c.End]) != test.replaces {
			t.Errorf("%q: %q for the characters %d to %d, want %q for %q", test.cell, c.Matches, c.Start, c.End, test.match, test.replaces)
		}
	}
	code, at := cursor(t, "%%\ntide.Ris|")
	c, err := s.Complete(earlier, code, at)
	if err != nil {
		t.Fatal(err)
	}
	types, _ := c.Metadata["_jupyter_types_experimental"].([]map[string]any)
	if len(types) == 0 || types[0]["type"] != "method" || types[0]["signature"] != "func(by float64) Wave" {
		t.Errorf("what the matches are: %v", types)
	}
}

func TestInspect(t *testing.T) {
	s := server(t)
	for _, test := range []struct{ cell, want string }{
		{"%%\nmath.Flo|or(1)", "Floor returns the greatest integer value less than or equal to x."},
		{"%%\nmath.Max(|", "func Max(x float64, y float64) float64"},
		{"%%\nmath.Max(1, |", "Max returns the larger of x or y."},
		{"%%\nfor {\n\tif tide.Rise(|", "Rise returns a higher wave."},
		{"var w Wave|", "Wave is made of crests."},
	} {
		code, at := cursor(t, test.cell)
		data, err := s.Inspect(earlier, code, at)
		if err != nil {
			t.Fatal(err)
		}
		markdown, _ := data["text/markdown"].(string)
		plain, _ := data["text/plain"].(string)
		if !strings.Contains(markdown, test.want) || !strings.Contains(plain, test.want) || strings.Contains(plain, "```") {
			t.Errorf("%q: %q, in Markdown %q, want %q", test.cell, plain, markdown, test.want)
		}
	}
	code, at := cursor(t, "%%\nx := 1 + |")
	if data, err := s.Inspect(earlier, code, at); err != nil || data == nil || len(data) > 0 {
		t.Errorf("where nothing stands: %v, %v", data, err)
	}
}

func TestWorkspace(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.work":                 "go 1.26\n\nuse (\n\t.\n\t./tide\n)\n",
		"go.mod":                  "module cells\n\ngo 1.26\n",
		"tide/go.mod":             "module tide\n\ngo 1.26\n",
		"tide/tide.go":            "package tide\n",
		"tide/ebb/ebb.go":         "package ebb\n",
		"tide/internal/secret.go": "package internal\n",
		"tide/cmd/main.go":        "package main\n\nfunc main() {}\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", "auto")
	const want = "package main\nimport _ \"tide\"\nimport _ \"tide/ebb\"\n"
	if got := workspace(folder); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What the cells that ran import is known of, and a change of the module too.
func TestChanged(t *testing.T) {
	s := server(t)
	path := filepath.Join(s.folder, "tide")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Changed(filepath.Join(path, name)); err != nil {
			t.Fatal(err)
		}
	}
	const code = "import \"cells/tide\"\n%%\ntide."
	for _, name := range []string{"Ebb", "Flow"} {
		write("tide.go", "package tide\n\nfunc "+name+"() {}\n")
		c, err := s.Complete("package main\n", code, len(code))
		if err != nil || !slices.Equal(c.Matches, []string{name}) {
			t.Errorf("%q, %v, want %s", c.Matches, err, name)
		}
	}
	if err := os.WriteFile(filepath.Join(s.folder, "go.mod"), []byte("module waves\n\ngo 1.26\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	renamed := strings.Replace(code, "cells", "waves", 1)
	if c, err := s.Complete("package main\n", renamed, len(renamed)); err != nil || !slices.Equal(c.Matches, []string{"Flow"}) {
		t.Errorf("after a change of go.mod: %q, %v", c.Matches, err)
	}
}

// A gopls that has ended is one line, at once.
func TestEnded(t *testing.T) {
	s := server(t)
	s.Stop()
	if _, err := s.Complete(earlier, "x", 1); err == nil || err.Error() != "gopls has ended" {
		t.Errorf("%v", err)
	}
	s.Stop()
}

func BenchmarkComplete(b *testing.B) {
	s := server(b)
	code := "import \"fmt\"\n%%\nfmt.Printl"
	for n := 0; b.Loop(); n++ {
		if c, err := s.Complete(earlier, code+strings.Repeat(" ", n%2), len(code)); err != nil || len(c.Matches) == 0 {
			b.Fatal(c, err)
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	s := server(b)
	for b.Loop() {
		if data, err := s.Inspect(earlier, "%%\nmath.Max(", 12); err != nil || len(data) == 0 {
			b.Fatal(data, err)
		}
	}
}
