package whole

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("old and longer"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := Write(name, 0o644, func(w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	})
	if got, _ := os.ReadFile(name); !errors.Is(err, broken) || string(got) != "old and longer" {
		t.Errorf("%v and %q, want the error and the old contents", err, got)
	}
	err = Write(name, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, "new")
		return err
	})
	got, _ := os.ReadFile(name)
	info, statErr := os.Stat(name)
	if err != nil || statErr != nil || string(got) != "new" || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, %q, want the new contents with their permissions", err, info, got)
	}
	if files, _ := os.ReadDir(filepath.Dir(name)); len(files) != 1 {
		t.Errorf("%v, want no unfinished file beside it", files)
	}
	if err := Write(filepath.Join(name, "x"), 0o600, func(io.Writer) error { return nil }); err == nil {
		t.Error("a file within a file was written")
	}
}
