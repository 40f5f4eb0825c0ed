package training

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/training/textures"
)

// term is one addend of the loss and its weight in it.
type term struct {
	name   string
	weight float64
}

// terms are the addends in the order in which losses returns them.
var terms = []term{
	{"class", 1},          // which class each layer's texture is of, at relu5_1
	{"class4", 0.5},       // the same at relu4_4
	{"gram", 0.7},         // the same from Gram matrices, on pictures of one texture
	{"palette", 0.4},      // which palette each layer has
	{"gram palette", 0.4}, // the same from Gram matrices
	{"shapes", 0.7},       // which kinds of shapes there are
	{"picture", 8},        // the picture itself, from relu4_2
}

// losses returns the terms of a batch, scalars and not weighted, and how often class5 is right.
func losses(a answers, b inputs) (all []*Node, accuracy *Node) {
	classes := Reshape(b.class, -1)
	palettes := Reshape(b.palette, -1)
	n := b.class.Shape().Dim(0)
	one := func(labels *Node) *Node { return Reshape(Slice(labels, AxisRange(0, singles(n)), AxisElem(0)), -1) }
	everywhere := Ones(b.class.Graph(), weightShape(singles(n)))
	gram := meanOf(a.class, func(logits *Node) *Node { return classError(logits, one(b.class), everywhere) })
	gramPalette := meanOf(a.palette, func(logits *Node) *Node { return crossEntropy(logits, one(b.palette), everywhere) })
	all = []*Node{
		classError(a.class5, classes, b.present),
		classError(a.class4, classes, b.present),
		gram,
		crossEntropy(a.palette5, palettes, b.present),
		gramPalette,
		MulScalar(ReduceAllMean(binaryCrossEntropy(a.shapes, b.shapes)), textures.Shapes),
		colourDifference(a.picture, b.clean),
	}
	right := ConvertDType(Equal(ArgMax(a.class5, 1, dtypes.Int32), classes), dtypes.Float32)
	return all, weightedMean(right, b.present)
}

// total is the loss.
func total(all []*Node) *Node {
	sum := MulScalar(all[0], terms[0].weight)
	for i, x := range all[1:] {
		sum = Add(sum, MulScalar(x, terms[i+1].weight))
	}
	return sum
}

// classError is the cross entropy of classes and, where they are whole families, that of families, whose probability is
// that of all their classes together: class c belongs to family c mod families. A network learns those long before.
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

// smoothing is the part of the certainty that a label spreads over all classes (Szegedy et al. 2016).
const smoothing = 0.05

// crossEntropy returns the mean over rows, of the given weights [n], of -log p(label); logits [n, classes], labels [n].
func crossEntropy(logits, labels, weight *Node) *Node {
	classes := logits.Shape().Dim(1)
	logs := LogSoftmax(logits, 1)
	picked := ReduceSum(Mul(logs, OneHot(labels, classes, dtypes.Float32)), 1)
	spread := ReduceMean(logs, 1)
	return Neg(weightedMean(Add(MulScalar(picked, 1-smoothing), MulScalar(spread, smoothing)), weight))
}

// binaryCrossEntropy returns -log p for every yes-or-no question: log(1 + eˣ) - x·label.
func binaryCrossEntropy(logits, labels *Node) *Node {
	return Sub(Add(Max(logits, ZerosLike(logits)), Log1p(Exp(Neg(Abs(logits))))), Mul(logits, labels))
}

// colourDifference is the mean absolute difference of pictures [n, h, w, 3], plus that of what is left of them when each
// pixel's mean is taken away, so that colours count as much as brightness.
func colourDifference(got, want *Node) *Node {
	d := Sub(got, want)
	hue := Sub(d, ReduceAndKeep(d, ReduceMean, 3))
	return Add(ReduceAllMean(Abs(d)), ReduceAllMean(Abs(hue)))
}

// weightedMean is the mean of x [n] where weight [n] is 1, not 0.
func weightedMean(x, weight *Node) *Node {
	return Div(ReduceAllSum(Mul(x, weight)), MaxScalar(ReduceAllSum(weight), 1))
}

// meanOf is the mean of a loss over several heads.
func meanOf(logits []*Node, loss func(*Node) *Node) *Node {
	var sum *Node
	for _, x := range logits {
		if sum == nil {
			sum = loss(x)
		} else {
			sum = Add(sum, loss(x))
		}
	}
	return DivScalar(sum, float64(len(logits)))
}

func weightShape(n int) shapes.Shape { return shapes.Make(dtypes.Float32, n) }

// TermNames returns the names of the terms of the loss, as [Report] has them.
func TermNames() []string {
	var names []string
	for _, t := range terms {
		names = append(names, t.name)
	}
	return names
}
