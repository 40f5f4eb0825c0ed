package setup

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// GoNB is the Go kernel for Jupyter. As published it calls a cell that panics a success and lets Run All go on
// after a failing cell; gonb.patch mends that and a few smaller things, each with its reason beside it. The patch
// fits one version only, so both the version and the hash of its source are fixed.
const (
	gonbModule = "github.com/janpfeifer/gonb@v0.11.3"
	gonbHash   = "h1:aO9hpD2oEEvh7ZZ/oEXP0Z1bFGE2IetEbpYP5JPDg9g="
)

// WaitToKill is how long a cell may go on after Stop before the kernel, so patched, kills it: a step of a large
// picture, or a compilation by XLA, can take that long to end.
const WaitToKill = 60 * time.Second

//go:embed gonb.patch
var gonbPatch []byte

func (s *Setup) gonb() part {
	made := fmt.Sprintf("%s with patch %x\n", gonbModule, sha256.Sum256(gonbPatch))
	note := s.bin("gonb.made")
	return part{
		name:  "gonb",
		about: gonbModule + ", patched",
		ready: func(context.Context) bool {
			text, _ := os.ReadFile(note)
			info, err := os.Stat(s.bin("gonb"))
			return string(text) == made && err == nil && info.Mode().IsRegular()
		},
		make: func(ctx context.Context) error {
			os.Remove(note)
			if err := s.buildGonb(ctx); err != nil {
				return err
			}
			return os.WriteFile(note, []byte(made), 0o644)
		},
		mend: again,
	}
}

// buildGonb builds the patched copy of the pinned module.
func (s *Setup) buildGonb(ctx context.Context) error {
	out, err := tool{dir: s.Module}.run(ctx, "go", "mod", "download", "-json", gonbModule)
	if err != nil {
		return err
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &module); err != nil {
		return fmt.Errorf("go mod download -json: %w", err)
	}
	if module.Sum != gonbHash {
		return fmt.Errorf("%s has the hash %s, and the patch was made for %s", gonbModule, module.Sum, gonbHash)
	}
	source, err := os.MkdirTemp(s.Home, "gonb-source-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(source)
	if err := copySource(source, module.Dir); err != nil {
		return err
	}
	if err := applyPatch(source, gonbPatch); err != nil {
		return err
	}
	_, err = tool{dir: source, env: []string{"GOWORK=off"}}.run(ctx, "go", "build", "-o", s.bin("gonb"), ".")
	return err
}

// copySource copies a module's folder without what building does not need. The copies are writable, unlike the
// files of the module cache.
func copySource(to, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case rel == "docs" || rel == "examples":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}
