package training

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// The tests in this file measure the network that is in the binary against what it is meant to be. They print tables
// (go test -v -run Gate ./stylelib/eyes). Some want pictures and a network that are not part of the project:
//
//	STYLENET_TEST_PICTURES   the folder skimage/data of the Python package scikit-image
//	STYLENET_TEST_WEIGHTS    a folder with 5SE.pth, the slim VGG-19 of Wang et al. (2020): the judge
//	STYLENET_TEST_EYES       another file to be measured in place of the network in the binary

func testBackend(t testing.TB) compute.Backend {
	t.Helper()
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(backend.Finalize)
	return backend
}

// own returns the network that is measured.
func own(t *testing.T) *vgg.Extractor {
	t.Helper()
	name := os.Getenv("STYLENET_TEST_EYES")
	if name == "" {
		name = weights.OwnName
	}
	network, err := weights.Open(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return vgg.New(network)
}

// realFeatures returns a network that has learned from photographs: the judge.
func realFeatures(t *testing.T) *vgg.Extractor {
	t.Helper()
	folder := os.Getenv("STYLENET_TEST_WEIGHTS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "weights")
	}
	network, err := weights.Load(filepath.Join(folder, "5SE.pth"))
	if err != nil {
		t.Skipf("no judge: %v (STYLENET_TEST_WEIGHTS names another folder)", err)
	}
	return vgg.New(network)
}

func openPicture(t *testing.T, name string, size int) image.Image {
	t.Helper()
	folder := os.Getenv("STYLENET_TEST_PICTURES")
	if folder == "" {
		t.Skip("no pictures: STYLENET_TEST_PICTURES names no folder")
	}
	if strings.HasPrefix(name, "night_sky") {
		folder = filepath.Join("..", "..", "notebooks", "pictures")
	}
	p, err := picture.Open(filepath.Join(folder, name), size)
	if err != nil {
		t.Skip(err)
	}
	return p
}

// Photographs and textures, none of them made by a program of ours.
var photographs = []string{"brick.png", "grass.png", "gravel.png", "coffee.png", "astronaut.png", "rocket.jpg", "chelsea.png",
	"ihc.png", "retina.jpg", "hubble_deep_field.jpg", "camera.png", "coins.png", "moon.png"}

func TestGateSeparation(t *testing.T) {
	backend := testBackend(t)
	var pictures []image.Image
	for _, name := range photographs {
		pictures = append(pictures, openPicture(t, name, 0))
	}
	for _, n := range []struct {
		name string
		vgg  func(t *testing.T) *vgg.Extractor
	}{
		{"ours", own},
		{"random 1", func(*testing.T) *vgg.Extractor { return vgg.New(Untrained(1)) }},
		{"random 2", func(*testing.T) *vgg.Extractor { return vgg.New(Untrained(2)) }},
		{"5SE", realFeatures},
	} {
		t.Run(n.name, func(t *testing.T) {
			m, err := Measure(backend, n.vgg(t), pictures)
			if err != nil {
				t.Fatal(err)
			}
			rate, classes, err := HeldOut(backend, n.vgg(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("nearest %.2f grey %.2f held-out classes %.3f of %d dead %d of %d; by layer %v grey %v",
				m.Nearest["all"], m.Grey["all"], rate, classes, m.Dead, m.Channels, m.Nearest, m.Grey)
			if n.name == "ours" {
				checkGates(t, m, rate)
			}
		})
	}
}

// checkGates compares with what a first experiment with this kind of network reached.
func checkGates(t *testing.T, m *Measures, heldOut float64) {
	t.Helper()
	if m.Grey["all"] < 0.83 {
		t.Errorf("grey pictures: nearest is right %.2f of the time, want 0.83", m.Grey["all"])
	}
	if heldOut < 0.70 {
		t.Errorf("classes never trained: right %.3f of the time, want 0.70", heldOut)
	}
	if m.Dead > 0 {
		t.Errorf("%d dead channels", m.Dead)
	}
}

// task is something to paint, and what is asked of it.
type task struct {
	content, style string // content empty: the texture from noise; style empty: the content back from noise
	layer          string // of the content
}

var tasks = []task{
	{"chelsea.png", "night_sky.jpg", "relu4_2"}, {"coffee.png", "ihc.png", "relu4_2"}, {"astronaut.png", "gravel.png", "relu4_2"},
	{"", "night_sky.jpg", ""}, {"", "ihc.png", ""}, {"", "gravel.png", ""},
	{"chelsea.png", "", "relu2_2"}, {"chelsea.png", "", "relu4_2"},
}

// paint does a task at 256 pixels with 120 evaluations, and has the judge look at it. Pixels are free and cut to [0, 1] at
// the end, as in the first experiment, whose numbers are the gates: held in [0, 1] all the way, the judge's own pictures
// come out as nearly perfect in its eyes, and no others can be near.
func (k task) paint(t *testing.T, backend compute.Backend, net, judge *vgg.Extractor) (painted image.Image, styleError, contentError float64) {
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
		o.Terms = []stylelib.Term{stylelib.ContentTerm(1, k.layer), stylelib.StyleTerm(100)}
	}
	contentPicture, stylePicture := openPicture(t, content, 256), openPicture(t, style, 256)
	styles := []image.Image{stylePicture}
	if k.style == "" {
		styles = nil
	}
	result, err := stylelib.Transfer(t.Context(), backend, net, contentPicture, styles, o)
	if err != nil {
		t.Fatal(err)
	}
	looking := stylelib.NewEvaluator(backend, judge, nil, nil)
	defer looking.Finalize()
	styleError, contentError, err = looking.Errors(t.Context(), result.Picture, contentPicture, stylePicture)
	if err != nil {
		t.Fatal(err)
	}
	return result.Picture, styleError, contentError
}

// Pictures painted by our network, by a random one and by one with real features, in the eyes of the last, which favours
// itself. They go to the folder that STYLENET_TEST_OUT names, if it names one.
func TestGatePainting(t *testing.T) {
	if testing.Short() {
		t.Skip("paints pictures")
	}
	backend, judge := testBackend(t), realFeatures(t)
	networks := []struct {
		name string
		vgg  *vgg.Extractor
	}{{"random", vgg.New(Untrained(1))}, {"ours", own(t)}, {"5SE", judge}}
	for _, k := range tasks {
		t.Run(fmt.Sprint(k), func(t *testing.T) {
			var styleErrors, contentErrors []float64
			for _, n := range networks {
				p, s, c := k.paint(t, backend, n.vgg, judge)
				styleErrors, contentErrors = append(styleErrors, s), append(contentErrors, c)
				if out := os.Getenv("STYLENET_TEST_OUT"); out != "" {
					name := fmt.Sprintf("%s-%s-%s-%s.png", k.content, k.style, k.layer, n.name)
					if err := picture.Save(filepath.Join(out, name), p); err != nil {
						t.Error(err)
					}
				}
			}
			t.Logf("random, ours, 5SE: style error %.3f, content error %.2f", styleErrors, contentErrors)
			if k.style != "" && !(styleErrors[1] < styleErrors[0]) {
				t.Errorf("style error %.3f, random's is %.3f", styleErrors[1], styleErrors[0])
			}
			if k == tasks[0] && !(styleErrors[1] <= 1.3*styleErrors[2]) {
				t.Errorf("style error %.3f, more than 1.3 times %.3f", styleErrors[1], styleErrors[2])
			}
		})
	}
}
