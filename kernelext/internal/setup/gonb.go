package setup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// GoNB is the Go kernel for Jupyter. As published it calls a cell that panics a success and lets Run All go on
// after a failing cell; gonb.patch mends that and a few smaller things, each with its reason beside it. The patch
// fits one version only, so both the version and the hash of its source are fixed.
const (
	gonbModule = "github.com/janpfeifer/gonb@v0.11.3"
	gonbHash   = "h1:aO9hpD2oEEvh7ZZ/oEXP0Z1bFGE2IetEbpYP5JPDg9g="
)

//go:embed gonb.patch
var gonbPatch []byte

// gonbFiles are added to the packages of the kernel as they are: what only they can know of both sides.
//
//go:embed _gonb
var gonbFiles embed.FS

// kernelPackages are built into the kernel, which has them among its own internal packages; the patch and gonbFiles call them.
var kernelPackages = []string{"advice", "cell", "engine", "help", "link", "program", "repl", "report", "wire"}

func (s *Setup) gonb() part {
	note := s.bin("gonb.made")
	return part{
		name:  "gonb",
		about: gonbModule + ", patched",
		ready: func(context.Context) bool {
			text, _ := os.ReadFile(note)
			want, err := s.gonbNote()
			info, statErr := os.Stat(s.bin("gonb"))
			return err == nil && string(text) == want && statErr == nil && info.Mode().IsRegular()
		},
		make: func(ctx context.Context) error {
			os.Remove(note)
			made, err := s.gonbNote()
			if err != nil {
				return err
			}
			if err := s.buildGonb(ctx, s.bin("gonb"), s.changeGonb); err != nil {
				return err
			}
			return os.WriteFile(note, []byte(made), 0o644)
		},
		mend: again,
	}
}

// gonbNote says what our kernel is made from. A kernel with another note is out of date.
func (s *Setup) gonbNote() (string, error) {
	sum := sha256.New()
	sum.Write(gonbPatch)
	err := s.eachKernelFile(func(path string, code []byte) error {
		_, err := fmt.Fprintf(sum, "\n%s %d\n%s", path, len(code), code)
		return err
	})
	return fmt.Sprintf("%s with changes %x\n", gonbModule, sum.Sum(nil)), err
}

// eachKernelFile calls do for the files of kernelPackages, without their tests, and for gonbFiles, with their paths in the
// kernel's source.
func (s *Setup) eachKernelFile(do func(path string, code []byte) error) error {
	for _, pkg := range kernelPackages {
		files, err := filepath.Glob(filepath.Join(s.Module, "kernelext", "internal", pkg, "*.go"))
		if err != nil || files == nil {
			return errors.Join(err, fmt.Errorf("package %s has no files", pkg))
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			code, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if err := do(filepath.Join("internal", pkg, filepath.Base(file)), code); err != nil {
				return err
			}
		}
	}
	return fs.WalkDir(gonbFiles, "_gonb", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		code, err := gonbFiles.ReadFile(path)
		if err != nil {
			return err
		}
		return do(strings.TrimPrefix(path, "_gonb/"), code)
	})
}

// changeGonb makes our changes in a copy of the module.
func (s *Setup) changeGonb(source string) error {
	if err := applyPatch(source, gonbPatch); err != nil {
		return err
	}
	module, _, _ := strings.Cut(gonbModule, "@")
	return s.eachKernelFile(func(path string, code []byte) error {
		to := filepath.Join(source, path)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		code = bytes.ReplaceAll(code, []byte(`"stylenet/kernelext/`), []byte(`"`+module+`/`))
		return os.WriteFile(to, code, 0o644)
	})
}

// BuildStockGonb builds GoNB as it is published, to be compared with our kernel.
func (s *Setup) BuildStockGonb(ctx context.Context, program string) error {
	return s.buildGonb(ctx, program, func(string) error { return nil })
}

// buildGonb builds a program from a copy of the pinned module, to which the function change is applied.
func (s *Setup) buildGonb(ctx context.Context, program string, change func(source string) error) error {
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
	if err := change(source); err != nil {
		return err
	}
	_, err = tool{dir: source}.run(ctx, "go", "build", "-o", program, ".")
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
