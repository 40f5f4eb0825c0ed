package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestClean: what set-up made goes with -yes, and what was compiled, networks only with -weights, other files never.
func TestClean(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	t.Setenv("STYLENET_HOME", home)
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	t.Setenv("TMPDIR", t.TempDir()) // where killed kernels would be found
	files := map[string]int{"bin/gonb": 2_000_000, "plugin/plugin.so": 3_000_000, "programs/1.program": 1_000_000, "weights/mine.h5": 7_000_000, "notes.txt": 1}
	for name, size := range files {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, says, left string }{
		{"", "6.0 MB  in all; -yes deletes it\n\n    7.0 MB  " + home + "/weights: networks, which stay", "bin notes.txt plugin programs weights"},
		{"-weights", "13.0 MB  in all; -yes deletes it", "bin notes.txt plugin programs weights"},
		{"-yes", "6.0 MB  deleted\n\n    7.0 MB  " + home + "/weights: networks, which stay", "notes.txt weights"},
		{"-yes -weights", "7.0 MB  deleted", "notes.txt"},
	} {
		out := captured(t, func() {
			if err := cleanCommand(t.Context(), strings.Fields(c.args)); err != nil {
				t.Error(err)
			}
		})
		if !strings.Contains(out, c.says) || !strings.Contains(out, "go clean -cache -modcache") {
			t.Errorf("clean %s says\n%swant in it %q and Go's own caches", c.args, out, c.says)
		}
		var left []string
		entries, err := os.ReadDir(home)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			left = append(left, e.Name())
		}
		if got := strings.Join(left, " "); got != c.left {
			t.Errorf("clean %s leaves %s, want %s", c.args, got, c.left)
		}
	}
}
