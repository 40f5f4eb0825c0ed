package repl

import (
	"os/exec"
	"path"
	"strings"
	"sync"
	"testing"

	"stylenet/kernelext/internal/cell"
)

// packages are fmt, strings and what they import.
type packages map[string]string

func (p packages) Find(path_ string) (string, error) { return path.Base(path_), nil }

func (p packages) Export(path string) (string, bool) { file, ok := p[path]; return file, ok }

func (p packages) Named(name string) string {
	if p[name] != "" {
		return name
	}
	return ""
}

func (p packages) Everything(do func(path, name string, own bool)) {
	for name := range p {
		do(name, path.Base(name), false)
	}
}

var exported = sync.OnceValue(func() packages {
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "fmt", "strings").Output()
	if err != nil {
		panic(err)
	}
	all := packages{}
	for line := range strings.Lines(string(out)) {
		if name, file, ok := strings.Cut(strings.TrimSpace(line), " "); ok && file != "" {
			all[name] = file
		}
	}
	return all
})

// notebook prepares cells one after the other, as if all of their statements ran.
type notebook struct {
	*Session
	t     *testing.T
	cells int
}

func open(t *testing.T, programs bool) *notebook {
	return &notebook{Session: New(Options{Packages: exported(), Runtime: "fmt", Version: "go1.26", Programs: programs}), t: t}
}

func (n *notebook) run(source string) *Cell {
	n.t.Helper()
	n.cells++
	c, err := n.Prepare(n.cells, source, cell.Statements)
	if err != nil {
		n.t.Fatalf("%s: %v", source, err)
	}
	n.Commit(c, 100)
	return c
}

func (n *notebook) fails(source string) string {
	n.t.Helper()
	n.cells++
	if _, err := n.Prepare(n.cells, source, cell.Statements); err != nil {
		return err.Error()
	}
	n.t.Errorf("%s: no error", source)
	return ""
}

// TestVariablesAreTheLinkers: one name and type is one symbol in all cells, another type another one.
func TestVariablesAreTheLinkers(t *testing.T) {
	n := open(t, false)
	for source, want := range map[string]string{"x := 1": "x gonb.x.0\n"} {
		if c := n.run(source); !strings.Contains(c.Source, "//go:linkname "+want) {
			t.Errorf("%s\nwant in it %q", c.Source, want)
		}
	}
	if c := n.run("x := 2\nx++"); !strings.Contains(c.Source, "gonb.x.0\nvar x int\n") {
		t.Errorf("the same type again:\n%s", c.Source)
	}
	if c := n.run("x := fmt.Sprint(x)"); !strings.Contains(c.Source, "gonb.x.0\nvar x"+tag+"0 int\n") || !strings.Contains(c.Source, "gonb.x.1\nvar x"+tag+"1 string\n") {
		t.Errorf("another type:\n%s", c.Source)
	}
	if c := n.run("len(x)"); !strings.Contains(c.Source, "gonb.x.1\nvar x string\n") || strings.Contains(c.Source, "gonb.x.0") {
		t.Errorf("after it:\n%s", c.Source)
	}
}

// TestDeclarationsAreWrittenAgain: a cell's file has what the cell uses, and all that this uses, and nothing else; what says
// something else than before has another name.
func TestDeclarationsAreWrittenAgain(t *testing.T) {
	n := open(t, false)
	if c := n.run("func a() int { return b() }\nfunc b() int { return 1 }\nfunc other() {}"); !c.Empty {
		t.Error("declarations alone have something to run")
	}
	c := n.run("a()")
	for want, there := range map[string]bool{"func a() int { return b() }": true, "func b() int { return 1 }": true, "func other": false} {
		if strings.Contains(c.Source, want) != there {
			t.Errorf("%q: %t in\n%s", want, !there, c.Source)
		}
	}
	n.run("func b() int { return 2 }")
	if c := n.run("a()"); !strings.Contains(c.Source, "func a"+tag+"1() int { return b"+tag+"1() }") {
		t.Errorf("one that uses a changed one:\n%s", c.Source)
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	n := open(t, false)
	n.run("count := 3\nfunc twice(n int) int {\n\treturn 2 * n\n}")
	for source, want := range map[string]string{
		"y := 1\n\n\tcuont + y":       "line 3: undefined: cuont; count?",
		"fmt.Printn(1)":               "line 1: undefined: fmt.Printn; fmt.Print, fmt.Println?",
		"strings.Builder{}.Writ(nil)": "has no field or method Writ); Write?",
		"x := 1 +":                    "expected operand",
		"f(1,":                        "this '(' is not closed",
		"twice(\"a\")":                "line 1: cannot use \"a\"",
		"for {\n\tz := 1\n}":          "line 2: declared and not used: z",
	} {
		if got := n.fails(source); !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", source, got, want)
		}
	}
	if !n.Remove("twice") || n.Remove("twice") {
		t.Error("Remove does not tell what there was")
	}
	if got := n.fails("twice(1)"); !strings.Contains(got, "undefined: twice") {
		t.Error(got)
	}
}

// TestLose: what was lost says why when it is used.
func TestLose(t *testing.T) {
	n := open(t, false)
	n.run("kept, lost := 1, func() {}")
	n.Kept([]string{"kept"}, map[string]string{"lost": "there is a func in it"})
	if got := n.Variables(); len(got) != 1 || got[0] != "kept" {
		t.Errorf("%q can be read back", got)
	}
	if c := n.Restoring(n.Variables()); !strings.Contains(c.Source, `Restore("kept", &kept)`) || strings.Contains(c.Source, "lost") {
		t.Errorf("restoring:\n%s", c.Source)
	}
	if lost := n.Lose("it is gone", []string{"kept"}); len(lost) != 1 || lost[0] != "lost" {
		t.Errorf("lost are %q", lost)
	}
	if got := n.fails("lost()"); !strings.Contains(got, "undefined: lost: it is gone, and could not be kept: there is a func in it; run cell [1] again") {
		t.Error(got)
	}
	n.run("kept + 1")
}

func TestPrograms(t *testing.T) {
	n := open(t, true)
	n.run("x := 1")
	c := n.run("x + 1")
	if !c.Alone || !strings.HasPrefix(c.Source, "package main\n") || !strings.Contains(c.Source, `Restore("x", &x)`) || strings.Contains(c.Source, "linkname") {
		t.Errorf("a program of its own:\n%s", c.Source)
	}
}

// TestDeclarations: the file for tools has what later cells see, with comments, and imports that never become fewer.
func TestDeclarations(t *testing.T) {
	n := open(t, false)
	n.run("// f is one.\nfunc f() {}\nvar b strings.Builder")
	got := n.Declarations("strings.To")
	for _, want := range []string{"package main\n", "import strings \"strings\"\n", "// f is one.\nfunc f() {}\n", "var b strings.Builder\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nwant in it %q", got, want)
		}
	}
	if again := n.Declarations(""); again != got {
		t.Errorf("with nothing meant:\n%s\nwant\n%s", again, got)
	}
}

func TestComplete(t *testing.T) {
	n := open(t, false)
	n.run("printer := 3\nfunc print3() {}\nimport str \"strings\"")
	for text, want := range map[string]string{
		"x := fmt.Prin": "Print Printf Println", "str.ToU": "ToUpper ToUpperSpecial", "a + prin": "print3 printer", "fmt.": "Append", "printer.": "", "": "", "nosuch.A": "",
	} {
		names, typed := n.Complete(text)
		if got := strings.Join(names, " "); got != want && (text != "fmt." || !strings.HasPrefix(got, want)) || !strings.HasSuffix(text, typed) {
			t.Errorf("%q: %q behind %q, want %q", text, got, typed, want)
		}
	}
}

func TestClean(t *testing.T) {
	if got := Clean("a" + tag + "12.b" + tag + " ۱۲"); got != "a.b ۱۲" {
		t.Errorf("%q", got)
	}
}
