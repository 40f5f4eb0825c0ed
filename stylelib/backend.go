package stylelib

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // the backend "go": no plugin needed, slow
	"github.com/gomlx/go-xla/compute/xla"
	"stylenet/weights"
)

// pluginFolders is the environment variable in which go-xla looks for plugins.
const pluginFolders = "PJRT_PLUGIN_LIBRARY_PATH"

// OpenBackend returns what runs our graphs: the one that the environment's GOMLX_BACKEND names ("xla:cpu",
// "xla:cuda", "go"), else XLA on the CPU. The plugin is looked for in PJRT_PLUGIN_LIBRARY_PATH, then where
// `stylenet setup` puts it. It downloads nothing; the error says how to install what is missing.
func OpenBackend() (compute.Backend, error) {
	config := os.Getenv(compute.ConfigEnvVar)
	if config == "" {
		config = "xla:cpu"
	}
	home, err := weights.Home()
	if err != nil {
		return nil, err
	}
	named := config
	ours := filepath.Join(home, "plugin", "pjrt_c_api_cpu_plugin.so")
	if _, err := os.Stat(ours); err == nil && config == "xla:cpu" && os.Getenv(pluginFolders) == "" {
		named = "xla:" + ours + ",shared_buffers"
	}
	xla.EnableAutoInstall(false)
	backend, err := compute.NewWithConfig(named)
	if err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("stylelib: no backend %q: %s; `go run ./kernelext/stylenet setup` installs the plugin, "+
			"%s=go runs without one, slowly", config, reason, compute.ConfigEnvVar)
	}
	return backend, nil
}
