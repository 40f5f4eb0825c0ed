package setup

import (
	"archive/zip"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gomlx/go-xla/installer"
)

// pluginWheel carries XLA's CPU plugin for linux/amd64, as its own project builds it (PJRT API 0.106, Apache-2.0).
var pluginWheel = wheel{
	requirement: "fastatomstruct-xla-cpu==2026.6.23",
	python:      "3.12", abi: "none", platform: "manylinux_2_27_x86_64",
	sha256: "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9",
}

// backend returns the GoMLX backend of the notebooks: the user's choice, else XLA on the CPU.
func backend() string {
	if chosen := os.Getenv("GOMLX_BACKEND"); chosen != "" {
		return chosen
	}
	return "xla:cpu"
}

// pluginPath returns the folders in which go-xla looks for its plugins: the user's, then our own.
func (s *Setup) pluginPath() string {
	dir := filepath.Join(s.Home, "plugin")
	dirs := strings.Split(os.Getenv("PJRT_PLUGIN_LIBRARY_PATH"), ":")
	dirs = append(dirs, dir, filepath.Join(dir, "go-xla"), filepath.Join(dir, "go-xla", "nvidia"))
	var path []string
	for _, d := range dirs {
		if d != "" && !slices.Contains(path, d) {
			path = append(path, d)
		}
	}
	return strings.Join(path, ":")
}

// plugin is the XLA library that compiles and runs GoMLX's graphs.
func (s *Setup) plugin() part {
	dir := filepath.Join(s.Home, "plugin")
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || strings.HasPrefix(backend(), "xla:cuda") {
		pattern := "go-xla/pjrt_c_api_cpu_*"
		if strings.HasPrefix(backend(), "xla:cuda") {
			pattern = "go-xla/nvidia/pjrt_c_api_cuda_*"
		}
		return part{
			name:  "plugin",
			about: "as go-xla installs it",
			hint:  "a large download",
			ready: func(context.Context) bool {
				found, _ := fs.Glob(os.DirFS(dir), pattern)
				return len(found) > 0
			},
			make: func(context.Context) error { return installer.AutoInstall(dir, true, installer.Quiet) },
			mend: again,
		}
	}
	library := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	return part{
		name:  "plugin",
		about: pluginWheel.requirement,
		hint:  "a 63 MB download",
		ready: func(context.Context) bool { return madeFrom(library, pluginWheel.sha256) },
		make: func(ctx context.Context) error {
			return pluginWheel.open(ctx, s, func(archive *zip.Reader) error {
				if err := extract(archive, "fastatomstruct_xla_cpu/libpjrt_cpu.so", library); err != nil {
					return err
				}
				return noteMade(library, pluginWheel.sha256)
			})
		},
		mend: again,
	}
}

// noteMade writes beside a file what it was made from and how large it is.
func noteMade(path, from string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path+".made", fmt.Appendf(nil, "%d bytes from %s\n", info.Size(), from), 0o644)
}

// madeFrom tells whether a file exists, has the size that noteMade noted, and was made from that.
func madeFrom(path, from string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	note, _ := os.ReadFile(path + ".made")
	return string(note) == fmt.Sprintf("%d bytes from %s\n", info.Size(), from)
}

// hasGPU tells whether this machine shows an NVIDIA GPU.
func hasGPU() bool {
	if _, err := os.Stat("/dev/nvidia0"); err == nil {
		return true
	}
	_, err := exec.LookPath("nvidia-smi")
	return err == nil
}
