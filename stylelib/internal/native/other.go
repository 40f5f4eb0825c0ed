//go:build !cgo || !(linux || darwin) || !(amd64 || arm64)

package native

import (
	"errors"

	"github.com/gomlx/compute"
)

// Preload does nothing.
func Preload(string) {}

// Open returns an error.
func Open(compute.Backend) error {
	return errors.New("native: made without cgo, or for another system")
}
