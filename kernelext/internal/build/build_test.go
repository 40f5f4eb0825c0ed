package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestBlankUnused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "main.go")
	os.WriteFile(file, []byte("import (\n\t. \"math\"\n\t\"fmt\"\n)"), 0o600)
	if blankUnused(file, []byte("./main.go:3:2: \"fmt\" imported and not used\n./main.go:80:2: \"x\" imported and not used\n")) {
		t.Error("an import with a name is left to goimports")
	}
	found := blankUnused(file, []byte("./main.go:2:2: \"math\" imported and not used\n"))
	if code, _ := os.ReadFile(file); !found || string(code) != "import (\n\t_ \"math\"\n\t\"fmt\"\n)" {
		t.Errorf("found %v: %s", found, code)
	}
}

// write writes files into a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestRun: a dot import that is not used is blanked, and other errors are handed on.
func TestRun(t *testing.T) {
	for main, want := range map[string]string{
		"package main\n\nimport (\n\t. \"math\"\n)\n\nfunc main() {}":                    "",
		"package main\n\nimport (\n\t. \"math\"\n)\n\nfunc main() { println(x) }":        "undefined: x",
		"package main\n\nimport \"example.org/nowhere\"\n\nfunc main() { nowhere.Do() }": "cannot find module providing package example.org/nowhere",
	} {
		dir := write(t, map[string]string{"go.mod": "module gonb_0123abcd\n", "main.go": main})
		cmd := exec.Command("go", "build", "-o", "program")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOPROXY=off", "GOWORK=off")
		said, err := Run(cmd, filepath.Join(dir, "main.go"), true)
		if want == "" {
			if _, statErr := os.Stat(filepath.Join(dir, "program")); err != nil || statErr != nil {
				t.Errorf("%s: %v, %v: %s", main, err, statErr, said)
			}
		} else if err == nil || !strings.Contains(string(said), want) {
			t.Errorf("%s: error %v, said %s, want %q", main, err, said, want)
		}
	}
}
