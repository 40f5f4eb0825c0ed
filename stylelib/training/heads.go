package training

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
)

// Heads ask the network questions while it is trained, and are thrown away afterwards.

// answers are the heads' outputs for a batch of n pictures, of three layers each: texture below, first shape, second.
type answers struct {
	class5   *Node   // [3n, classes], from the means over each layer's pixels at relu5_1
	class4   *Node   // [3n, classes], at relu4_4
	palette5 *Node   // [3n, palettes], at relu5_1
	shapes   *Node   // [n, kinds], at relu5_1
	picture  *Node   // [n, h/2, w/2, 3], from relu4_2: what is there, at half the size
	class    []*Node // [singles, classes] each, from the Gram matrices of pictures of one texture
	palette  []*Node // [singles, palettes]
}

// The layers whose Gram matrices are asked for textures and for colours: those that style is compared at.
var (
	classTaps   = []string{"relu3_1", "relu4_1", "relu5_1"}
	paletteTaps = []string{"relu1_1", "relu2_1", "relu3_1"}
)

// taps maps each of them to its channels and how many mixtures of them enter the Gram matrix.
var taps = map[string][2]int{"relu1_1": {16, 16}, "relu2_1": {32, 24}, "relu3_1": {64, 24}, "relu4_1": {128, 24}, "relu5_1": {128, 24}}

// headVariables are those of the heads. A linear layer has kernel [in, out] and bias [out]; it starts with answers
// that say little.
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
	linear("picture", 128, 4*4*3)
	for _, tap := range []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"} {
		linear(tap+".mix", taps[tap][0], taps[tap][1])
	}
	for _, tap := range classTaps {
		linear(tap+".class", taps[tap][1]*taps[tap][1], classes)
	}
	for _, tap := range paletteTaps {
		linear(tap+".palette", taps[tap][1]*taps[tap][1], textures.Palettes)
	}
	return all
}

// linear applies a linear layer to x [n, in]: x·kernel/√in + bias. AdamW moves every number by about the learning rate;
// with the root, all inputs moved together do not throw the output about.
func (v values) linear(name string, x *Node) *Node {
	kernel, bias := v[name+".kernel"], v[name+".bias"]
	y := MulScalar(Dot(x, kernel).Product(), 1/math.Sqrt(float64(kernel.Shape().Dim(0))))
	return Add(y, Reshape(bias, 1, -1))
}

// choose is linear for logits, which have a longer way to go.
func (v values) choose(name string, x *Node) *Node { return MulScalar(v.linear(name, x), 3) }

// answer asks all heads. The first singles pictures of the batch are of one texture.
func answer(v values, f vgg.Features, b inputs) answers {
	deep, deepest := f["relu4_4"], f["relu5_1"]
	n, c := deepest.Shape().Dim(0), deepest.Shape().Dim(3)
	means := layerMeans(deepest, b.coarse)
	strengths := Sqrt(AddScalar(layerMeans(Square(deepest), b.coarse), 1e-4))
	flat := Reshape(deepest, n, -1, c)
	a := answers{
		class5:   v.choose("class5", standardised(Concatenate([]*Node{means, strengths}, 1), b.present)),
		class4:   v.choose("class4", layerMeans(deep, b.eighth)),
		palette5: v.choose("palette5", means),
		shapes:   v.choose("shapes", Concatenate([]*Node{ReduceMean(flat, 1), ReduceMax(flat, 1)}, 1)),
		picture:  repaint(v, f["relu4_2"]),
	}
	grams := map[string]*Node{}
	for tap := range taps {
		grams[tap] = gramEntries(v, tap, Slice(f[tap], AxisRange(0, singles(n))))
	}
	for _, tap := range classTaps {
		a.class = append(a.class, v.choose(tap+".class", grams[tap]))
	}
	for _, tap := range paletteTaps {
		a.palette = append(a.palette, v.choose(tap+".palette", grams[tap]))
	}
	return a
}

// layerMeans returns the means of features [n, h, w, c] over each layer's pixels, [3n, c]. shares [n, 3, h·w] says which
// part of a position each layer has.
func layerMeans(features, shares *Node) *Node {
	n, c := features.Shape().Dim(0), features.Shape().Dim(3)
	sum := MaxScalar(ReduceAndKeep(shares, ReduceSum, 2), 1e-3)
	means := Einsum("nlp,npc->nlc", Div(shares, sum), Reshape(features, n, -1, c))
	return Reshape(means, 3*n, c)
}

// standardised gives the columns of x [n, c] mean 0 and deviation 1 over the rows that weight [n] counts, with 0 or 1.
func standardised(x, weight *Node) *Node {
	w := Reshape(Div(weight, MaxScalar(ReduceAllSum(weight), 1)), 1, -1)
	mean := Dot(w, x).Product()
	x = Sub(x, mean)
	variance := Dot(w, Square(x)).Product()
	return Div(x, Sqrt(AddScalar(variance, epsilon)))
}

// gramEntries returns the Gram matrices of mixtures of a layer's channels, features [n, h, w, c] to [n, m·m], with roots
// drawn and standardised.
func gramEntries(v values, tap string, features *Node) *Node {
	n, h, w, c := features.Shape().Dim(0), features.Shape().Dim(1), features.Shape().Dim(2), features.Shape().Dim(3)
	mixed := Reshape(v.linear(tap+".mix", Reshape(features, -1, c)), n, h*w, -1)
	gram := DivScalar(Einsum("npi,npj->nij", mixed, mixed), float64(h*w))
	root := Mul(Sign(gram), Sqrt(AddScalar(Abs(gram), 1e-4)))
	return standardised(Reshape(root, n, -1), Ones(features.Graph(), weightShape(n)))
}

// repaint paints 4x4 pixels for every position of features [n, h, w, 128]: [n, 4h, 4w, 3].
func repaint(v values, features *Node) *Node {
	n, h, w, c := features.Shape().Dim(0), features.Shape().Dim(1), features.Shape().Dim(2), features.Shape().Dim(3)
	x := Reshape(v.linear("picture", Reshape(features, -1, c)), n, h, w, 4, 4, 3)
	return Reshape(TransposeAllAxes(x, 0, 1, 3, 2, 4, 5), n, 4*h, 4*w, 3)
}
