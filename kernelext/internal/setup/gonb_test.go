package setup

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const someFile = "one\ntwo\nthree\nfour\nfive\nsix\n"

func TestApplyPatch(t *testing.T) {
	for _, c := range []struct{ name, patch, want, err string }{
		{"change, addition and removal", "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n one\n-two\n+2\n+2.5\n three\n@@ -5,2 +6,1 @@\n five\n-six\n",
			"one\n2\n2.5\nthree\nfour\nfive\n", ""},
		{"without context", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+zero\n@@ -2,0 +4 @@ func f() {\n+2.5\n@@ -3,2 +5,0 @@\n-three\n-four\n@@ -6,0 +7 @@\n+seven\n",
			"zero\none\ntwo\n2.5\nfive\nsix\nseven\n", ""},
		{"at the end", "--- a/f\n+++ b/f\n@@ -6 +6,2 @@\n six\n+seven\n", someFile + "seven\n", ""},
		{"another line", "--- a/f\n+++ b/f\n@@ -2 +2 @@\n-three\n+3\n", "", `line 2 is not "three"`},
		{"beyond the end", "--- a/f\n+++ b/f\n@@ -80 +80 @@\n-x\n+y\n", "", "does not fit a file of 7 lines"},
		{"backwards", "--- a/f\n+++ b/f\n@@ -3 +3 @@\n-three\n+3\n@@ -1 +1 @@\n-one\n+1\n", "", "does not fit"},
		{"second hunk wrong", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+1\n@@ -5 +5 @@\n-6\n+six\n", "", `line 5 is not "6"`},
		{"another file", "--- a/f\n+++ b/g\n@@ -1 +1 @@\n-one\n+1\n", "", "want the same file"},
		{"no such file", "--- a/g\n+++ b/g\n@@ -1 +1 @@\n-one\n+1\n", "", "no such file"},
		{"no mark", "--- a/f\n+++ b/f\n@@ -1 +1 @@\none\n", "", "want a line that begins with"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte(someFile), 0o600); err != nil {
			t.Fatal(err)
		}
		err := applyPatch(dir, []byte(c.patch))
		got, _ := os.ReadFile(path)
		switch {
		case c.err == "" && (err != nil || string(got) != c.want):
			t.Errorf("%s: %q, error %v, want %q", c.name, got, err, c.want)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.err)
		case c.err != "" && string(got) != someFile:
			t.Errorf("%s: the file was changed to %q in spite of the error", c.name, got)
		}
	}
}

// TestOurPatchFits applies the patch to the module of which our go.mod asks for the user interface.
func TestOurPatchFits(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Path}}@{{.Version}} {{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	version, dir, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if version != gonbModule {
		t.Fatalf("go.mod asks for %s, set-up builds %s: a cell and its kernel must speak the same protocol", version, gonbModule)
	}
	if dir == "" {
		t.Skip("the module is not in the module cache")
	}
	source := t.TempDir()
	if err := copySource(source, dir); err != nil {
		t.Fatal(err)
	}
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := (&Setup{Module: module}).changeGonb(source); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"report/card.go", "cell/cell.go", "program/own_others.go"} {
		code, err := os.ReadFile(filepath.Join(source, "internal", name))
		if err != nil || strings.Contains(string(code), `"stylenet/`) {
			t.Errorf("%s: error %v; its imports are\n%.1000s", name, err, code)
		}
	}
	for line := range strings.Lines(string(gonbPatch)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "+++ b/"); ok {
			if _, err := parser.ParseFile(token.NewFileSet(), filepath.Join(source, name), nil, 0); err != nil {
				t.Error(err)
			}
		}
	}
	code, err := os.ReadFile(filepath.Join(source, "internal", "jpyexec", "jpyexec.go"))
	if err != nil || strings.Contains(string(code), "Executor) Exec()") {
		t.Errorf("%v; the kernel does not wait for a stopped cell as package program does", err)
	}
	sums, err := os.ReadFile("../../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ReplaceAll(gonbModule, "@", " ") + " " + gonbHash + "\n"; !strings.Contains(string(sums), want) {
		t.Errorf("go.sum does not have %q", want)
	}
}

// TestKernelIsRebuiltWhereItsPartsChanged: one built from other parts is out of date.
func TestKernelIsRebuiltWhereItsPartsChanged(t *testing.T) {
	s := &Setup{Home: t.TempDir(), Module: t.TempDir()}
	os.Mkdir(filepath.Join(s.Home, "bin"), 0o755)
	os.WriteFile(s.bin("gonb"), []byte("a program"), 0o755)
	for _, pkg := range kernelPackages {
		folder := filepath.Join(s.Module, "kernelext", "internal", pkg)
		os.MkdirAll(folder, 0o755)
		os.WriteFile(filepath.Join(folder, pkg+".go"), []byte("package "+pkg), 0o600)
	}
	folder := filepath.Join(s.Module, "kernelext", "internal", "report")
	write := func(name, text string) { os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600) }
	write("a.go", "package report")
	note, err := s.gonbNote()
	if err != nil || !strings.HasPrefix(note, gonbModule+" with changes ") {
		t.Fatal(note, err)
	}
	ready := func(what string, want bool) {
		t.Helper()
		if got := s.gonb().ready(t.Context()); got != want {
			t.Errorf("%s: ready %v, want %v", what, got, want)
		}
	}
	ready("without a note", false)
	os.WriteFile(s.bin("gonb.made"), []byte(note), 0o644)
	ready("as made", true)
	write("a_test.go", "package report")
	ready("with a new test", true)
	write("b.go", "package report")
	ready("with a new file", false)
	os.Remove(filepath.Join(folder, "b.go"))
	ready("as made again", true)
	write("a.go", "package report //")
	ready("with a changed file", false)
	write("a.go", "package report")
	defer func(old []byte) { gonbPatch = old }(gonbPatch)
	gonbPatch = append(bytes.Clone(gonbPatch), ' ')
	ready("with a changed patch", false)
}

func TestKernelspec(t *testing.T) {
	t.Setenv("GOFLAGS", "-buildvcs=false")
	t.Setenv("GOMLX_BACKEND", "")
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", "/opt/mine:/h/plugin:")
	s := &Setup{Home: "/h", Module: t.TempDir()}
	spec, err := s.Kernelspec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := "/h/bin/gonb|--kernel|{connection_file}|--go_work=" + s.Module + "|--logtostderr=false|--log_file=/dev/null"
	if got := strings.Join(spec.Argv, "|"); got != want {
		t.Errorf("argv %s, want %s", got, want)
	}
	for name, want := range map[string]string{
		"GOFLAGS":                  "-buildvcs=false " + cellFlags(""),
		"GOMLX_BACKEND":            "xla:cpu",
		"GOMLX_NO_AUTO_INSTALL":    "1",
		"PJRT_PLUGIN_LIBRARY_PATH": "/opt/mine:/h/plugin:/h/plugin/go-xla:/h/plugin/go-xla/nvidia",
		"STYLENET_HOME":            "/h",
	} {
		if spec.Env[name] != want {
			t.Errorf("%s=%s, want %s", name, spec.Env[name], want)
		}
	}
	if path := spec.Env["PATH"]; !strings.HasPrefix(path, "/h/bin:/") || !strings.HasSuffix(path, ":${PATH}") {
		t.Errorf("PATH=%s, want our tools, Go, then the PATH of the starter", path)
	}
	t.Setenv("GOMLX_BACKEND", "xla:cuda")
	if env, err := s.cellEnv(t.Context()); err != nil || env["GOMLX_BACKEND"] != "xla:cuda" {
		t.Errorf("GOMLX_BACKEND=%s, error %v, want the user's", env["GOMLX_BACKEND"], err)
	}
}

// TestUsersGoSettings: those of the user's shell that would break set-up, cells or tests do not reach them.
func TestUsersGoSettings(t *testing.T) {
	for name, value := range map[string]string{"GOFLAGS": "-mod=vendor -tags=a '-ldflags=-X a=b' --p=3 -json", "GOWORK": "/nowhere/go.work",
		"GO111MODULE": "off", "GOOS": "plan9", "GOARCH": "mips", "CGO_ENABLED": "0"} {
		t.Setenv(name, value)
	}
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	s := &Setup{Home: t.TempDir(), Module: module}
	out, err := tool{dir: module}.run(t.Context(), "go", "list", "-f", "{{.ImportPath}} {{context.GOOS}} {{context.CgoEnabled}}", "./kernelext/internal/cell")
	if want := "stylenet/kernelext/internal/cell " + runtime.GOOS + " true\n"; err != nil || string(out) != want {
		t.Errorf("a tool: %q, %v, want %q", out, err, want)
	}
	env, err := s.cellEnv(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	spec, err := s.Kernelspec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := "-tags=a --p=3 " + cellFlags(""); env["GOFLAGS"] != want || spec.Env["GOFLAGS"] != want {
		t.Errorf("GOFLAGS=%s, want %s", env["GOFLAGS"], want)
	}
	if env["GOWORK"] != "off" || spec.Env["GOWORK"] != "auto" || spec.Env["GOOS"] != runtime.GOOS || spec.Env["CGO_ENABLED"] != "1" || spec.Env["GO111MODULE"] != "on" {
		t.Errorf("a test has the environment %v, a cell %v", env, spec.Env)
	}
}

func TestCellFlagsAreAddedOnce(t *testing.T) {
	once := cellFlags("-mod=mod")
	if again := cellFlags(once); again != once {
		t.Errorf("%s became %s", once, again)
	}
}

func TestExpand(t *testing.T) {
	t.Setenv("SOME_DIR", "/a b")
	t.Setenv("UNSET_NAME", "")
	got := Expand(map[string]string{"PATH": "/x:${SOME_DIR}:${UNSET_NAME}", "A": "$SOME_DIR ${not a name}"})
	if want := "A=$SOME_DIR ${not a name}|PATH=/x:/a b:"; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestInstallKernel(t *testing.T) {
	s := &Setup{Home: "/h", Module: t.TempDir()}
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	dir, err := s.InstallKernel(t.Context())
	if err != nil || dir != filepath.Join(data, "kernels", "stylenet") {
		t.Fatalf("%s, %v", dir, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	for _, want := range []string{`"display_name": "Go (StyleNet)"`, `"language": "go"`, `"interrupt_mode": "message"`, `"{connection_file}"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("kernel.json (%v) lacks %s:\n%s", err, want, text)
		}
	}
}
