package weights

import (
	"reflect"
	"testing"
)

// conv1_1 has 9·3·2 = 54 values and 2 biases, conv1_2 has 9·2·1 = 18 and 1: together 75.
func TestDisplay(t *testing.T) {
	first, second := make([]float32, 54), make([]float32, 18)
	first[3], first[50], second[17] = -0.25, 1.5, 3
	n := &Network{Convs: []Conv{
		{Name: "conv1_1", In: 3, Out: 2, Kernel: first, Bias: make([]float32, 2)},
		{Name: "conv1_2", In: 2, Out: 1, Kernel: second, Bias: make([]float32, 1)},
	}, Input: Input{Matrix: [3][3]float32{{4}, {0.5, -2}, {}}, Offset: [3]float32{-0.1, 3}}, Padding: ReflectPadding, Origin: "made by hand", Licence: "public domain", Warnings: []string{"small", "odd"}}
	for _, c := range []struct {
		network *Network
		want    []any
	}{
		{n, []any{
			"made by hand; 2 convolutions, 75 parameters, reflect padding, max pooling; preprocessing: 4 R - 0.1, 0.5 R - 2 G + 3, 0 of R, G, B in [0, 1]; licence: public domain\nwarning: small\nwarning: odd",
			[][]string{
				{"layer", "kernel", "values"},
				{"conv1_1", "3x3x3x2", "from -0.25 to 1.5"},
				{"conv1_2", "3x3x2x1", "from 0 to 3"},
			},
		}},
		{&Network{Convs: []Conv{{Name: "conv1_1", In: 3, Out: 1}}, Input: caffeInput()}, []any{
			"origin not stated; 1 convolution, 0 parameters, zero padding, max pooling; preprocessing: BGR in [0, 255], less the mean (caffe); licence: not stated",
			[][]string{{"layer", "kernel", "values"}, {"conv1_1", "3x3x3x1", "none"}},
		}},
		{&Network{}, []any{
			"origin not stated; 0 convolutions, 0 parameters, zero padding, max pooling; preprocessing: not stated; licence: not stated",
			[][]string{{"layer", "kernel", "values"}},
		}},
	} {
		if got := c.network.Display(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestDisplayOfPreprocessing(t *testing.T) {
	for _, c := range []struct {
		input Input
		want  string
	}{
		{torchvisionInput(), "RGB in [0, 1], less the mean, divided by the standard deviation (torchvision)"},
		{matconvnetInput(), "RGB in [0, 255], less the mean (matconvnet)"},
		{Input{Matrix: [3][3]float32{{1}, {0, 1}, {0, 0, 1}}}, "1 R, 1 G, 1 B of R, G, B in [0, 1]"},
		{Input{Matrix: [3][3]float32{{-1, 0, 2}, {0, 255}, {1, 2, 3}}, Offset: [3]float32{0, -116.779, 0}},
			"-1 R + 2 B, 255 G - 116.8, 1 R + 2 G + 3 B of R, G, B in [0, 1]"},
	} {
		if got := c.input.describe(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
