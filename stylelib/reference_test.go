package stylelib

import (
	"image"
	"math"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// termsAndGradients returns the loss and the gradient of each default term, each unweighted, for a picture.
func termsAndGradients(t *testing.T, backend compute.Backend, net *vgg.Extractor, picture, content, style image.Image) (losses map[string]float64, gradients map[string][]float32) {
	t.Helper()
	terms := []Term{ContentTerm(1), StyleTerm(1), TotalVariationTerm(1)}
	exec, err := net.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		var outs []*graph.Node
		layers := append(append([]string{vgg.PictureLayer}, vgg.ContentLayers...), vgg.StyleLayers...)
		features := net.Features(in[0], layers...)
		targets := map[Target]vgg.Features{Content: net.Features(in[1], layers...), Style(0): net.Features(in[2], layers...)}
		for i := range terms {
			var want []*graph.Node
			if target := terms[i].Target; target != Nothing {
				want = terms[i].describe(targets[target])
			}
			loss := terms[i].loss(terms[i].describe(features), want)
			outs = append(outs, loss, graph.Gradient(loss, in[0])[0])
		}
		return outs
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	out, err := exec.Exec(testkit.Uploaded(picture), testkit.Uploaded(content), testkit.Uploaded(style))
	if err != nil {
		t.Fatal(err)
	}
	losses, gradients = map[string]float64{}, map[string][]float32{}
	for i, term := range terms {
		losses[term.Name] = float64(tensors.ToScalar[float32](out[2*i]))
		gradients[term.Name] = tensors.MustCopyFlatData[float32](out[2*i+1])
	}
	return losses, gradients
}

// The bounds on the relative difference between float32 here and float64 there. Losses are means of many squares.
// A gradient differs by rounding alone, about 1e-6, where no feature sits on a ReLU's or a pooling window's edge.
// On real pictures float32 puts a few features on the other side of an edge.
const (
	gradientTol     = 1e-5
	realGradientTol = 1e-3
)

func compareCase(t *testing.T, want testkit.ReferenceCase, losses map[string]float64, gradients map[string][]float32, tol float64) {
	t.Helper()
	for name, loss := range want.Losses {
		if d := math.Abs(losses[name]-loss) / loss; !(d < testkit.LossTolerance) {
			t.Errorf("%s: loss %g, want %g (relative difference %.2g)", name, losses[name], loss, d)
		}
		d := testkit.RelativeDifference(gradients[name], want.Gradients[name].Values(t))
		t.Logf("%s: gradient's relative difference %.2g", name, d)
		if !(d < tol) {
			t.Errorf("%s: gradient differs by %.2g, want at most %g", name, d, tol)
		}
	}
}

func TestLossesAndGradientsAgreeWithPyTorch(t *testing.T) {
	backend := testkit.Backend(t)
	for _, want := range testkit.ReadReference(t, "reference.json").Cases {
		t.Run(want.Padding+"-"+want.Pooling, func(t *testing.T) {
			net := vgg.New(testkit.Network())
			net.Padding = map[string]weights.Padding{
				"zero": weights.ZeroPadding, "reflect": weights.ReflectPadding, "replicate": weights.ReplicatePadding}[want.Padding]
			var err error
			if net.Pooling, err = vgg.ParsePooling(want.Pooling); err != nil {
				t.Fatal(err)
			}
			losses, gradients := termsAndGradients(t, backend, net, testkit.Picture(21, 19, 3), testkit.Picture(21, 19, 1), testkit.Picture(18, 23, 2))
			compareCase(t, want, losses, gradients, gradientTol)
		})
	}
}

func TestAdamAgreesWithPyTorch(t *testing.T) {
	backend := testkit.Backend(t)
	want := testkit.ReadReference(t, "reference.json").Adam
	result, err := Transfer(t.Context(), backend, vgg.New(testkit.Network()), testkit.Picture(21, 19, 1), []image.Image{testkit.Picture(18, 23, 2)}, Options{
		Terms:     []Term{ContentTerm(want.Weights["content"]), StyleTerm(want.Weights["style"]), TotalVariationTerm(want.Weights["tv"])},
		Steps:     len(want.Terms),
		Optimizer: optim.Adam{LearningRate: want.Rate, Decay: 1},
		Start:     FromPicture(testkit.Picture(21, 19, 3)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, terms := range want.Terms {
		for name, loss := range terms {
			if d := math.Abs(result.Steps[i].Terms[name]-loss) / loss; !(d < 2e-4) {
				t.Errorf("step %d, %s: %g, want %g (relative difference %.2g)", i+1, name, result.Steps[i].Terms[name], loss, d)
			}
		}
	}
	if d := testkit.RelativeDifference(result.State.Picture, want.Picture.Values(t)); !(d < 1e-4) {
		t.Errorf("the picture after %d steps differs by %.2g", len(want.Terms), d)
	}
}
