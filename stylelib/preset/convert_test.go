package preset

import (
	"image"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"
)

// mustPreset returns a preset.
func mustPreset(t *testing.T, name string) *Preset {
	t.Helper()
	p, err := Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Converted weights make the other preset's terms, computed by its own formulas, equal. For Keras's Gram matrices the style picture must
// have the content's size.
func TestConvertedWeightsGiveEqualLosses(t *testing.T) {
	backend := testkit.Backend(t)
	content, style, start := testkit.Picture(36, 46, 1), testkit.Picture(36, 46, 4), testkit.Picture(36, 46, 3)
	size := content.Bounds().Size()
	names := []string{"seed", "gatys", "johnson", "anish", "pytorch-tutorial", "tensorflow-tutorial", "keras", "d2l"}
	var terms []stylelib.Term
	wanted := map[string]string{} // a term's name -> that of the one it must equal
	add := func(p *Preset, w Weights, name, equals string) {
		o, err := p.Options(size, w)
		if err != nil {
			t.Fatal(err)
		}
		for _, term := range o.Terms[:2] {
			wanted[name+term.Name] = equals + term.Name
			term.Name = name + term.Name
			terms = append(terms, term)
		}
	}
	net := mustPreset(t, "anish").VGG(networkFor(mustPreset(t, "anish")))
	for i, name := range names { // each to the next one, and the last to the first
		from, to := mustPreset(t, name), mustPreset(t, names[(i+1)%len(names)])
		w := from.Weights
		w.TotalVariation = 0
		converted, err := Convert(w, from, to, Scene{net, size})
		if err != nil {
			t.Fatal(err)
		}
		add(from, w, name+" ", name+" ")
		add(to, converted, name+" as "+to.Name+" ", name+" ")
	}
	losses := weightedTerms(t, backend, net, terms, start, content, style)
	for name, equals := range wanted {
		if got, want := losses[name], losses[equals]; !(math.Abs(got-want) <= testkit.LossTolerance*want) || want == 0 {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
}

// By hand. The seed sums five layers, Athalye takes a fifth of each: five times the weight. Gatys's Gram matrices are c times as large, so
// squares c² times, and he divides by c²: the same weight.
func TestConvertByHand(t *testing.T) {
	scene := Scene{vgg.New(testkit.Network()), image.Pt(40, 40)}
	seed := mustPreset(t, "seed")
	anish, err := Convert(seed.Weights, seed, mustPreset(t, "anish"), scene)
	if err != nil || anish.Content != 200 || math.Abs(anish.Style-1000) > 1e-9 || math.Abs(anish.TotalVariation-100) > 1e-9 {
		t.Errorf("as anish %+v, error %v; want content 200, style 1000, total variation 100", anish, err)
	}
	w := seed.Weights
	w.TotalVariation = 0
	gatys, err := Convert(w, seed, mustPreset(t, "gatys"), scene)
	if err != nil || math.Abs(gatys.Style-200) > 1e-9 || math.Abs(gatys.StyleLayers[3].Weight-1) > 1e-9 {
		t.Errorf("as gatys %+v, error %v; want style 200, each layer 1", gatys, err)
	}
	for _, test := range []struct{ from, to, want string }{
		{"seed", "crowson", "different kinds"}, {"seed", "keras", "total variations of seed and keras"},
	} {
		from := mustPreset(t, test.from)
		if _, err := Convert(from.Weights, from, mustPreset(t, test.to), scene); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s to %s: error %v, want %q", test.from, test.to, err, test.want)
		}
	}
	strip := Scene{scene.Extractor, image.Pt(4096, 16)}
	if _, err := Convert(seed.Weights, seed, mustPreset(t, "anish"), strip); err == nil || !strings.Contains(err.Error(), "4096x16") {
		t.Errorf("error %v, want one about the strip", err)
	}
}

// With ScaleFree, style 0.6 has a share of 0.6 of the gradient at every size. With a preset's own weights the share depends on the size; for
// Keras's sums it is logged.
func TestScaleFreeIsTheSameAtEverySize(t *testing.T) {
	backend, net, p := testkit.Backend(t), vgg.New(testkit.Network()), mustPreset(t, "keras")
	for _, side := range []int{24, 48} {
		content, styles := testkit.Picture(side, side, 1), []image.Image{testkit.Picture(side, side, 2)}
		o, err := p.Options(content.Bounds().Size(), p.Weights)
		if err != nil {
			t.Fatal(err)
		}
		shares := func(terms []stylelib.Term) []float64 {
			norms, err := stylelib.GradientNorms(backend, net, content, styles, stylelib.Options{Terms: terms})
			if err != nil {
				t.Fatal(err)
			}
			sum := float64(norms[0] + norms[1] + norms[2])
			return []float64{float64(norms[0]) / sum, float64(norms[1]) / sum, float64(norms[2]) / sum}
		}
		t.Logf("%d pixels, own weights: content, style and tv have %.3g of the gradient", side, shares(o.Terms))
		want := []float64{0.3, 0.6, 0.1}
		for i := range want {
			o.Terms[i].Weight = want[i]
		}
		terms, err := ScaleFree(backend, net, content, styles, o.Terms)
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range shares(terms) {
			if math.Abs(got-want[i]) > 1e-4 {
				t.Errorf("at %d pixels %s has a share of %g, want %g", side, terms[i].Name, got, want[i])
			}
		}
	}
	flat := []stylelib.Term{stylelib.TotalVariationTerm(1), {Name: "nothing", Weight: 1, Target: stylelib.Content, Layers: stylelib.Layers("relu1_1"), Compare: loss.Compare{Name: "nothing", Of: nothing}}}
	if _, err := ScaleFree(backend, net, testkit.Picture(8, 8, 1), nil, flat); err == nil || !strings.Contains(err.Error(), `preset: the gradient norm of term "nothing" at noise is 0`) {
		t.Errorf("error %v, want one about the term without a gradient", err)
	}
}

// nothing is a comparison whose result is 0.
func nothing(got, _ *graph.Node) *graph.Node { return graph.MulScalar(graph.ReduceAllSum(got), 0) }
