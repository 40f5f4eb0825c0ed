package training

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/conv"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// families is the number of families of textures.
var families = len(textures.Families)

// layer is one convolution of the network.
type layer struct {
	name    string
	in, out int     // channels
	rms     float64 // root mean square of its ReLU in the finished network, see rescale
	pool    bool    // a pooling follows
}

// layers are those of VGG-19 up to conv5_1 with a quarter of its channels.
var layers = []layer{
	{"conv1_1", 3, 16, 0.6, false}, {"conv1_2", 16, 16, 0.9, true},
	{"conv2_1", 16, 32, 1.7, false}, {"conv2_2", 32, 32, 1.8, true},
	{"conv3_1", 32, 64, 1.7, false}, {"conv3_2", 64, 64, 2.5, false}, {"conv3_3", 64, 64, 3.5, false}, {"conv3_4", 64, 64, 2.5, true},
	{"conv4_1", 64, 128, 2.2, false}, {"conv4_2", 128, 128, 5.5, false}, {"conv4_3", 128, 128, 1.9, false}, {"conv4_4", 128, 128, 2, true},
	{"conv5_1", 128, 128, 0.7, false},
}

// relu returns the name of the convolution's ReLU.
func (l layer) relu() string { return "relu" + l.name[len("conv"):] }

// The mean and the standard deviation by which pixels are normalised.
const (
	pixelMean      = 0.5
	pixelDeviation = 0.27
)

// epsilon is added to variances before a division by their root.
const epsilon = 1e-5

// variable is an array that is trained.
type variable struct {
	name       string
	dimensions []int
	deviation  float64 // initial values are normally distributed with mean 0 and this standard deviation,
	value      float64 // or all equal to value where deviation is 0
}

func (v variable) size() int {
	size := 1
	for _, d := range v.dimensions {
		size *= d
	}
	return size
}

// kernelDeviation is the standard deviation of a kernel's initial values (He et al. 2015).
func kernelDeviation(in int) float64 { return math.Sqrt(2 / float64(9*in)) }

// networkVariables are the variables of the network without the heads: kernel, scale and shift of each layer.
func networkVariables() []variable {
	var all []variable
	for _, l := range layers {
		all = append(all,
			variable{name: l.name + ".kernel", dimensions: []int{3, 3, l.in, l.out}, deviation: kernelDeviation(l.in)},
			variable{name: l.name + ".scale", dimensions: []int{l.out}, value: 1},
			variable{name: l.name + ".shift", dimensions: []int{l.out}})
	}
	return all
}

// values are the variables' nodes, by name.
type values map[string]*Node

// statistics are the mean and the mean square of each channel of a convolution over a batch, [c] each.
type statistics struct{ mean, square *Node }

// forward runs the network on pixels [n, h, w, 3], RGB in [0, 1]; h and w are multiples of 16. It returns the features by
// layer, "relu4_2" -> [n, h/8, w/8, 128], and the statistics of all layers.
func forward(v values, pixels *Node) (vgg.Features, []statistics) {
	features := vgg.Features{}
	var all []statistics
	x := DivScalar(AddScalar(pixels, -pixelMean), pixelDeviation)
	for _, l := range layers {
		x = conv.Apply(conv.Plain, weights.ZeroPadding, x, l.out, func(form conv.Form) *Node {
			if form == conv.Kernel {
				return v[l.name+".kernel"]
			}
			return ZerosLike(v[l.name+".shift"]) // no bias: the normalisation would subtract it
		})
		var s statistics
		x, s = normalise(x, v[l.name+".scale"], v[l.name+".shift"])
		all = append(all, s)
		x = Max(x, ZerosLike(x))
		features[l.relu()] = x
		if l.pool {
			x = vgg.AveragePooling.Apply(x)
		}
	}
	return features, all
}

// normalise is batch normalisation (Ioffe and Szegedy 2015): it gives each channel of x [n, h, w, c] the mean shift [c] and
// the standard deviation scale [c] over the batch.
func normalise(x, scale, shift *Node) (*Node, statistics) {
	s := x.Shape()
	c := s.Dim(3)
	flat := Reshape(x, -1, c)
	mean, square := columnMeans(flat), columnMeans(Square(flat))
	variance := Sub(square, Square(mean))
	factor := Div(Reshape(scale, 1, c), Sqrt(AddScalar(variance, epsilon)))
	flat = Add(Mul(flat, factor), Sub(Reshape(shift, 1, c), Mul(mean, factor)))
	return Reshape(flat, s.Dimensions...), statistics{Reshape(mean, c), Reshape(square, c)}
}

// columnMeans returns the means of x [n, c] over n, [1, c]. The matrix product with a row of ones is faster on a CPU than a
// sum over the outer axis.
func columnMeans(x *Node) *Node {
	n := x.Shape().Dim(0)
	ones := Ones(x.Graph(), x.Shape().Clone())
	ones = Reshape(Slice(ones, AxisRange(), AxisElem(0)), 1, n)
	return Dot(MulScalar(ones, 1/float64(n)), x).Product()
}
