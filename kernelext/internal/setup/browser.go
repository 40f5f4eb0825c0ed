package setup

import (
	"context"
	_ "embed"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed browser.txt
var browserPackages []byte

func (s *Setup) playwright() part {
	note := filepath.Join(s.Home, "venv", "browser.txt")
	return part{
		name:  "playwright",
		about: "for the tests in a browser",
		hint:  "a 40 MB download",
		ready: func(context.Context) bool {
			text, _ := os.ReadFile(note)
			return string(text) == string(browserPackages)
		},
		make: func(ctx context.Context) error {
			return s.pipInstall(ctx, browserPackages, note)
		},
		mend: "go run ./kernelext/stylenet test -browser",
	}
}

// Python returns the interpreter of our Python environment.
func (s *Setup) Python() string { return s.venvBin("python") }

// Chromium returns the path of a Chromium or Chrome on this system. Where there is none, a container's only user on
// Debian gets it installed.
func Chromium(ctx context.Context) (string, error) {
	find := func() string {
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
			if path, err := exec.LookPath(name); err == nil {
				return path
			}
		}
		return ""
	}
	if path := find(); path != "" {
		return path, nil
	}
	missing := errors.New("there is no Chromium on the PATH; on Debian: sudo apt install chromium")
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return "", missing
	}
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", "chromium"}} {
		if _, err := (tool{env: []string{"DEBIAN_FRONTEND=noninteractive"}}).run(ctx, append([]string{"apt-get"}, args...)...); err != nil {
			return "", errors.Join(missing, err)
		}
	}
	if path := find(); path != "" {
		return path, nil
	}
	return "", missing
}
