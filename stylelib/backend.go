package stylelib

import (
	"github.com/gomlx/compute"
	"stylenet/stylelib/internal/backend"
)

// OpenBackend returns what runs our graphs: the one that the environment's GOMLX_BACKEND names ("xla:cpu", "xla:cuda", "go"), else
// XLA on the CPU. It downloads nothing; the error says how to install what is missing.
func OpenBackend() (compute.Backend, error) { return backend.Open() }
