// Package backend opens what runs GoMLX's graphs. stylelib.OpenBackend is the way to it for others; it is a package of its own so
// that tests of the packages below stylelib can open one too.
//
// It needs packages weights, for the folder of StyleNet's files, internal/graphs and internal/native.
package backend

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the backend "go": no plugin needed, slow
	"github.com/gomlx/go-xla/compute/xla"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/internal/native"
	"stylenet/weights"
)

// Open returns the backend that the environment's GOMLX_BACKEND names ("xla:cpu", "xla:cuda", "go"), and XLA on the CPU where it
// names none. It looks for XLA's plugin in the folders of PJRT_PLUGIN_LIBRARY_PATH, then where `stylenet setup` puts it. It
// downloads nothing. The error is one line that says how to install what is missing. What XLA compiles for a CPU is kept in StyleNet's
// folder, and later processes load it, see package programcache.
//
// For an NVIDIA GPU, put XLA's CUDA plugin (pjrt_c_api_cuda_plugin.so, built for PJRT's API 0.106 or near it) and the CUDA
// libraries that it names into these folders, and set GOMLX_BACKEND=xla:cuda. Convolutions are XLA's own there. From the Ampere
// generation on XLA lets matrix products and convolutions run in TF32, which keeps 10 of the 23 bits of float32's mantissa.
// NVIDIA_TF32_OVERRIDE=0 in the environment tells NVIDIA's own libraries, which XLA calls for most of them, to keep all 23, and
// is slower. Whether kernels that XLA writes itself heed it is not known to us. None of this has been run on a GPU yet;
// stylelib's TestGPUAgreesWithCPU is for that.
func Open() (compute.Backend, error) {
	config := os.Getenv(compute.ConfigEnvVar)
	if config == "" {
		config = "xla:cpu"
	}
	xla.EnableAutoInstall(false)
	preload(config)
	backend, err := newBackend(config)
	if err == nil {
		return backend, nil
	}
	if installed := installedPlugin(config); installed != "" {
		if backend, err := newBackend(installed); err == nil {
			return backend, nil
		}
	}
	reason, _, _ := strings.Cut(err.Error(), " -- ") // GoMLX goes on with how to install plugins by hand
	reason, _, _ = strings.Cut(reason, "\n")
	return nil, fmt.Errorf("stylelib: no backend %q: %s; `go run ./kernelext/stylenet setup` installs XLA's plugin, "+
		"%s=go runs without one, slowly", config, reason, compute.ConfigEnvVar)
}

// preload loads XLA's CPU plugin from the first folder of PJRT_PLUGIN_LIBRARY_PATH that has it, if the configuration names it.
func preload(config string) {
	if name, _, _ := strings.Cut(config, ","); name != "xla:cpu" {
		return
	}
	for folder := range strings.SplitSeq(os.Getenv("PJRT_PLUGIN_LIBRARY_PATH"), ":") {
		file := filepath.Join(folder, "pjrt_c_api_cpu_plugin.so")
		if _, err := os.Stat(file); err == nil && folder != "" {
			native.Preload(file)
			return
		}
	}
}

// newBackend returns the backend of a configuration, with our kernels where it takes them. Where GoMLX knows no such backend it panics;
// that is an error here.
func newBackend(config string) (backend compute.Backend, err error) {
	if panicked := graphs.CatchPanic(func() { backend, err = compute.NewWithConfig(config) }); panicked != nil {
		return nil, panicked
	}
	if err != nil {
		return nil, err
	}
	native.Open(backend) // where it takes none, graphs do without
	return backend, nil
}

// installedPlugin returns the configuration with the plugin's path in place of its name, "xla:cpu" -> "xla:/…/plugin.so", where
// set-up has installed that plugin; else "".
func installedPlugin(config string) string {
	name, options, _ := strings.Cut(strings.TrimPrefix(config, "xla:"), ",")
	home, err := weights.Home()
	if err != nil || !strings.HasPrefix(config, "xla:") {
		return ""
	}
	if name == "cpu" {
		options += ",shared_buffers" // go-xla gives them by itself only to a plugin it knows by name
	}
	for _, below := range []string{"", "go-xla", filepath.Join("go-xla", "nvidia")} {
		folder := filepath.Join(home, "plugin", below)
		found, _ := fs.Glob(os.DirFS(folder), "pjrt_c_api_"+name+"_*plugin.*")
		for _, file := range found {
			if !strings.HasSuffix(file, ".made") {
				return "xla:" + filepath.Join(folder, file) + "," + strings.TrimPrefix(options, ",")
			}
		}
	}
	return ""
}
