package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib/programcache"
)

// What the first notebook needs is compiled once for a plugin, from its pictures, and again where the folder of programs is gone; not at
// all where nothing is kept. A folder that may not be used is the doctor's to name.
func TestFirstPrograms(t *testing.T) {
	t.Setenv("STYLENET_PROGRAMS", "")
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	s := &Setup{Home: t.TempDir(), Module: module}
	folder, asked := programcache.Folder(s.Home), filepath.Join(s.Home, "asked")
	// probe stands for the program that compiles: it makes the folder, as the cache does, and says which pictures it was given.
	probe := func(end string) {
		t.Helper()
		script := "#!/bin/sh\nmkdir -p -m 700 '" + folder + "'\necho \"$@\" >> '" + asked + "'\n" + end
		if err := os.MkdirAll(filepath.Dir(s.bin("probe")), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.bin("probe"), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ready := func(what string, want bool) {
		t.Helper()
		if got := s.firstPrograms().ready(t.Context()); got != want {
			t.Errorf("%s: ready %t, want %t", what, got, want)
		}
	}
	ready("an empty home", false)
	probe("exit 3")
	if err := s.firstPrograms().make(t.Context()); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("error %v, want the probe's", err)
	}
	ready("after a failure", false)
	probe("")
	if err := s.firstPrograms().make(t.Context()); err != nil {
		t.Fatal(err)
	}
	ready("after it was made", true)
	pictures := filepath.Join(s.Home, "samples", "chelsea.png") + " " + filepath.Join(module, "notebooks", "pictures", "night_sky.jpg") + "\n"
	if got, _ := os.ReadFile(asked); string(got) != pictures+pictures {
		t.Errorf("asked for %q, want %q twice", got, pictures)
	}
	if f := s.examinePrograms(); f.Err != nil || !strings.HasPrefix(f.Found, "0 programs, 0.0 MB") {
		t.Errorf("the doctor counts %q, error %v; want the note left out", f.Found, f.Err)
	}
	ourPlugin := pluginWheel.sha256
	pluginWheel.sha256 = "another"
	ready("another plugin", false)
	pluginWheel.sha256 = ourPlugin

	if err := os.Chmod(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	ready("a folder for all to write", true)
	if f := s.examinePrograms(); f.Err == nil || f.Mend != "rm -rf '"+folder+"'" {
		t.Errorf("the doctor says %v, to be mended by %q", f.Err, f.Mend)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	ready("no folder any more", false)
	t.Setenv("STYLENET_PROGRAMS", "off")
	ready("nothing is kept", true)
}
