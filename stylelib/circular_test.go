package stylelib

import (
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// rolled moves values [1, h, w, c] down and right, round the edges.
func rolled(values []float32, h, w, down, right int) []float32 {
	out, c := make([]float32, len(values)), len(values)/(h*w)
	for i := range h * w {
		to := (i/w+down)%h*w + (i%w+right)%w
		copy(out[to*c:][:c], values[i*c:])
	}
	return out
}

// On a torus no place is another's edge: what is seen of a picture moved by 16 pixels is what was seen, moved, at every
// layer, and so is the gradient of a loss. Zeros round the picture would show.
func TestCircularPaddingKnowsNoEdge(t *testing.T) {
	backend := testkit.Backend(t)
	const h, w, down, right = 32, 48, 16, 32
	values := testkit.Unit(h*w*3, 5)
	for _, test := range []struct {
		padding weights.Padding
		pooling vgg.Pooling
	}{{weights.CircularPadding, vgg.MaxPooling}, {weights.CircularPadding, vgg.AveragePooling}, {weights.ZeroPadding, vgg.MaxPooling}} {
		net := vgg.New(testkit.Network())
		net.Padding, net.Pooling = test.padding, test.pooling
		layers := []string{"relu1_1", "pool1", "relu3_1", "pool4"}
		exec, err := net.NewExec(backend, func(in []*graph.Node) (out []*graph.Node) {
			features := net.Features(in[0], layers...)
			value := graph.ScalarZero(in[0].Graph(), in[0].DType())
			for _, layer := range layers {
				out = append(out, features[layer])
				value = graph.Add(value, graph.ReduceAllSum(graph.Square(loss.Gram.Of(features[layer]))))
			}
			return append(out, graph.Gradient(value, in[0])[0])
		})
		if err != nil {
			t.Fatal(err)
		}
		run := func(values []float32) []*tensors.Tensor {
			out, err := exec.Exec(tensors.FromFlatDataAndDimensions(values, 1, h, w, 3))
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		still, moved := run(values), run(rolled(values, h, w, down, right))
		for i, name := range append(layers, "the gradient") {
			s := still[i].Shape()
			want := rolled(tensors.MustCopyFlatData[float32](still[i]), s.Dim(1), s.Dim(2), down*s.Dim(1)/h, right*s.Dim(2)/w)
			d := testkit.RelativeDifference(tensors.MustCopyFlatData[float32](moved[i]), want)
			if circular := test.padding == weights.CircularPadding; circular != (d < 1e-5) {
				t.Errorf("%s padding, %s pooling, %s: moved by 16 pixels it differs by %.2g", test.padding, test.pooling, name, d)
			}
		}
		exec.Finalize()
	}
}

func TestCircularPaddingRefusesRemainders(t *testing.T) {
	net := vgg.New(testkit.Network())
	net.Padding = weights.CircularPadding
	_, err := Transfer(t.Context(), testkit.Backend(t), net, testkit.Picture(32, 40, 1), []image.Image{testkit.Picture(19, 21, 2)}, Options{Steps: 1})
	if err == nil || !strings.Contains(err.Error(), "for layer relu5_1 with circular padding the picture's sides must be multiples of 16 pixels, such as 48x32; found 40x32") {
		t.Errorf("error %v", err)
	}
}

// A seamless picture can be planned, and painted from coarse to fine: levels and probe fit the layers too.
func TestCircularPyramid(t *testing.T) {
	net := vgg.New(testkit.Network())
	net.Padding = weights.CircularPadding
	content, styles := testkit.Picture(272, 336, 1), []image.Image{testkit.Picture(64, 72, 2)}
	o := Options{Terms: []Term{StyleTerm(1, "relu5_1"), TotalVariationTerm(1)}, Steps: 3}.withDefaults()
	var levels []image.Point
	o.OnStep = func(s Step) error {
		picture, err := s.Picture()
		levels = append(levels, picture.Bounds().Size())
		return err
	}
	o.Every = 1
	if _, err := Pyramid(t.Context(), testkit.Backend(t), net, content, styles, o, []int{120, 237, 336}); err != nil {
		t.Fatal(err)
	}
	if want := []image.Point{{128, 96}, {240, 192}, {336, 272}}; !slices.Equal(levels, want) {
		t.Errorf("levels of %v, want %v", levels, want)
	}
	o.OnStep = nil
	if f, err := Plan(t.Context(), testkit.Backend(t), net, content, styles, o); err != nil || f.Step <= 0 {
		t.Errorf("forecast %v, error %v", f, err)
	}
}

// seam synthesises a texture and returns how much rougher it is across its edges, put side by side, than elsewhere: the mean
// absolute difference of neighbours there, as a multiple of that of all others.
func seam(t *testing.T, padding weights.Padding) float64 {
	t.Helper()
	network, err := weights.Open(t.Context(), weights.OwnName)
	if err != nil {
		t.Fatal(err)
	}
	net := vgg.New(network)
	net.Padding = padding
	style, err := picture.Open("../notebooks/pictures/waves.jpg", 96)
	if err != nil {
		t.Fatal(err)
	}
	result, err := Texture(t.Context(), testkit.Backend(t), net, image.Pt(64, 48), []image.Image{style},
		Options{Steps: 60, Optimizer: optim.Adam{}, Terms: []Term{StyleTerm(100, "relu1_1", "relu2_1", "relu3_1"), TotalVariationTerm(1)}})
	if err != nil {
		t.Fatal(err)
	}
	values, h, w := picture.Values(result.Picture)
	down, right := rolled(values, h, w, 1, 0), rolled(values, h, w, 0, 1)
	var sum, count [2]float64 // across the seam, elsewhere
	for i, v := range values {
		add := func(neighbour float32, at int) {
			sum[min(at, 1)] += math.Abs(float64(v - neighbour))
			count[min(at, 1)]++
		}
		add(down[i], i/3/w)
		add(right[i], i/3%w)
	}
	return sum[0] / count[0] / (sum[1] / count[1])
}

// A texture by circular padding goes on over its edges as if there were none; one by zero padding does not.
func TestTexturesAreSeamless(t *testing.T) {
	circular, zero := seam(t, weights.CircularPadding), seam(t, weights.ZeroPadding)
	t.Logf("across the seam neighbours differ %.2f times as much as elsewhere; with zero padding %.2f times", circular, zero)
	if !(circular < 1.15 && zero > 1.3) {
		t.Errorf("across the seam neighbours differ %.2f times as much as elsewhere, want at most 1.15; with zero padding %.2f times, want at least 1.3", circular, zero)
	}
}
