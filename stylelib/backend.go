package stylelib

import (
	"stylenet/stylelib/internal/backend"

	"github.com/gomlx/compute"
)

// OpenBackend returns what runs our graphs: the one that the environment's GOMLX_BACKEND names ("xla:cpu", "xla:cuda", "go"), else
// XLA on the CPU. It downloads nothing; the error says how to install what is missing.
func OpenBackend() (compute.Backend, error) { return backend.Open() }
