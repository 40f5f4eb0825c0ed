package setup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/google/renameio/v2"
)

// venvBin returns the path of a program of our Python environment.
func (s *Setup) venvBin(name string) string { return filepath.Join(s.Home, "venv", "bin", name) }

// venv is a Python environment of our own; running a notebook needs only its pip.
func (s *Setup) venv() part {
	return part{
		name:  "python venv",
		about: filepath.Join(s.Home, "venv"),
		ready: func(context.Context) bool {
			_, pythonErr := os.Stat(s.venvBin("python")) // a dangling link where Python was upgraded
			_, pipErr := os.Stat(s.venvBin("pip"))
			return pythonErr == nil && pipErr == nil
		},
		make: func(ctx context.Context) error {
			if _, err := exec.LookPath("python3"); err != nil {
				return errors.New("there is no python3 on the PATH")
			}
			_, err := tool{}.run(ctx, "python3", "-m", "venv", "--clear", filepath.Join(s.Home, "venv"))
			return err
		},
		mend: onSystem(mendPython),
	}
}

// The packages of JupyterLab, every one with its exact version.
//
//go:embed jupyterlab.txt
var labPackages []byte

var labVersion = regexp.MustCompile(`(?m)^jupyterlab==.*$`)

// labSettings turns off JupyterLab's question about news and its check for updates.
const labSettings = `{"@jupyterlab/apputils-extension:notification": {"checkForUpdates": false, "fetchNews": "false"}}
`

func (s *Setup) jupyterLab() part {
	note := filepath.Join(s.Home, "venv", "jupyterlab.txt")
	return part{
		name:  "jupyterlab",
		about: labVersion.FindString(string(labPackages)),
		hint:  "a 60 MB download",
		ready: func(context.Context) bool {
			text, _ := os.ReadFile(note)
			_, err := os.Stat(s.venvBin("jupyter-lab"))
			return string(text) == string(labPackages) && err == nil
		},
		make: func(ctx context.Context) error {
			settings := filepath.Join(s.Home, "venv", "share", "jupyter", "lab", "settings")
			if err := os.MkdirAll(settings, 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(settings, "overrides.json"), []byte(labSettings), 0o644); err != nil {
				return err
			}
			return s.pipInstall(ctx, labPackages, note)
		},
		mend: againLab,
	}
}

// pipInstall installs the packages of a requirements file. Afterwards it writes that file to note, which therefore says
// what is installed.
func (s *Setup) pipInstall(ctx context.Context, requirements []byte, note string) error {
	wanted := note + ".wanted"
	if err := os.WriteFile(wanted, requirements, 0o644); err != nil {
		return err
	}
	if _, err := (tool{}).run(ctx, s.venvBin("python"), "-m", "pip", "install", "--requirement", wanted); err != nil {
		return err
	}
	return os.Rename(wanted, note)
}

// wheel is one file of the Python package index, named so exactly that it is the same on every machine.
type wheel struct {
	requirement           string // name==version
	python, abi, platform string // the tags in the file's name
	sha256                string // of the file, in hex
}

// open downloads the wheel with pip into a temporary folder, checks its hash, and calls use with its contents.
func (w wheel) open(ctx context.Context, s *Setup, use func(*zip.Reader) error) error {
	dir, err := os.MkdirTemp(s.Home, "wheel-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list := filepath.Join(dir, "wanted.txt")
	if err := os.WriteFile(list, []byte(w.requirement+" --hash=sha256:"+w.sha256+"\n"), 0o644); err != nil {
		return err
	}
	_, err = tool{}.run(ctx, s.venvBin("python"), "-m", "pip", "download", "--require-hashes", "--requirement", list,
		"--no-deps", "--only-binary=:all:", "--python-version", w.python, "--abi", w.abi, "--platform", w.platform,
		"--implementation", "cp", "--dest", dir)
	if err != nil {
		return err
	}
	files, err := fs.Glob(os.DirFS(dir), "*.whl")
	if err != nil || len(files) != 1 {
		return fmt.Errorf("pip download %s left %d wheels, want 1", w.requirement, len(files))
	}
	wheel := filepath.Join(dir, files[0])
	if sum, err := FileSHA256(wheel); err != nil {
		return err
	} else if sum != w.sha256 {
		return fmt.Errorf("%s has the SHA-256 %s, want %s", files[0], sum, w.sha256)
	}
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer archive.Close()
	return use(&archive.Reader)
}

// FileSHA256 returns the SHA-256 of a file in hex.
func FileSHA256(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// extract writes one file of an archive to path. An interrupted extract leaves no file there.
func extract(archive *zip.Reader, name, path string) error {
	from, err := archive.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	to, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer to.Cleanup() // does nothing after CloseAtomicallyReplace
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.CloseAtomicallyReplace()
}
