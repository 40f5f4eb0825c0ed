package stylelib

import (
	"image"
	"math"
	"os"
	"strings"
	"testing"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// On a GPU the plain method is chosen, even where a CPU would take Winograd's, and some steps agree with the CPU's within
// what TF32 leaves of float32. It runs where GOMLX_BACKEND is xla:cuda and that plugin opens:
//
//	GOMLX_BACKEND=xla:cuda go test ./stylelib -run GPU -v
func TestGPUAgreesWithCPU(t *testing.T) {
	if name := os.Getenv(compute.ConfigEnvVar); !strings.HasPrefix(name, "xla:cuda") {
		t.Skipf("%s is %q, not xla:cuda", compute.ConfigEnvVar, name)
	}
	gpu := testkit.Backend(t)
	t.Setenv(compute.ConfigEnvVar, "xla:cpu")
	cpu := testkit.Backend(t)
	content, style := testkit.Picture(96, 128, 1), testkit.Picture(96, 128, 2)
	if j := (&job{backend: gpu, net: vgg.New(testkit.Network())}); j.chooseMethod(image.Pt(1024, 1024), 1000, "") != conv.Plain {
		t.Error("Winograd was chosen on a GPU, want plain")
	}
	paint := func(backend compute.Backend) *Result {
		result, err := Transfer(t.Context(), backend, vgg.New(weights.Random(1)), content, []image.Image{style}, Options{Steps: 5, Optimizer: optim.Adam{Decay: 1}, Start: FromContent()})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	got, want := paint(gpu), paint(cpu)
	for i, step := range want.Steps {
		tolerance := 0.1 // on a CPU, kernels rounded to TF32's 10 bits drift by 0.04 in five steps
		if i == 0 {
			tolerance = 1e-3 // the same picture still; there it is 4e-5
		}
		for name, value := range step.Terms {
			if loss := got.Steps[i].Terms[name]; math.Abs(loss-value) > tolerance*value+1e-6 {
				t.Errorf("step %d: %s loss %g, on the CPU %g", step.N, name, loss, value)
			}
		}
	}
}
