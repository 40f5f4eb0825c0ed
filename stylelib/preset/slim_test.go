package preset

import (
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// A preset sees this network's features as large as VGG-19's: they are the network's own, each layer's times one number, which
// brings relu1_1 of a photograph's order of size to 30 and relu4_2 to 280 where pictures enter as codes.
func TestPresetMakesSlimFeaturesLarger(t *testing.T) {
	plain, backend := vgg.New(testkit.SlimNetwork(t)), testkit.Backend(t)
	plain.Padding = weights.ZeroPadding
	picture := []any{vgg.Tensor(testkit.Picture(32, 48, 1))}
	layers := []string{"relu1_1", "relu2_2", "relu4_2", "conv5_1"}
	features := func(net *vgg.Extractor) [][]float32 {
		exec, err := net.NewExec(backend, func(in []*graph.Node) (out []*graph.Node) {
			features := net.Features(in[0], layers...)
			for _, layer := range layers {
				out = append(out, features[layer])
			}
			return out
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		out, err := exec.Exec(picture...)
		if err != nil {
			t.Fatal(err)
		}
		var values [][]float32
		for _, one := range out {
			values = append(values, tensors.MustCopyFlatData[float32](one))
		}
		return values
	}
	own := features(plain)
	for name, entrance := range map[string]float64{"gatys": 1, "d2l": 1 / (255 * 0.226)} {
		preset, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		got := features(preset.VGG(plain.Weights))
		for i, times := range []float64{8, 16, 128, 8} {
			want := make([]float32, len(own[i]))
			for k, v := range own[i] {
				want[k] = float32(float64(v) * times * entrance)
			}
			if d := testkit.RelativeDifference(got[i], want); !(d < 1e-5) {
				t.Errorf("%s, %s: %.2g from %g times the network's own", name, layers[i], d, times*entrance)
			}
		}
	}
	if plain.Weights.Convs[0].Bias[0] == 0 || features(plain)[0][0] != own[0][0] {
		t.Error("the network itself has changed")
	}
}
