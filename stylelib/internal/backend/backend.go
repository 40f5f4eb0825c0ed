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
	"stylenet/weights"
)

// openBackend returns what runs our graphs: the one that the environment's GOMLX_BACKEND names ("xla:cpu",
// "xla:cuda", "go"), else XLA on the CPU. XLA's plugin is looked for in the folders of PJRT_PLUGIN_LIBRARY_PATH, then where
// `stylenet setup` puts it. It downloads nothing; the error says how to install what is missing.
//
// An NVIDIA GPU: put XLA's CUDA plugin (pjrt_c_api_cuda_plugin.so, built for PJRT's API 0.106 or near it) and the CUDA
// libraries that it names where they are found, and set GOMLX_BACKEND=xla:cuda. Plain convolutions are chosen there. From
// the Ampere generation on XLA lets matrix products and convolutions run in TF32, which keeps 10 of float32's 23 bits
// behind the point; NVIDIA_TF32_OVERRIDE=0 in the environment tells NVIDIA's own libraries, which XLA calls for most of
// them, to keep all 23, and is slower. Whether kernels that XLA writes itself heed it is not known to us. None of this has
// been run on a GPU yet; TestGPUAgreesWithCPU is ready for one.
func Open() (compute.Backend, error) {
	config := os.Getenv(compute.ConfigEnvVar)
	if config == "" {
		config = "xla:cpu"
	}
	xla.EnableAutoInstall(false)
	backend, err := newBackend(config)
	if err == nil {
		return backend, nil
	}
	if ours := ourPlugin(config); ours != "" {
		if backend, oursErr := newBackend(ours); oursErr == nil {
			return backend, nil
		}
	}
	reason, _, _ := strings.Cut(err.Error(), " -- ") // what follows is for those who install plugins by hand
	reason, _, _ = strings.Cut(reason, "\n")
	return nil, fmt.Errorf("stylelib: no backend %q: %s; `go run ./kernelext/stylenet setup` installs XLA's plugin, "+
		"%s=go runs without one, slowly", config, reason, compute.ConfigEnvVar)
}

// newBackend returns the backend of a configuration. GoMLX panics where it knows no such backend.
func newBackend(config string) (backend compute.Backend, err error) {
	buildErr := graphs.CatchPanic(func() { backend, err = compute.NewWithConfig(config) })
	if buildErr != nil {
		return nil, buildErr
	}
	return backend, err
}

// ourPlugin returns the configuration with the plugin's path in place of its name, "xla:cpu" -> "xla:/…/plugin.so",
// where set-up has installed that plugin; else "".
func ourPlugin(config string) string {
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
