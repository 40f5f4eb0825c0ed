package run

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNothingInACellIsMistaken: what looks like a command or a package clause inside Go code is Go, and Windows' ends of
// lines are taken for Go's.
func TestNothingInACellIsMistaken(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	for _, c := range []struct{ name, source, want string }{
		{"raw string", "%%\nfmt.Printf(\"%q\", `a\n%d percent\n!important\npackage b\n%%\n%main`)", `"a\n%d percent\n!important\npackage b\n%%\n%main"`},
		{"comment", "/*\n!echo a command\n%nonsense\n*/\nfunc one() int { return 1 }\n%%\nfmt.Print(one())", "1"},
		{"expression", "%%\na, b := true, false\nfmt.Print(a &&\n!b)", "true"},
		{"names", "package main\n\n%%\npackages := 3\npackages++\nfmt.Print(\npackages)", "4"},
		{"Windows", "\ufeffimport \"strings\"\r\n\r\n%%\r\nfmt.Printf(\"%q\", strings.ToUpper(`a\r\nb`))\r\n!echo c\r\n", "c\n" + `"A\nB"`},
		{"command between statements", "!echo it\\'s `echo \"b\"` \\\n  c\n%%\nfmt.Print(2)", "it's b c\n2"},
		{"script", "%%bash\r\nread a\r\nb\r\necho !$a\r\n", "!b\n"},
		{"arguments", "%% a \"b c\"\nfmt.Printf(\"%q\", flag.Args())", `["a" "b c"]`},
	} {
		if got := written(t, k, c.source); got != c.want {
			t.Errorf("%s: wrote %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCases runs the notebooks of testdata/cases, each of which stands for its kind.
func TestCases(t *testing.T) {
	spec := realKernel(t)
	for name, want := range map[string]struct {
		written []string // by each cell
		err     []string // in the error; none: the notebook runs
	}{
		"rawstring": {written: []string{`"one\n%d and\n!two\n%%"`}},
		"comment":   {written: []string{"1"}},
		"windows":   {written: []string{"1", `"a\nb"`}},
		"input":     {[]string{"", ""}, []string{"cell 1, ", ">   3 | c, err := fmt.Scan(&n)", "nobody types there", "kernelext.Ask "}},
		"test":      {nil, []string{">   4 | ", "TestSum failed: got 2\n  in cell [1], line 4: t.Errorf(\"got %d\", got)"}},
		"tags":      {written: []string{"", "of an earlier run\n", "goes on"}},
		"cgo":       {written: []string{"3 8", "4"}},
		"embed":     {[]string{""}, []string{">   2 | //go:embed", "go:embed does not work in a cell", `os.ReadFile("rawstring.ipynb")`}},
		"colab":     {nil, []string{"colab.ipynb is written in python; only Go runs here"}},
		"vscode":    {nil, []string{"vscode.ipynb is written in python; only Go runs here"}},
		"bom":       {written: []string{"1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), name+".ipynb")
			before, err := os.ReadFile(filepath.Join("testdata/cases", name+".ipynb"))
			if err != nil {
				t.Fatal(err)
			}
			os.WriteFile(path, before, 0o644)
			_, err = Run(t.Context(), Options{Notebook: path, Timeout: time.Minute, Kernel: spec, Log: &bytes.Buffer{}})
			if (err != nil) != (want.err != nil) {
				t.Fatalf("error %v, want %q", err, want.err)
			}
			for _, text := range want.err {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("the error is\n%v\nwant in it %q", err, text)
				}
			}
			if after, _ := os.ReadFile(path); name == "colab" || name == "vscode" {
				if !bytes.Equal(before, after) {
					t.Errorf("the file is now\n%s", after)
				}
			} else if written, _ := texts(t, path); want.written != nil && !slices.Equal(written, want.written) {
				t.Errorf("the cells wrote %q, want %q", written, want.written)
			}
			if made, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "MADE*")); made != nil {
				t.Errorf("a comment made %q", made)
			}
		})
	}
}

// TestUsersGoSettings: those of the user's shell do not break a cell.
func TestUsersGoSettings(t *testing.T) {
	for name, value := range map[string]string{"GOFLAGS": "-mod=vendor -json", "GOWORK": "off", "GO111MODULE": "off", "GOOS": "plan9", "CGO_ENABLED": "0"} {
		t.Setenv(name, value)
	}
	k := testKernel(t, realKernel(t))
	if got := written(t, k, "import \"stylenet/kernelext\"\n%%\nfmt.Print(kernelext.Param(\"x\", 3))"); got != "3" {
		t.Errorf("a cell wrote %q, want 3", got)
	}
	if got := written(t, k, "%test\nfunc TestOne(*testing.T) {}"); !strings.Contains(got, "--- PASS: TestOne") {
		t.Errorf("a test wrote %q", got)
	}
}
