package cell

import (
	"strings"
	"testing"
)

// TestKinds: in the wanted text, one letter stands for each line: g Go, c a command, m more of it, p a package clause, e
// an embed comment.
func TestKinds(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"empty", "", "g"},
		{"main", "import \"fmt\"\n%%\nfmt.Println(1)", "gcg"},
		{"main with arguments", "%% --steps=3 \"a b\"\nx := 1", "cg"},
		{"commands", "!ls\n!*go mod tidy\n%env A=b\n%test\nfunc f() {}", "ccccg"},
		{"a prefix", "//gonb:%%\n//gonb: no\nx := 1", "cgg"},
		{"a backslash", "!echo a \\\n  b \\\n!c\nx := 1", "cmmg"},
		{"a backslash at the end", "!echo a \\", "c"},
		{"quotes in a command", "!echo it's `a\n!echo \"b\n/* !no\n*/\n!echo */", "ccggc"},
		{"nothing behind the mark", "!\n%\n! \nx := 1", "gggg"},
		{"indented", " !ls", "g"},
		{"raw string", "%%\nx := `first\n%d percent\n!important\n%%\n`\n!ls", "cgggggc"},
		{"comments", "/*\n!touch a\n%%\n*/\n// text\n!ls\n// !no", "gggggcg"},
		{"a comment behind a statement", "x := 1 /* a\n!touch b\n*/\n!ls", "gggc"},
		{"a prefix in a comment", "/*\n//gonb:!touch a\n*/", "ggg"},
		{"expression", "ok := a &&\n!b\n!ls", "ggc"},
		{"expression over a comment", "ok := a && // so\n\n!b", "ggg"},
		{"arguments", "f(a,\n!b)\n[]bool{\n!a,\n}\n!ls", "gggggc"},
		{"modulo", "x := (a\n% b)", "gg"},
		{"for", "for i := 0;\n!done(i); i++ {\n!ls\n}\n!ls", "ggggc"},
		{"if", "if x := f();\n!x {\n}\nx := 1;\n!ls", "ggggc"},
		{"function", "func f() {\n!ls\n%%\n}\n%%", "ggggc"},
		{"function literal", "f := func() bool {\nreturn\n!x }\n!ls", "gggc"},
		{"unfinished call", "fmt.Println(\n%%", "gg"},
		{"unfinished string", "x := `a\n%%", "gg"},
		{"unfinished comment", "/*\n%%", "gg"},
		{"unfinished quote", "x := \"a\n!ls", "gc"},
		{"too many brackets", "}\n)\n!ls", "ggc"},
		{"package", "package main\n\npackages := `\npackage main`\n// package\nfunc f() {\n}", "pgggggg"},
		{"embed", "import _ \"embed\"\n//go:embed a.txt\nvar a string\nvar b = `\n//go:embed c`", "geggg"},
		{"not Go at all", "§ ??\n#!/bin/sh\n!ls", "ggc"},
	} {
		got := ""
		for _, kind := range Kinds(strings.Split(c.source, "\n")) {
			got += "gcmpe"[kind : kind+1]
		}
		if got != c.want {
			t.Errorf("%s: the lines of %q are %s, want %s", c.name, c.source, got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	got := Lines("\ufeff%%\r\nx := `a\r\nb`\n\rc\r\n")
	if want := "%%|x := `a|b`|\rc|"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCheck(t *testing.T) {
	if line, err := Check([]string{"%%", "//go:embed a.txt "}); line != 1 || err == nil || !strings.Contains(err.Error(), `; os.ReadFile("a.txt")`) {
		t.Errorf("line %d, error %v", line, err)
	}
	if _, err := Check([]string{"x := `", "//go:embed a.txt", "`"}); err != nil {
		t.Error(err)
	}
}

// FuzzKinds: every line has a kind, and a continuation follows a command.
func FuzzKinds(f *testing.F) {
	f.Add("%%\nx := `a\n!b`\n!ls \\\nc")
	f.Fuzz(func(t *testing.T, source string) {
		lines := Lines(source)
		kinds := Kinds(lines)
		if len(kinds) != len(lines) {
			t.Fatalf("%d kinds of %d lines", len(kinds), len(lines))
		}
		for i, kind := range kinds {
			if kind == More && (i == 0 || kinds[i-1] != Command && kinds[i-1] != More) {
				t.Errorf("line %d continues nothing", i)
			}
		}
	})
}
