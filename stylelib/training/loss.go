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
	{"picture", 24},       // the picture itself, from four layers
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
		pictureError(p.readouts, b.pixels),
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

// pictureError returns the mean of the readouts' errors for pixels [n, h, w, 3].
func pictureError(readouts []readout, pixels *Node) *Node {
	var all []*Node
	for _, r := range readouts {
		all = append(all, r.error(pixels))
	}
	return DivScalar(graphs.AddAll(all), float64(len(all)))
}

// The strength of detail is read out times detailScale, which makes it about as large as pixels are.
const (
	detailScale  = 4
	detailWeight = 4
)

// error is the mean square of the readout's error, with its noise: of the pixels, of their chroma, which is what is left of a pixel
// without the mean of its channels, so that colours count as much as brightness, and of the strength of detail.
func (r readout) error(pixels *Node) *Node {
	s := r.values.Shape()
	part := func(from, to int) *Node {
		return Slice(r.values, AxisRange(), AxisRange(), AxisRange(), AxisRange(from, to))
	}
	colours := Sub(part(0, r.colours()), squares(halved(pixels), r.stride/2))
	colours = Reshape(colours, s.Dim(0), s.Dim(1), s.Dim(2), -1, 3)
	chroma := Sub(colours, ReduceAndKeep(colours, ReduceMean, 4))
	details := Sub(part(r.colours(), s.Dim(3)), MulScalar(detail(pixels, r.stride), detailScale))
	return graphs.AddAll([]*Node{
		ReduceAllMean(Square(colours)), ReduceAllMean(Square(chroma)), MulScalar(ReduceAllMean(Square(details)), detailWeight),
		MulScalar(r.noise, 2), // in the colours, and in their chroma
	})
}

// squares cuts pixels [n, h, w, 3] into squares of side x side: [n, h/side, w/side, side·side·3].
func squares(pixels *Node, side int) *Node {
	n, h, w := pixels.Shape().Dim(0), pixels.Shape().Dim(1)/side, pixels.Shape().Dim(2)/side
	x := TransposeAllAxes(Reshape(pixels, n, h, side, w, side, 3), 0, 1, 3, 2, 4, 5)
	return Reshape(x, n, h, w, side*side*3)
}

// halved returns the means of squares of 2x2 pixels.
func halved(pixels *Node) *Node { return meansOfSquares(pixels, 2) }

// meansOfSquares returns the means of squares of side x side pixels, [n, h/side, w/side, 3].
func meansOfSquares(pixels *Node, side int) *Node {
	x := squares(pixels, side)
	return ReduceMean(Reshape(x, x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2), -1, 3), 3)
}

// detail returns how strong the detail of pixels [n, h, w, 3] is in squares of stride x stride, octave by octave from the finest,
// [n, h/stride, w/stride, 3·log₂ stride]: the root mean square of what the pixels differ from the means of 2x2 of them, then the same of
// the picture at half the size, and so on.
func detail(pixels *Node, stride int) *Node {
	var octaves []*Node
	for ; stride > 1; stride /= 2 {
		half := halved(pixels)
		variance := Sub(halved(Square(pixels)), Square(half))
		octaves = append(octaves, Sqrt(AddScalar(meansOfSquares(variance, stride/2), 1e-4)))
		pixels = half
	}
	return Concatenate(octaves, 3)
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
