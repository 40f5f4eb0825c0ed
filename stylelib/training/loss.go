package training

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/training/textures"
)

// terms are the terms of the loss and their weights, in the order in which losses returns them.
var terms = []struct {
	name   string
	weight float64
}{
	{"class", 1},          // the class of each region's texture, from relu5_1
	{"class4", 0.5},       // the same from relu4_4
	{"gram", 0.7},         // the same from Gram matrices, for pictures of one texture
	{"palette", 0.4},      // the palette of each region
	{"gram palette", 0.4}, // the same from Gram matrices, for pictures of one texture
	{"shapes", 0.7},       // the kinds of shapes
	{"picture", 8},        // the picture itself, from relu4_2
}

// TermNames returns the names of the loss's terms, which are the keys of [Report].Terms.
func TermNames() []string {
	var names []string
	for _, t := range terms {
		names = append(names, t.name)
	}
	return names
}

// losses returns the terms for a batch, unweighted scalars, and the accuracy of class5.
func losses(p predictions, b inputs) (all []*Node, accuracy *Node) {
	classes := Reshape(b.class, -1)
	palettes := Reshape(b.palette, -1)
	n := b.class.Shape().Dim(0)
	ofSingles := func(labels *Node) *Node { return Reshape(Slice(labels, AxisRange(0, singles(n)), AxisElem(0)), -1) }
	weight := Ones(b.class.Graph(), vector(singles(n)))
	all = []*Node{
		classError(p.class5, classes, b.present),
		classError(p.class4, classes, b.present),
		meanOf(p.gramClass, func(logits *Node) *Node { return classError(logits, ofSingles(b.class), weight) }),
		crossEntropy(p.palette5, palettes, b.present),
		meanOf(p.gramPalette, func(logits *Node) *Node { return crossEntropy(logits, ofSingles(b.palette), weight) }),
		MulScalar(ReduceAllMean(binaryCrossEntropy(p.shapes, b.shapes)), textures.Shapes),
		colourDifference(p.picture, b.clean),
	}
	correct := ConvertDType(Equal(ArgMax(p.class5, 1, dtypes.Int32), classes), dtypes.Float32)
	return all, weightedMean(correct, b.present)
}

// total returns the loss: the weighted sum of the terms.
func total(all []*Node) *Node {
	var weighted []*Node
	for i, x := range all {
		weighted = append(weighted, MulScalar(x, terms[i].weight))
	}
	return graphs.AddAll(weighted)
}

// classError is the cross entropy of the classes plus, if the number of classes is a multiple of that of the families, the
// cross entropy of the families: class c belongs to family c mod families, whose probability is the sum of its classes'.
// Families are much easier to learn than classes.
func classError(logits, labels, weight *Node) *Node {
	n, classes := logits.Shape().Dim(0), logits.Shape().Dim(1)
	loss := crossEntropy(logits, labels, weight)
	if classes%families != 0 {
		return loss
	}
	probabilities := ReduceSum(Reshape(Softmax(logits, 1), n, classes/families, families), 1)
	family := Mod(labels, Scalar(labels.Graph(), labels.DType(), families))
	return Add(loss, crossEntropy(Log(AddScalar(probabilities, 1e-6)), family, weight))
}

// smoothing is the probability that a label gives to all classes in equal shares (label smoothing, Szegedy et al. 2016).
const smoothing = 0.05

// crossEntropy returns the mean, with weight [n] of 0 or 1, of -log p(label) over logits [n, classes] and labels [n].
func crossEntropy(logits, labels, weight *Node) *Node {
	classes := logits.Shape().Dim(1)
	logs := LogSoftmax(logits, 1)
	ofLabel := ReduceSum(Mul(logs, OneHot(labels, classes, dtypes.Float32)), 1)
	ofAll := ReduceMean(logs, 1)
	return Neg(weightedMean(Add(MulScalar(ofLabel, 1-smoothing), MulScalar(ofAll, smoothing)), weight))
}

// binaryCrossEntropy returns -log p of each label, 0 or 1, in the shape of the logits x: log(1 + eˣ) - x·label.
func binaryCrossEntropy(logits, labels *Node) *Node {
	return Sub(Add(Max(logits, ZerosLike(logits)), Log1p(Exp(Neg(Abs(logits))))), Mul(logits, labels))
}

// colourDifference returns the mean absolute difference of pictures [n, h, w, 3], plus that of their chroma: what is left of
// a pixel without the mean of its channels. So colours count as much as brightness.
func colourDifference(got, want *Node) *Node {
	d := Sub(got, want)
	chroma := Sub(d, ReduceAndKeep(d, ReduceMean, 3))
	return Add(ReduceAllMean(Abs(d)), ReduceAllMean(Abs(chroma)))
}

// weightedMean returns the mean of x [n] where weight [n] is 1, not 0.
func weightedMean(x, weight *Node) *Node {
	return Div(ReduceAllSum(Mul(x, weight)), MaxScalar(ReduceAllSum(weight), 1))
}

// meanOf returns the mean of a loss over the logits of several heads.
func meanOf(logits []*Node, loss func(*Node) *Node) *Node {
	var all []*Node
	for _, x := range logits {
		all = append(all, loss(x))
	}
	return DivScalar(graphs.AddAll(all), float64(len(logits)))
}

// vector is the shape [n] of float32.
func vector(n int) shapes.Shape { return shapes.Make(dtypes.Float32, n) }
