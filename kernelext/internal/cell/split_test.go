package cell

import (
	"go/token"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for source, want := range map[string][]string{
		"":                                       nil,
		"x := 3":                                 {"x := 3"},
		"x := 3; y := 4;\nz":                     {"x := 3;", "y := 4;", "z"},
		"f(\n\t1,\n\t2)\ng()":                    {"f(\n\t1,\n\t2)", "g()"},
		"// a comment\nx // after\n/* b */":      {"x"},
		"import (\n\t\"fmt\"\n)\nfmt.Println()":  {"import (\n\t\"fmt\"\n)", "fmt.Println()"},
		"for i := 0; i < 3; i++ {\n\tf(i)\n}\nx": {"for i := 0; i < 3; i++ {\n\tf(i)\n}", "x"},
		"if y := func() int { return 4 }(); y > 3 { f() }; x": {"if y := func() int { return 4 }(); y > 3 { f() };", "x"},
		"if x := []int{1}; len(x) > 0 { f() }":                {"if x := []int{1}; len(x) > 0 { f() }"},
		"switch x := y; x {\ncase 1:\n}":                      {"switch x := y; x {\ncase 1:\n}"},
		"s := `a\n%b\n;`\nt":                                  {"s := `a\n%b\n;`", "t"},
		"func f() {}\nfunc() {}()":                            {"func f() {}", "func() {}()"},
		"x.\n\ty()\na +\n\tb":                                 {"x.\n\ty()", "a +\n\tb"},
		"type T struct{ a int; b string }":                    {"type T struct{ a int; b string }"},
	} {
		parts, err := Split(source)
		var got []string
		for _, p := range parts {
			text := p.Text
			if p.Quiet {
				text += ";"
			}
			got = append(got, text)
			if source[p.At:p.At+len(p.Text)] != p.Text {
				t.Errorf("%q: %q is not at %d", source, p.Text, p.At)
			}
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v, want %q", source, got, err, want)
		}
	}
}

func TestSplitKinds(t *testing.T) {
	for source, want := range map[string]token.Token{
		"func f() {}": token.FUNC, "func (t T) f() {}": token.FUNC, "func (t *T[K]) f() {}": token.FUNC, "func f[T any](t T) {}": token.FUNC,
		"func() {}()": token.ILLEGAL, "func(x int) string { return \"\" }(3)": token.ILLEGAL, "import \"fmt\"": token.IMPORT,
		"type T int": token.TYPE, "const c = 1": token.CONST, "var x int": token.VAR, "x": token.ILLEGAL,
	} {
		if parts, err := Split(source); err != nil || len(parts) != 1 || parts[0].Kind != want {
			t.Errorf("%q: %+v, %v, want kind %s", source, parts, err, want)
		}
	}
	parts, _ := Split("// far\n\n// near\n// f is.\nfunc f() {}\nx := 1 // no\ny")
	if parts[0].Doc != "// near\n// f is.\n" || parts[1].Doc != "" || parts[2].Doc != "" {
		t.Errorf("comments %q, %q, %q", parts[0].Doc, parts[1].Doc, parts[2].Doc)
	}
}

func TestSplitErrors(t *testing.T) {
	for source, want := range map[string]string{
		"f(1,\n\t[]int{2":  "this '{' is not closed",
		"x)":               "this \")\" closes nothing",
		"x := `a\nb":       "raw string literal not terminated",
		"x := \"a\ny := 2": "string literal not terminated",
	} {
		_, err := Split(source)
		if err == nil {
			t.Errorf("%q: no error", source)
			continue
		}
		if line, _, text := At(err); !strings.Contains(text, want) || line < 1 {
			t.Errorf("%q: line %d: %s, want %s", source, line, text, want)
		}
	}
}

func TestProgram(t *testing.T) {
	for _, test := range []struct {
		lines, args []string
		code        string
		mode        int
	}{
		{[]string{"x := 1", "!ls \\", " -l", "y"}, nil, "x := 1|||y", Statements},
		{[]string{"package p", "%%", "f()"}, nil, "||f()", Main},
		{[]string{"%% -n=3", "f()"}, []string{"-n=3"}, "flag.Parse()|f()", Main},
		{[]string{"//gonb:%exec f", "func f() {}"}, nil, "flag.Parse(); f()|func f() {}", Main},
		{[]string{"%test", "func TestX(t *testing.T) {}"}, nil, "|func TestX(t *testing.T) {}", Test},
		{[]string{"%env A=b", "s := `", "%%", "`"}, nil, "|s := `|%%|`", Statements},
	} {
		code, mode := Program(test.lines, test.args)
		if got := strings.Join(code, "|"); got != test.code || mode != test.mode {
			t.Errorf("%q: %q, mode %d, want %q, mode %d", test.lines, got, mode, test.code, test.mode)
		}
	}
}
