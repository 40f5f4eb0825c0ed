package preset

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// A preset makes this network's features as large as VGG-19's: they are the network's own, each layer's times one number. With values up to
// 255 the features of a photograph then are about 30 in relu1_1 and 280 in relu4_2.
func TestPresetMakesSlimFeaturesLarger(t *testing.T) {
	unscaled, backend := vgg.New(testkit.SlimNetwork(t)), testkit.Backend(t)
	unscaled.Padding = weights.ZeroPadding
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
	own := features(unscaled)
	for name, scale := range map[string]float64{"gatys": 1, "d2l": 1 / (255 * 0.226)} {
		preset, err := Named(name)
		if err != nil {
			t.Fatal(err)
		}
		got := features(preset.VGG(unscaled.Weights))
		for i, times := range []float64{8, 16, 128, 8} {
			want := make([]float32, len(own[i]))
			for k, v := range own[i] {
				want[k] = float32(float64(v) * times * scale)
			}
			if d := testkit.RelativeDifference(got[i], want); !(d < 1e-5) {
				t.Errorf("%s, %s: %.2g from %g times the network's own", name, layers[i], d, times*scale)
			}
		}
	}
	if unscaled.Weights.Convs[0].Bias[0] == 0 || features(unscaled)[0][0] != own[0][0] {
		t.Error("the network itself has changed")
	}
}
