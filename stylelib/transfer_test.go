package stylelib

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// small is a transfer that takes a second: hashed network and pictures, by Adam from the content picture unless o says otherwise.
func small(t *testing.T, ctx context.Context, o Options) (*Result, error) {
	t.Helper()
	o = o.completed(Options{Optimizer: optim.Adam{Decay: 1}, Start: FromContent()})
	return Transfer(ctx, testkit.Backend(t), vgg.New(testkit.Network()), testkit.Picture(21, 19, 1), []image.Image{testkit.Picture(18, 23, 2)}, o)
}

func TestTransferLowersTheLoss(t *testing.T) {
	result, err := small(t, t.Context(), Options{Steps: 60})
	if err != nil {
		t.Fatal(err)
	}
	first, last := result.Steps[0], result.Steps[59]
	if len(result.Steps) != 60 || last.N != 60 || last.Total != 60 || !(last.Loss < 0.5*first.Loss) {
		t.Errorf("%d steps from loss %g to %g, want 60 that halve it", len(result.Steps), first.Loss, last.Loss)
	}
	if sum := first.Terms["content"] + first.Terms["style"] + first.Terms["tv"]; math.Abs(sum-first.Loss) > 1e-9*sum || len(first.Terms) != 3 {
		t.Errorf("terms %v do not add up to %g", first.Terms, first.Loss)
	}
	// The run starts from the content picture, whose content is its own.
	if first.Terms["content"] != 0 {
		t.Errorf("content term %g at the start, want 0", first.Terms["content"])
	}
	if b := result.Picture.Bounds(); b.Dx() != 19 || b.Dy() != 21 {
		t.Errorf("result %v, want 19x21", b)
	}
}

// Weights scale their terms and nothing else; a weight of 0 reports 0.
func TestWeights(t *testing.T) {
	one := func(content, style, tv float64) map[string]float64 {
		result, err := small(t, t.Context(), Options{Steps: 1, Start: FromNoise(7), Terms: []Term{ContentTerm(content), StyleTerm(style), TotalVariationTerm(tv)}})
		if err != nil {
			t.Fatal(err)
		}
		return result.Steps[0].Terms
	}
	a, b := one(1, 1, 1), one(3, 0, 0.5)
	for name, factor := range map[string]float64{"content": 3, "style": 0, "tv": 0.5} {
		if d := math.Abs(b[name] - factor*a[name]); d > 1e-6*a[name] {
			t.Errorf("%s: %g, want %g x %g", name, b[name], factor, a[name])
		}
	}
}

func TestEveryAndPicture(t *testing.T) {
	var seen []int
	var last image.Image
	result, err := small(t, t.Context(), Options{Steps: 7, Every: 3, OnStep: func(s Step) error {
		seen = append(seen, s.N)
		var err error
		last, err = s.Picture()
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []int{3, 6, 7}) {
		t.Errorf("called after steps %v, want 3 6 7", seen)
	}
	if got, want := last.(*image.NRGBA64).Pix, result.Picture.(*image.NRGBA64).Pix; !slices.Equal(got, want) {
		t.Error("the last step's picture is not the result")
	}
}

func TestCancelKeepsThePicture(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	result, err := small(t, ctx, Options{Steps: 1000, Every: 1, OnStep: func(s Step) error {
		if s.N == 4 {
			cancel()
		}
		return nil
	}})
	if err != nil || !result.Stopped || len(result.Steps) != 4 || result.State.Step != 4 || result.Picture == nil {
		t.Fatalf("result %+v, error %v; want the picture after 4 steps", result, err)
	}
}

// A context that has ended before the first step leaves the start picture and no steps.
func TestCancelledBeforeTheFirstStep(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	result, err := small(t, ctx, Options{})
	if err != nil || !result.Stopped || len(result.Steps) != 0 || result.Picture == nil {
		t.Fatalf("result %+v, error %v; want the start picture", result, err)
	}
}

// A graph has the weights of one network: its executor's.
func TestTwoNetworksInOneGraph(t *testing.T) {
	backend := testkit.Backend(t)
	net, other := vgg.New(testkit.Network()), vgg.New(testkit.Network())
	other.Weights.Convs[0].Bias = make([]float32, 4)
	exec, err := net.NewExec(backend, func(in []*graph.Node) []*graph.Node {
		return []*graph.Node{net.Features(in[0], "conv1_1")["conv1_1"], other.Features(in[0], "conv1_1")["conv1_1"]}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = exec.Exec(testkit.Uploaded(testkit.Picture(8, 8, 1)))
	if err == nil || !strings.Contains(err.Error(), "vgg: Features in a graph of another executor") {
		t.Errorf("error %v; an executor of one network cannot feed another", err)
	}
}

func TestOnStepErrorEndsTheRun(t *testing.T) {
	enough := errors.New("enough")
	result, err := small(t, t.Context(), Options{Steps: 9, Every: 2, OnStep: func(Step) error { return enough }})
	if !errors.Is(err, enough) || result == nil || result.State.Step != 2 {
		t.Fatalf("result %+v, error %v; want the picture after 2 steps and the error", result, err)
	}
}

// A loss of one's own: the means of each channel. From noise, the picture takes on the style picture's mean colour.
func TestOwnTerm(t *testing.T) {
	means := func(f *graph.Node) *graph.Node { return graph.ReduceMean(f, 1, 2) }
	result, err := small(t, t.Context(), Options{Steps: 150, Start: FromNoise(1), Optimizer: optim.Adam{LearningRate: 0.01, Decay: 1},
		Terms: []Term{{Name: "means", Weight: 1, Target: Style(0), Describe: loss.Describe{Name: "means", Of: means}}}})
	if err != nil {
		t.Fatal(err)
	}
	got, want := testkit.ChannelMeans(result.Picture), testkit.ChannelMeans(testkit.Picture(18, 23, 2))
	for c := range 3 {
		if math.Abs(got[c]-want[c]) > 0.01 {
			t.Errorf("channel %d has mean %g, the style picture %g", c, got[c], want[c])
		}
	}
}

// Plain and Winograd take different roundings down the same hill: after 40 steps the pictures cannot be told apart.
func TestMethodsPaintTheSamePicture(t *testing.T) {
	backend := testkit.Backend(t)
	paint := func(method conv.Method) []float32 {
		net := vgg.New(testkit.WideNetwork())
		net.Conv = method
		result, err := Transfer(t.Context(), backend, net, testkit.Picture(22, 27, 1), []image.Image{testkit.Picture(24, 24, 2)}, Options{
			Steps: 40, Optimizer: optim.Adam{Decay: 1}, Start: FromNoise(1), Terms: []Term{ContentTerm(1, "relu1_2"), StyleTerm(10, "relu1_2")}})
		if err != nil {
			t.Fatal(err)
		}
		return result.State.Picture
	}
	plain, winograd := paint(conv.Plain), paint(conv.Winograd)
	var square float64
	for i := range plain {
		d := float64(plain[i] - winograd[i])
		square += d * d / float64(len(plain))
	}
	if psnr := -10 * math.Log10(square); !(psnr > 40) || math.IsInf(psnr, 1) {
		t.Errorf("PSNR %.1f dB, want above 40 and not the very same numbers", psnr)
	}
}

// Auto takes Winograd on a CPU, for work that repays it, and the method of a state's steps.
func TestAutoChooses(t *testing.T) {
	j := &job{backend: testkit.Backend(t), net: vgg.New(testkit.Network())}
	for i, test := range []struct {
		asked  conv.Method
		before string
		steps  int
		want   conv.Method
	}{
		{conv.Auto, "", 200, conv.Winograd},
		{conv.Auto, "", 20, conv.Plain},
		{conv.Auto, "winograd", 20, conv.Winograd},
		{conv.Auto, "plain", 200, conv.Plain},
		{conv.Plain, "winograd", 200, conv.Plain},
		{conv.Winograd, "plain", 1, conv.Winograd},
	} {
		j.net.Conv = test.asked
		if got := j.chooseMethod(image.Pt(64, 64), test.steps, test.before); got != test.want {
			t.Errorf("case %d: chose %s, want %s", i, got, test.want)
		}
	}
}

// A loss that leaves the numbers is an error with the step and every term; the picture before it is kept.
func TestNotANumber(t *testing.T) {
	calls := 0
	root := func(f *graph.Node) *graph.Node {
		return graph.ReduceAllMean(graph.Log(graph.AddScalar(f, -0.3))) // NaN once a pixel falls below 0.3
	}
	result, err := Transfer(t.Context(), testkit.Backend(t), vgg.New(testkit.Network()), testkit.Grey(128./255), nil, Options{
		Steps: 50, Every: 1, Optimizer: optim.Adam{LearningRate: 0.05, Decay: 1}, OnStep: func(Step) error { calls++; return nil },
		Terms: []Term{{Name: "log", Weight: 1, Describe: loss.Describe{Name: "root", Of: root}}}})
	if err == nil || !strings.Contains(err.Error(), "step 6: the loss is") || !strings.Contains(err.Error(), "log") || strings.Contains(err.Error(), "\n") {
		t.Fatalf("error %v, want one line that names step 6 and the term", err)
	}
	if calls != 5 || result == nil || len(result.Steps) != 5 || result.State != nil {
		t.Fatalf("%d calls, result %+v; want 5 steps and the last good picture", calls, result)
	}
	// Each step lowers every pixel by 0.05: the picture that entered step 5 is at 0.3.
	if mean := testkit.ChannelMeans(result.Picture)[0]; math.Abs(mean-0.304) > 0.004 {
		t.Errorf("kept picture has mean %g, want about 0.304", mean)
	}
}

// Where the numbers end is named by term and layer: in the loss, and in a gradient that spoils the picture under a loss that
// is still a number.
func TestNonFiniteIsLocated(t *testing.T) {
	twoLayers := func(describe func(f *graph.Node) *graph.Node) []Term {
		return []Term{TotalVariationTerm(1), {Name: "mine", Weight: 1, Layers: Layers("relu1_1", "relu1_2"), Describe: loss.Describe{Name: "mine", Of: describe}}}
	}
	overflow := func(f *graph.Node) *graph.Node {
		return graph.ReduceAllSum(graph.Square(graph.MulScalar(f, 1e30)))
	}
	root := func(f *graph.Node) *graph.Node { // √0 has a slope of ∞
		return graph.Sqrt(graph.ReduceAllSum(graph.MulScalar(f, 0)))
	}
	for name, test := range map[string]struct {
		describe func(f *graph.Node) *graph.Node
		steps    int
		want     string
	}{
		"loss":      {overflow, 3, `step 1: the loss is +Inf, from term "mine" at layer relu1_1, mine +Inf, tv `},
		"gradient":  {root, 3, `step 2: the loss is NaN, from the gradient of term "mine" at layer relu1_1 in step 1, mine NaN, tv NaN`},
		"last step": {root, 1, `step 1 left a picture that is not finite, from the gradient of term "mine" at layer relu1_1 in step 1`},
	} {
		_, err := small(t, t.Context(), Options{Steps: test.steps, Terms: twoLayers(test.describe)})
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", name, err, test.want)
		}
	}
}

func TestTransferRefuses(t *testing.T) {
	backend := testkit.Backend(t)
	net := vgg.New(testkit.Network())
	reflecting := vgg.New(testkit.Network())
	reflecting.Padding = weights.ReflectPadding
	content, styles := testkit.Picture(21, 19, 1), []image.Image{testkit.Picture(18, 23, 2)}
	scalar := func(f *graph.Node) *graph.Node { return f }
	for _, test := range []struct {
		name    string
		vgg     *vgg.Extractor
		content image.Image
		styles  []image.Image
		o       Options
		want    string
	}{
		{"unknown layer", net, content, styles, Options{Terms: []Term{ContentTerm(1, "relu4_9")}}, `stylelib: term "content": no layer "relu4_9"; this network's layers are picture conv1_1`},
		{"same name", net, content, styles, Options{Terms: []Term{ContentTerm(1), ContentTerm(2)}}, `two terms are named "content"`},
		{"no name", net, content, styles, Options{Terms: []Term{{Weight: 1}}}, "a term has no name"},
		{"weight", net, content, styles, Options{Terms: []Term{ContentTerm(math.NaN())}}, "weight NaN"},
		{"no style", net, content, nil, Options{}, `term "style" is a style picture, and none is given`},
		{"below 0", net, content, styles, Options{Terms: []Term{ContentTerm(1), StyleTerm(-3)}}, `term "style" has weight -3; a finite number from 0 on is needed`},
		{"two styles", net, content, append(styles, styles...), Options{}, "no term has the second style picture as its target; that would be Style(1)"},
		{"style -1", net, content, styles, Options{Terms: []Term{{Name: "mine", Target: Style(-1)}}}, `term "mine" wants style picture -1; 1 given`},
		{"no network", &vgg.Extractor{}, content, styles, Options{}, "no network given"},
		{"nil pointer", net, (*image.NRGBA)(nil), styles, Options{}, "the content picture is missing"},
		{"no pixels", net, image.NewNRGBA(image.Rect(0, 0, 0, 5)), styles, Options{}, "the content picture has no pixels: it is 0x5"},
		{"rate", net, content, styles, Options{Optimizer: optim.Adam{LearningRate: math.NaN()}}, "the learning rate is NaN; it must be above 0"},
		{"average", net, content, styles, Options{Optimizer: optim.Adam{Average: 1}}, "Adam's Beta1, Beta2 and Average are 0, 0 and 1; they must be"},
		{"decay", net, content, styles, Options{Optimizer: optim.Adam{Decay: -1}}, "Adam's Decay is -1 every 0 steps"},
		{"history", net, content, styles, Options{Optimizer: optim.LBFGS{History: -1}}, "a History of -1 pairs"},
		{"long history", net, content, styles, Options{Optimizer: optim.LBFGS{History: 1 << 40}}, "0 to 1000 pairs can be remembered"},
		{"nil content", net, nil, styles, Options{}, "the content picture is missing"},
		{"nil style", net, content, []image.Image{nil}, Options{}, "the first style picture is missing"},
		{"no terms", net, content, styles, Options{Terms: []Term{}}, "the loss has no terms"},
		{"steps", net, content, styles, Options{Steps: -1}, "-1 steps asked for"},
		{"too small", reflecting, testkit.Picture(16, 40, 1), styles, Options{}, "the content picture of 40x16 pixels is too small for layer relu5_1 with reflect padding; at least 17x17"},
		{"one pixel", net, testkit.Picture(1, 1, 1), styles, Options{}, `stylelib: step 1: term "tv", layer picture: total variation needs a picture of at least 2x2 pixels`},
		{"start size", net, content, styles, Options{Start: FromPicture(testkit.Picture(9, 9, 1))}, "the start picture is 9x9 pixels, the content picture 19x21"},
		{"state size", net, content, styles, Options{From: &State{Height: 2, Width: 2}}, "the state to go on from is of a 2x2 picture"},
		{"state step", net, content, styles, Options{From: &State{Height: 21, Width: 19, Step: -5}}, "it is of step -5"},
		{"not a scalar", net, content, styles, Options{Terms: []Term{{Name: "mine", Layers: Layers("relu1_1"), Describe: loss.Describe{Name: "scalar", Of: scalar}}}}, `stylelib: step 1: term "mine", layer relu1_1: the loss must be a scalar, got shape`},
		{"shapes", net, content, styles, Options{Terms: []Term{{Name: "mine", Target: Style(0), Layers: Layers("relu1_1")}}}, `stylelib: step 1: term "mine", layer relu1_1: cannot compare a description of shape`},
		{"nil description", net, content, styles, own(func(*graph.Node) *graph.Node { return nil }, nil), `stylelib: step 1: term "mine", layer picture: Describe returned nil`},
		{"nil difference", net, content, styles, own(nil, func(_, _ *graph.Node) *graph.Node { return nil }), `term "mine", layer picture: Compare returned nil`},
		{"panic", net, content, styles, own(func(*graph.Node) *graph.Node { panic("no paint left") }, nil), `stylelib: step 1: term "mine", layer picture: no paint left`},
		{"no target", net, content, styles, own(loss.Gram.Of, loss.RelativeSquare.Of), "nothing to compare with: the term has no Target"},
		{"no directions", net, content, styles, own(loss.Projections(0).Of, loss.RelativeSquare.Of), "0 directions asked for"},
		{"layer weight", net, content, styles, Options{Terms: []Term{{Name: "mine", Layers: []LayerWeight{{"relu1_1", -1}}}}}, `term "mine" has weight -1 for layer relu1_1`},
		{"pooling", &vgg.Extractor{Weights: net.Weights, Pooling: 17}, content, styles, Options{}, "no pooling 17; there are MaxPooling"},
		{"paddings", &vgg.Extractor{Weights: net.Weights, Paddings: map[string]weights.Padding{"conv9_1": 0}}, content, styles, Options{}, `Paddings has "conv9_1", which is no convolution of this network; it has conv1_1 to conv5`},
		{"epsilon", net, content, styles, Options{Optimizer: optim.Adam{Epsilon: -1}}, "Adam's Epsilon is -1"},
		{"NaN decay", net, content, styles, Options{Optimizer: optim.SGD{LearningRate: 1, Decay: math.NaN()}}, "SGD's Decay is NaN"},
		{"nil start", net, content, styles, Options{Start: FromPicture(nil)}, "the start picture is missing"},
		{"colour", net, content, styles, Options{Start: FromNoiseAround([3]float64{2, 0, 0}, 0.1, 1)}, "around colour [2 0 0]; R, G and B are from 0 to 1"},
		{"deviation", net, content, styles, Options{Start: FromNoiseAround([3]float64{}, math.NaN(), 1)}, "a standard deviation of NaN"},
		{"too few arrays", net, content, styles, Options{Optimizer: faulty{memory: 1, best: -1}}, "stylelib: step 1: the optimiser's Update: it returned 0 arrays of memory, Memory names 1"},
		{"nil picture", net, content, styles, Options{Optimizer: faulty{best: -1, update: func(optim.Evaluation) *graph.Node { return nil }}}, "it returned nil for the next picture, want (Float32)[1, 21, 19, 3]"},
		{"scalar picture", net, content, styles, Options{Optimizer: faulty{best: -1, update: func(at optim.Evaluation) *graph.Node { return at.Loss }}}, "it returned (Float32) for the next picture, want"},
		{"update panics", net, content, styles, Options{Optimizer: faulty{best: -1, update: func(optim.Evaluation) *graph.Node { panic("lost") }}}, "stylelib: step 1: the optimiser's Update: lost"},
		{"best", net, content, styles, Options{Optimizer: faulty{best: 2}}, "the optimiser's Best is array 2 of its memory, counted from 0; Memory names 0"},
	} {
		result, err := Transfer(t.Context(), backend, test.vgg, test.content, test.styles, test.o)
		if err == nil || result != nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", test.name, err, test.want)
		}
	}
}

// own returns options with a term of these functions that looks at the picture alone.
func own(describe func(*graph.Node) *graph.Node, compare func(got, want *graph.Node) *graph.Node) Options {
	return Options{Terms: []Term{{Name: "mine", Weight: 1, Describe: loss.Describe{Name: "mine", Of: describe}, Compare: loss.Compare{Name: "mine", Of: compare}}}}
}

// faulty is an optimiser that breaks its promises.
type faulty struct {
	memory, best int
	update       func(optim.Evaluation) *graph.Node // nil: the picture stays
}

func (f faulty) Memory(picture shapes.Shape) []shapes.Shape {
	return slices.Repeat([]shapes.Shape{picture}, f.memory)
}
func (faulty) Rate(int) float64 { return 1 }
func (f faulty) Best() int      { return f.best }
func (f faulty) Update(at optim.Evaluation, _ []*graph.Node) (*graph.Node, []*graph.Node, *graph.Node) {
	if f.update == nil {
		return at.Picture, nil, nil
	}
	return f.update(at), nil, nil
}

// Two runs from the same seed start alike, another seed does not; the noise is grey with the deviation promised.
func TestNoise(t *testing.T) {
	a, b, c := FromNoise(5).noise(30000), FromNoise(5).noise(30000), FromNoise(6).noise(30000)
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Error("noise does not follow its seed")
	}
	var mean, square float64
	for _, v := range a {
		mean += float64(v) / 30000
		square += float64(v) * float64(v) / 30000
	}
	if deviation := math.Sqrt(square - mean*mean); math.Abs(mean-0.5) > 0.003 || math.Abs(deviation-0.1) > 0.003 {
		t.Errorf("mean %g and deviation %g, want 0.5 and 0.1", mean, deviation)
	}
}

// Where the loss changes under way, the search along the line starts anew: with its old values it would take every point for a
// failure.
func TestLBFGSStartsAnewWithAnotherLoss(t *testing.T) {
	var last float64
	result, err := small(t, t.Context(), Options{Steps: 24, Optimizer: optim.LBFGS{History: 2},
		Control: func(n int, weights map[string]float64, _ *float64) int {
			if n == 8 {
				weights["style"] *= 50
			}
			return n
		}})
	if err != nil {
		t.Fatal(err)
	}
	if !result.Steps[8].Accepted {
		t.Error("the first step with another weight is a trial of the old search")
	}
	for _, s := range result.Steps[8:] {
		if last = s.Loss; s.Accepted && s.Loss > result.Steps[8].Loss {
			t.Errorf("step %d accepts loss %g, above the %g before", s.N, s.Loss, result.Steps[8].Loss)
		}
	}
	if !(last < 0.7*result.Steps[8].Loss) {
		t.Errorf("loss from %g to %g after the change, want much less", result.Steps[8].Loss, last)
	}
}
