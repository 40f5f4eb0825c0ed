package backend

import (
	"strings"
	"testing"

	"github.com/gomlx/compute"
)

// A backend that there is not is one line: what was asked for, what there is, and what to do.
func TestUnknownBackend(t *testing.T) {
	for config, want := range map[string]string{
		"nonsense":     `stylelib: no backend "nonsense": can't find backend "nonsense"`,
		"xla:nonsense": `stylelib: no backend "xla:nonsense": `,
	} {
		t.Setenv(compute.ConfigEnvVar, config)
		_, err := Open()
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") ||
			!strings.HasSuffix(err.Error(), "; `go run ./kernelext/stylenet setup` installs XLA's plugin, GOMLX_BACKEND=go runs without one, slowly") {
			t.Errorf("error %v, want one line with %q and what to do", err, want)
		}
	}
}
