package setup

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/programcache"
)

// TestMends: what mends a failing part is one command of the shell, whose program exists on the systems it is for.
func TestMends(t *testing.T) {
	s := &Setup{Home: t.TempDir(), Module: t.TempDir()}
	programs := []string{"go", "rm", "sudo", "xcode-select"}
	for _, p := range append(s.runParts(), s.labParts()...) {
		for command := range strings.SplitSeq(p.mend, " && ") {
			if program := strings.Fields(command + " nothing")[0]; !slices.Contains(programs, program) || strings.Contains(command, ", ") {
				t.Errorf("%s: %q is no command that we know", p.name, p.mend)
			}
		}
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	for _, p := range append(s.runParts(), s.labParts()...) {
		if out, err := exec.Command("bash", "-n", "-c", p.mend).CombinedOutput(); err != nil {
			t.Errorf("%s: %q: %s", p.name, p.mend, out)
		}
	}
}

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
		"C compiler": onSystem(mendCompiler), "Python": onSystem(mendPython),
		"gonb": again, "goimports": again, "python venv": again, "plugin": again, "sample pictures": again,
		"kernelspec": again, "backend": again,
		"gopls": againLab, "jupyterlab": againLab, "living values": again,
	}
	found := map[string]bool{}
	for _, f := range s.Examine(t.Context()) {
		found[f.Name] = true
		mend, isMissing := missing[f.Name]
		isPart := mend == again || f.Optional
		switch {
		case isMissing && isPart && f.Err != errMissing:
			t.Errorf("%s: error %v, want that of every part, %v", f.Name, f.Err, errMissing)
		case isMissing && (f.Err == nil || f.Mend != mend):
			t.Errorf("%s: error %v, to be mended by %q, want an error and %q", f.Name, f.Err, f.Mend, mend)
		case f.Name == "Go" && (f.Err != nil || !strings.HasPrefix(f.Found, "go1.")):
			t.Errorf("Go: %q, %v, want its version", f.Found, f.Err)
		case f.Optional != (f.Name == "gopls" || f.Name == "jupyterlab" || f.Name == "living values" || f.Name == "compiled"):
			t.Errorf("%s: optional %v", f.Name, f.Optional)
		}
	}
	for name := range missing {
		if !found[name] {
			t.Errorf("%s is not examined", name)
		}
	}
	if !found["Go"] || !found["disk"] || !found["compiled"] {
		t.Error("Go, the disk or what was compiled is not examined")
	}
}

// What was compiled is counted; a folder that others may write into is not used, and the doctor says so.
func TestExaminePrograms(t *testing.T) {
	s := &Setup{Home: t.TempDir()}
	expect := func(found, failure string) {
		t.Helper()
		f := s.examinePrograms()
		if f.Found != found || !f.Optional || (f.Err == nil) != (failure == "") || f.Err != nil && !strings.Contains(f.Err.Error(), failure) {
			t.Errorf("%q, error %v; want %q, error %q", f.Found, f.Err, found, failure)
		}
	}
	t.Setenv("STYLENET_PROGRAMS", "")
	expect("0 programs, 0.0 MB of at most 268.4 MB", "")
	cache, err := programcache.Open(programcache.Folder(s.Home))
	if err != nil {
		t.Fatal(err)
	}
	for i := range byte(3) {
		if err := cache.Store(programcache.KeyOf([]byte{i}), make([]byte, 1_000_000)); err != nil {
			t.Fatal(err)
		}
	}
	expect("3 programs, 3.0 MB of at most 268.4 MB", "")
	if err := os.Chmod(programcache.Folder(s.Home), 0o777); err != nil {
		t.Fatal(err)
	}
	expect("3 programs, 3.0 MB of at most 268.4 MB", "others may write into")
	t.Setenv("STYLENET_PROGRAMS", "off")
	expect("nothing is kept, as STYLENET_PROGRAMS=off asks", "")
}
