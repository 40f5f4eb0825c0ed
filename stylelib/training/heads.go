package training

import (
	"math"
	"math/bits"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
)

// The heads are linear models on the network's features that predict the labels of the pictures. The finished network does
// not have them.

// predictions are the heads' outputs for a batch of n pictures with three regions each. All but picture are logits.
type predictions struct {
	class5   *Node     // [3n, classes], from the means over each region at relu5_1
	class4   *Node     // [3n, classes], the same at relu4_4
	palette5 *Node     // [3n, palettes], from relu5_1
	shapes   *Node     // [n, kinds], from relu5_1
	readouts []readout // of the picture itself, from readoutLayers

	// Of the pictures with one texture, from Gram matrices of several layers, one node each.
	gramClass   []*Node // [singles, classes]
	gramPalette []*Node // [singles, palettes]
}

// gramHeads are the layers whose Gram matrices predict the class, the palette or both; they are also those that style is
// usually compared at. A linear layer first mixes the channels, so that the Gram matrix is small.
var gramHeads = []struct {
	layer              string
	channels, mixtures int
	class, palette     bool
}{
	{"relu1_1", 16, 16, false, true},
	{"relu2_1", 32, 24, false, true},
	{"relu3_1", 64, 24, true, true},
	{"relu4_1", 128, 24, true, false},
	{"relu5_1", 128, 24, true, false},
}

// headVariables are the variables of the heads. A linear layer has kernel [in, out] and bias [out]; its first outputs are
// small.
func headVariables(classes int) []variable {
	var all []variable
	linear := func(name string, in, out int) {
		all = append(all,
			variable{name: name + ".kernel", dimensions: []int{in, out}, deviation: 0.1},
			variable{name: name + ".bias", dimensions: []int{out}})
	}
	linear("class5", 256, classes)
	linear("class4", 128, classes)
	linear("palette5", 128, textures.Palettes)
	linear("shapes", 256, textures.Shapes)
	for _, l := range readoutLayers {
		linear(l.layer+".picture", l.channels, l.colours()+l.details())
	}
	for _, h := range gramHeads {
		linear(h.layer+".mix", h.channels, h.mixtures)
	}
	for _, h := range gramHeads {
		if h.class {
			linear(h.layer+".class", h.mixtures*h.mixtures, classes)
		}
	}
	for _, h := range gramHeads {
		if h.palette {
			linear(h.layer+".palette", h.mixtures*h.mixtures, textures.Palettes)
		}
	}
	return all
}

// linear applies a linear layer to x [n, in]: x·kernel/√in + bias. AdamW changes each number by about the learning rate in a
// step; divided by the root, the changes of all inputs together stay small too.
func (v values) linear(name string, x *Node) *Node {
	kernel, bias := v[name+".kernel"], v[name+".bias"]
	y := MulScalar(Dot(x, kernel).Product(), 1/math.Sqrt(float64(kernel.Shape().Dim(0))))
	return Add(y, Reshape(bias, 1, -1))
}

// logits is linear times 3: logits have to become larger than other outputs.
func (v values) logits(name string, x *Node) *Node { return MulScalar(v.linear(name, x), 3) }

// predict runs all heads on the features of a batch.
func predict(v values, f vgg.Features, b inputs) predictions {
	relu4, relu5 := f["relu4_4"], f["relu5_1"]
	n, c := relu5.Shape().Dim(0), relu5.Shape().Dim(3)
	means := regionMeans(relu5, b.coverage16)
	deviations := Sqrt(AddScalar(regionMeans(Square(relu5), b.coverage16), 1e-4))
	flat := Reshape(relu5, n, -1, c)
	p := predictions{
		class5:   v.logits("class5", standardised(Concatenate([]*Node{means, deviations}, 1), b.present)),
		class4:   v.logits("class4", regionMeans(relu4, b.coverage8)),
		palette5: v.logits("palette5", means),
		shapes:   v.logits("shapes", Concatenate([]*Node{ReduceMean(flat, 1), ReduceMax(flat, 1)}, 1)),
	}
	for _, l := range readoutLayers {
		p.readouts = append(p.readouts, v.readOut(l, f[l.layer]))
	}
	for _, h := range gramHeads {
		gram := gramEntries(v, h.layer, Slice(f[h.layer], AxisRange(0, singles(n))))
		if h.class {
			p.gramClass = append(p.gramClass, v.logits(h.layer+".class", gram))
		}
		if h.palette {
			p.gramPalette = append(p.gramPalette, v.logits(h.layer+".palette", gram))
		}
	}
	return p
}

// regionMeans returns the means of features [n, h, w, c] over each region, [3n, c], weighted by coverage [n, 3, h·w].
func regionMeans(features, coverage *Node) *Node {
	n, c := features.Shape().Dim(0), features.Shape().Dim(3)
	sum := MaxScalar(ReduceAndKeep(coverage, ReduceSum, 2), 1e-3)
	means := Einsum("nlp,npc->nlc", Div(coverage, sum), Reshape(features, n, -1, c))
	return Reshape(means, 3*n, c)
}

// standardised gives the columns of x [n, c] mean 0 and standard deviation 1 over the rows whose weight [n] is 1, not 0.
func standardised(x, weight *Node) *Node {
	w := Reshape(Div(weight, MaxScalar(ReduceAllSum(weight), 1)), 1, -1)
	mean := Dot(w, x).Product()
	x = Sub(x, mean)
	variance := Dot(w, Square(x)).Product()
	return Div(x, Sqrt(AddScalar(variance, epsilon)))
}

// gramEntries mixes a layer's channels, features [n, h, w, c], and returns the signed square roots of their Gram matrices,
// standardised, [n, mixtures²].
func gramEntries(v values, layer string, features *Node) *Node {
	n, h, w, c := features.Shape().Dim(0), features.Shape().Dim(1), features.Shape().Dim(2), features.Shape().Dim(3)
	mixed := Reshape(v.linear(layer+".mix", Reshape(features, -1, c)), n, h*w, -1)
	gram := DivScalar(Einsum("npi,npj->nij", mixed, mixed), float64(h*w))
	root := Mul(Sign(gram), Sqrt(AddScalar(Abs(gram), 1e-4)))
	return standardised(Reshape(root, n, -1), Ones(features.Graph(), vector(n)))
}

// readoutLayers are the layers from each position of which a linear layer must give the picture back, at half the size, and how strong
// its detail is. What a layer tells only faintly is lost in noise, see readOut: so its features must tell it loudly. Otherwise descent to
// a layer's features does not find the picture, although it is in them.
var readoutLayers = []readoutLayer{{"relu2_1", 32, 2}, {"relu3_1", 64, 4}, {"relu4_1", 128, 8}, {"relu4_2", 128, 8}}

// readoutLayer is a layer with a position for each square of stride x stride pixels.
type readoutLayer struct {
	layer            string
	channels, stride int
}

// colours is the number of values that a position tells of the picture at half the size: R, G and B of its square.
func (l readoutLayer) colours() int { return l.stride / 2 * l.stride / 2 * 3 }

// details is the number of values that a position tells of the strength of detail: R, G and B in each octave of its square.
func (l readoutLayer) details() int { return (bits.Len(uint(l.stride)) - 1) * 3 }

// readout is what a layer tells of the picture.
type readout struct {
	readoutLayer
	values *Node // [n, h/stride, w/stride, colours+details]
	noise  *Node // scalar: the variance that noise in the features would add to a value, in the mean of all
}

// readoutNoise is the standard deviation of the noise, beside features whose mean square is 1.
const readoutNoise = 0.3

// readOut reads the picture out of features [n, h, w, c].
func (v values) readOut(l readoutLayer, features *Node) readout {
	name, s := l.layer+".picture", features.Shape()
	size := Sqrt(AddScalar(ReduceAllMean(Square(features)), epsilon))
	x := v.linear(name, Reshape(Div(features, size), -1, l.channels))
	return readout{
		readoutLayer: l,
		values:       Reshape(x, s.Dim(0), s.Dim(1), s.Dim(2), -1),
		noise:        MulScalar(ReduceAllMean(Square(v[name+".kernel"])), readoutNoise*readoutNoise),
	}
}
