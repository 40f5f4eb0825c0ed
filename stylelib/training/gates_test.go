package training_test

import (
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"stylenet/stylelib"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/training"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// The tests in this file compare the built-in network with minimum requirements, and print tables: go test -v -run Gate
// ./stylelib/training. They need pictures and a network that do not belong to the project, and are skipped without them:
//
//	STYLENET_TEST_PICTURES   the folder skimage/data of the Python package scikit-image
//	STYLENET_TEST_WEIGHTS    a folder with 5SE.pth, the slim VGG-19 of Wang et al. (2020), trained on photographs
//	STYLENET_TEST_NETWORK    a file to be tested in place of the built-in network

// tested returns the network that is tested.
func tested(t *testing.T) *vgg.Extractor {
	t.Helper()
	name := os.Getenv("STYLENET_TEST_NETWORK")
	if name == "" {
		name = weights.OwnName
	}
	network, err := weights.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return vgg.New(network)
}

// slim returns 5SE.
func slim(t *testing.T) *vgg.Extractor {
	t.Helper()
	return vgg.New(testkit.SlimNetwork(t))
}

func openPicture(t *testing.T, name string, size int) image.Image {
	t.Helper()
	folder := os.Getenv("STYLENET_TEST_PICTURES")
	if folder == "" {
		t.Skip("no pictures: STYLENET_TEST_PICTURES names no folder")
	}
	if name == "night_sky.jpg" || name == "mosaic.jpg" {
		folder = filepath.Join("..", "..", "notebooks", "pictures")
	}
	p, err := picture.Open(filepath.Join(folder, name), size)
	if err != nil {
		t.Skip(err)
	}
	return p
}

// photographs are files of scikit-image: photographs and photographed textures.
var photographs = []string{"brick.png", "grass.png", "gravel.png", "coffee.png", "astronaut.png", "rocket.jpg", "chelsea.png",
	"ihc.png", "retina.jpg", "hubble_deep_field.jpg", "camera.png", "coins.png", "moon.png"}

func TestGateSeparation(t *testing.T) {
	backend := testkit.Backend(t)
	var pictures []image.Image
	for _, name := range photographs {
		pictures = append(pictures, openPicture(t, name, 0))
	}
	for _, n := range []struct {
		name string
		vgg  func(t *testing.T) *vgg.Extractor
	}{
		{"built-in", tested},
		{"random 1", func(*testing.T) *vgg.Extractor { return vgg.New(training.Untrained(1)) }},
		{"random 2", func(*testing.T) *vgg.Extractor { return vgg.New(training.Untrained(2)) }},
		{"5SE", slim},
	} {
		t.Run(n.name, func(t *testing.T) {
			m, err := training.Measure(backend, n.vgg(t), pictures)
			if err != nil {
				t.Fatal(err)
			}
			accuracy, classes, err := training.HeldOut(backend, n.vgg(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("nearest %.2f grey %.2f held-out classes %.3f of %d dead %d of %d; by layer %v grey %v",
				m.Nearest["all"], m.Grey["all"], accuracy, classes, m.Dead, m.Channels, m.Nearest, m.Grey)
			if n.name == "built-in" {
				checkGates(t, m, accuracy)
			}
		})
	}
}

// checkGates compares with what the built-in network has to reach.
func checkGates(t *testing.T, m *training.Measures, heldOut float64) {
	t.Helper()
	if m.Grey["all"] < 0.83 {
		t.Errorf("grey pictures: accuracy of retrieval %.2f, want 0.83", m.Grey["all"])
	}
	if heldOut < 0.78 {
		t.Errorf("held-out classes: accuracy of the linear probe %.3f, want 0.78", heldOut)
	}
	if m.Dead > 0 {
		t.Errorf("%d dead channels", m.Dead)
	}
}

// task is a transfer, or from noise a texture (without content) or a reconstruction of the content (without style).
type task struct {
	content, style string
	layer          string // of the content
}

var tasks = []task{
	{"chelsea.png", "night_sky.jpg", "relu4_2"}, {"coffee.png", "ihc.png", "relu4_2"}, {"astronaut.png", "gravel.png", "relu4_2"}, {"rocket.jpg", "mosaic.jpg", "relu4_2"},
	{"", "night_sky.jpg", ""}, {"", "ihc.png", ""}, {"", "gravel.png", ""},
	{"chelsea.png", "", "relu2_2"}, {"chelsea.png", "", "relu3_1"}, {"chelsea.png", "", "relu4_2"},
}

// run does a task at 256 pixels with 120 steps, and returns the picture and its errors by another network. Pixels are clipped
// only when the picture is shown, as in the first experiment, on which the bounds are based: clipped at every step, the
// evaluating network's own pictures are nearly perfect by its own measure, and no others can come close.
func (k task) run(t *testing.T, backend compute.Backend, net, evaluating *vgg.Extractor) (result image.Image, styleError, contentError float64) {
	t.Helper()
	o := stylelib.Options{Steps: 120, Optimizer: optim.LBFGS{}, Clip: stylelib.ClipShown}
	content, style := k.content, k.style
	switch {
	case content == "":
		content = style
		o.Terms, o.Start = []stylelib.Term{stylelib.StyleTerm(100)}, stylelib.FromNoise(1)
	case style == "":
		style = content
		o.Terms, o.Start = []stylelib.Term{stylelib.ContentTerm(1, k.layer)}, stylelib.FromNoise(1)
	default:
		o.Terms, o.Start = []stylelib.Term{stylelib.ContentTerm(1, k.layer), stylelib.StyleTerm(100)}, stylelib.FromContent()
	}
	contentPicture, stylePicture := openPicture(t, content, 256), openPicture(t, style, 256)
	styles := []image.Image{stylePicture}
	if k.style == "" {
		styles = nil
	}
	r, err := stylelib.Transfer(t.Context(), backend, net, contentPicture, styles, o)
	if err != nil {
		t.Fatal(err)
	}
	evaluator := stylelib.NewEvaluator(backend, evaluating, nil, nil)
	defer evaluator.Finalize()
	styleError, contentError, err = evaluator.Errors(t.Context(), r.Picture, contentPicture, stylePicture)
	if err != nil {
		t.Fatal(err)
	}
	return r.Picture, styleError, contentError
}

// Errors, by 5SE, of pictures that the built-in network, an untrained one and 5SE itself make. 5SE favours itself: a picture that has lost
// only what 5SE does not see is perfect to it. So a reconstruction is compared with 5SE's by its pixels, too. The pictures go to the folder
// STYLENET_TEST_OUT, if it is set.
func TestGateTransfer(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 30 pictures")
	}
	backend, evaluating := testkit.Backend(t), slim(t)
	networks := []struct {
		name string
		vgg  *vgg.Extractor
	}{{"random", vgg.New(training.Untrained(1))}, {"built-in", tested(t)}, {"5SE", evaluating}}
	for _, k := range tasks {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			var styleErrors, contentErrors, ratios []float64
			for _, n := range networks {
				p, s, c := k.run(t, backend, n.vgg, evaluating)
				styleErrors, contentErrors = append(styleErrors, s), append(contentErrors, c)
				if k.style == "" {
					ratios = append(ratios, signalToNoise(p, openPicture(t, k.content, 256)))
				}
				if out := os.Getenv("STYLENET_TEST_OUT"); out != "" {
					name := fmt.Sprintf("%s-%s-%s-%s.png", k.content, k.style, k.layer, n.name)
					if err := picture.Save(filepath.Join(out, name), p); err != nil {
						t.Error(err)
					}
				}
			}
			t.Logf("random, built-in, 5SE: style error %.3f, content error %.3f, peak signal-to-noise ratio %.1f dB", styleErrors, contentErrors, ratios)
			if k.style != "" && !(styleErrors[1] < styleErrors[0]) {
				t.Errorf("style error %.3f, random's is %.3f", styleErrors[1], styleErrors[0])
			}
			if (k.content == "chelsea.png" || k.content == "coffee.png") && k.style != "" && !(styleErrors[1] <= 1.3*styleErrors[2]) {
				t.Errorf("style error %.3f, more than 1.3 times %.3f", styleErrors[1], styleErrors[2])
			}
			if k.style == "gravel.png" && k.content != "" && !(styleErrors[1] < 0.3) {
				t.Errorf("style error %.3f, want less than 0.3: the colours of gravel are lost", styleErrors[1])
			}
			if k.style == "" && !(ratios[1] > ratios[2]) {
				t.Errorf("the content comes back at %.1f dB, from 5SE at %.1f", ratios[1], ratios[2])
			}
			if k.layer == "relu3_1" && !(contentErrors[1] < 0.05) {
				t.Errorf("content error %.3f, want less than 0.05", contentErrors[1])
			}
		})
	}
}

// signalToNoise returns the peak signal-to-noise ratio, in decibels, of a picture beside what it should be.
func signalToNoise(got, want image.Image) float64 {
	a, _, _ := picture.Values(got)
	b, _, _ := picture.Values(want)
	sum := 0.
	for i := range a {
		sum += float64(a[i]-b[i]) * float64(a[i]-b[i]) / float64(len(a))
	}
	return -10 * math.Log10(sum)
}
