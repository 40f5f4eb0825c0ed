package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestExamineAnEmptyHome(t *testing.T) {
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	s := &Setup{Home: filepath.Join(t.TempDir(), "not", "there"), Module: module}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir() // Go, but no C compiler and no Python
	if err := os.Symlink(goCommand, filepath.Join(bin, "go")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("CC", "")
	missing := map[string]string{ // and the command that mends it
		"C compiler": "sudo apt install gcc libc6-dev", "Python": "sudo apt install python3 python3-venv",
		"gonb": again, "goimports": again, "python venv": again, "plugin": again, "sample pictures": again,
		"kernelspec": again, "backend": again,
		"gopls": "go run ./kernelext/stylenet lab", "jupyterlab": "go run ./kernelext/stylenet lab",
	}
	found := map[string]bool{}
	for _, f := range s.Examine(t.Context()) {
		found[f.Name] = true
		mend, isMissing := missing[f.Name]
		switch {
		case isMissing && (f.Err == nil || f.Mend != mend && f.Name != "C compiler"):
			t.Errorf("%s: error %v, to be mended by %q, want an error and %q", f.Name, f.Err, f.Mend, mend)
		case f.Name == "Go" && (f.Err != nil || !strings.HasPrefix(f.Found, "go1.")):
			t.Errorf("Go: %q, %v, want its version", f.Found, f.Err)
		case f.Optional != (f.Name == "gopls" || f.Name == "jupyterlab"):
			t.Errorf("%s: optional %v", f.Name, f.Optional)
		}
	}
	for name := range missing {
		if !found[name] {
			t.Errorf("%s is not examined", name)
		}
	}
	if !found["Go"] || !found["disk"] {
		t.Error("Go or the disk is not examined")
	}
}
