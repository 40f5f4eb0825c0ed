package preset

import (
	"encoding/json"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// presetReference is what testdata/presets.py recorded, in PyTorch's float64.
type presetReference struct {
	Losses map[string]map[string]float64
	Seed   map[string]struct {
		Steps      []map[string]float64
		Mean, Norm float64 // of the picture after the last step
	}
}

// readPresetReference reads it.
func readPresetReference(t *testing.T) presetReference {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "presets.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r presetReference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// networkFor returns the hashed network with the preprocessing of the network that a preset was made for.
func networkFor(p *Preset) *weights.Network {
	n := testkit.Network()
	mean, scale, isBGR := oxfordMean, [3]float64{255, 255, 255}, p.Origin == "caffe"
	if p.Origin == "torchvision" {
		for c, m := range []float64{0.485, 0.456, 0.406} {
			scale[c] = 1 / torchvisionStd[c]
			mean[c] = m * scale[c]
		}
	}
	n.Input = weights.Input{}
	for c := range 3 {
		from := c
		if isBGR {
			from = 2 - c
		}
		n.Input.Matrix[c][from], n.Input.Offset[c] = float32(scale[from]), float32(-mean[from])
	}
	return n
}

// Features of a network with torchvision's preprocessing become 57.63 times as large for a preset whose network had values up to 255. The
// other way round they become as much smaller, if the network has as many channels as VGG-19.
func TestFeatureSizes(t *testing.T) {
	backend := testkit.Backend(t)
	features := func(net *vgg.Extractor) []float32 {
		values, h, w := picture.Values(testkit.Picture(12, 10, 1))
		exec, err := net.NewExec(backend, func(in []*graph.Node) []*graph.Node {
			return []*graph.Node{net.Features(in[0], "relu2_1")["relu2_1"]}
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := exec.Exec(tensors.FromFlatDataAndDimensions(values, 1, h, w, 3))
		if err != nil {
			t.Fatal(err)
		}
		return tensors.MustCopyFlatData[float32](out[0])
	}
	torchvision, caffe := &Preset{Origin: "torchvision"}, &Preset{Origin: "caffe"}
	for _, test := range []struct {
		network, preset *Preset
		want            float64
	}{{torchvision, caffe, 57.63}, {torchvision, torchvision, 1}, {caffe, caffe, 1}, {caffe, torchvision, 1}} {
		network := networkFor(test.network)
		before := slices.Clone(network.Convs[0].Bias)
		net := test.preset.VGG(network)
		unscaled := vgg.New(network)
		unscaled.Padding = net.Padding
		was, is := features(unscaled), features(net)
		for i := range was {
			if want := test.want * float64(was[i]); math.Abs(float64(is[i])-want) > 1e-4*math.Abs(want)+1e-9 {
				t.Fatalf("network of %s, preset for %s: %g became %g, want %g", test.network.Origin, test.preset.Origin, was[i], is[i], want)
			}
		}
		if !slices.Equal(before, network.Convs[0].Bias) {
			t.Error("the caller's network was changed")
		}
	}
	wide := networkFor(caffe)
	wide.Convs[0].Out = 64
	if got := torchvision.factor(wide); math.Abs(float64(got)*57.63-1) > 1e-4 {
		t.Errorf("a wide network's features are multiplied by %g, want 1/57.63", got)
	}
}

// runPreset takes some steps of a preset from a start picture.
func runPreset(t *testing.T, backend compute.Backend, p *Preset, style, start image.Image, steps int) *stylelib.Result {
	t.Helper()
	content := testkit.Picture(37, 45, 1)
	o, err := p.Options(content.Bounds().Size(), p.Weights)
	if err != nil {
		t.Fatal(err)
	}
	o.Steps, o.Start = steps, stylelib.FromPicture(start)
	result, err := stylelib.Transfer(t.Context(), backend, p.VGG(networkFor(p)), content, []image.Image{style}, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// presetLosses returns the weighted losses of a preset's terms for a picture.
func presetLosses(t *testing.T, backend compute.Backend, p *Preset, picture, content, style image.Image) map[string]float64 {
	t.Helper()
	o, err := p.Options(content.Bounds().Size(), p.Weights)
	if err != nil {
		t.Fatal(err)
	}
	return weightedTerms(t, backend, p.VGG(networkFor(p)), o.Terms, picture, content, style)
}

// weightedTerms returns the weighted losses of terms for a picture.
func weightedTerms(t *testing.T, backend compute.Backend, net *vgg.Extractor, terms []stylelib.Term, picture, content, style image.Image) map[string]float64 {
	t.Helper()
	result, err := stylelib.Transfer(t.Context(), backend, net, content, []image.Image{style}, stylelib.Options{Terms: terms, Steps: 1, Start: stylelib.FromPicture(picture)})
	if err != nil {
		t.Fatal(err)
	}
	return result.Steps[0].Terms
}

// compareTerms compares the terms of a step with float64's.
func compareTerms(t *testing.T, step stylelib.Step, want map[string]float64, tol float64) {
	t.Helper()
	if len(step.Terms) != len(want) {
		t.Errorf("terms %v, want %v", step.Terms, want)
	}
	for name, loss := range want {
		if d := math.Abs(step.Terms[name]-loss) / max(loss, math.SmallestNonzeroFloat32); !(d <= tol) {
			t.Errorf("step %d: %s is %.9g, want %.9g (relative difference %.2g)", step.N, name, step.Terms[name], loss, d)
		}
	}
}

// The loss of every term of every preset is that of its formula in PyTorch.
func TestPresetLossesAgreeWithPyTorch(t *testing.T) {
	backend, recorded := testkit.Backend(t), readPresetReference(t).Losses
	for _, name := range Names() {
		want, ok := recorded[strings.TrimSuffix(name, "-main1")] // main1's losses are the README's
		if name == "seed-memo" {
			continue // TestSeedAgreesWithPyTorch has its weights
		}
		if !ok {
			t.Errorf("nothing recorded for preset %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			p, err := Named(name)
			if err != nil {
				t.Fatal(err)
			}
			style := testkit.Picture(51, 45, 2)
			if p.Fit == FitSize {
				style = testkit.Picture(37, 45, 4)
			}
			compareTerms(t, stylelib.Step{N: 1, Terms: presetLosses(t, backend, p, testkit.Picture(37, 45, 3), testkit.Picture(37, 45, 1), style)}, want, testkit.LossTolerance)
		})
	}
}

// Ten steps of the seed from a given picture, with odd sizes and a style picture of another height.
func TestSeedAgreesWithPyTorch(t *testing.T) {
	backend := testkit.Backend(t)
	for name, want := range readPresetReference(t).Seed {
		t.Run(name, func(t *testing.T) {
			p, err := Named(name)
			if err != nil {
				t.Fatal(err)
			}
			start := nearlyGrey(37, 45)
			if name == "seed-memo" {
				start = testkit.Picture(37, 45, 3)
			}
			result := runPreset(t, backend, p, testkit.Picture(51, 45, 2), start, len(want.Steps))
			compareTerms(t, result.Steps[0], want.Steps[0], testkit.LossTolerance)
			for i, terms := range want.Steps {
				compareTerms(t, result.Steps[i], terms, 1e-3)
			}
			var mean, norm float64
			for _, v := range result.State.Picture {
				mean += float64(v) / float64(len(result.State.Picture))
				norm += float64(v) * float64(v)
			}
			if norm = math.Sqrt(norm); math.Abs(mean-want.Mean) > 1e-4 || math.Abs(norm-want.Norm) > 1e-4*want.Norm {
				t.Errorf("after %d steps mean %g and norm %g, want %g and %g", len(want.Steps), mean, norm, want.Mean, want.Norm)
			}
		})
	}
}

// nearlyGrey returns the start called grey in presets.py: the mean colour with a little noise, as the seed starts.
func nearlyGrey(h, w int) image.Image {
	picture := image.NewNRGBA64(image.Rect(0, 0, w, h))
	noise := testkit.Picture(h, w, 3).(*image.NRGBA64)
	for i := range h * w {
		from := noise.NRGBA64At(i%w, i/w)
		var value [3]uint16
		for c, v := range []uint16{from.R, from.G, from.B} {
			value[c] = uint16((oxfordMean[c]/255 + 0.256/255*3.4*(float64(v)/65535-0.5)) * 65536)
		}
		picture.SetNRGBA64(i%w, i/w, color.NRGBA64{value[0], value[1], value[2], 0xffff})
	}
	return picture
}

// A preset takes maxima, but of a network that was trained with averages it takes averages, unless it has a pooling of its own.
func TestVGGPooling(t *testing.T) {
	p, err := Named("gatys")
	if err != nil {
		t.Fatal(err)
	}
	network := testkit.Network()
	check := func(want vgg.Pooling) {
		t.Helper()
		if got := p.VGG(network).Pooling; got != want {
			t.Errorf("averages %t, the preset %v: %v, want %v", network.AveragePooling, p.Pooling, got, want)
		}
	}
	check(vgg.MaxPooling)
	network.AveragePooling = true
	check(vgg.AveragePooling)
	p.Pooling = vgg.RescaledPooling
	check(vgg.RescaledPooling)
}

// Weights that are not finite are an error.
func TestPresetRefusesWeights(t *testing.T) {
	preset, err := Named("gatys")
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(w *Weights){
		"the weight of style is NaN":            func(w *Weights) { w.Style = math.NaN() },
		"the weight of total variation is -Inf": func(w *Weights) { w.TotalVariation = math.Inf(-1) },
		"the weight of layer relu4_2 is +Inf":   func(w *Weights) { w.ContentLayers = []stylelib.LayerWeight{{Layer: "relu4_2", Weight: math.Inf(1)}} },
	} {
		w := preset.Weights
		change(&w)
		if _, err := preset.Options(image.Pt(9, 9), w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
