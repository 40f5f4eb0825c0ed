package stylelib

import (
	"errors"
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/support/exceptions"
)

// Term is one addend of the loss:
//
//	Weight × Σ over Layers of layer weight × Compare(Describe(picture's features), Describe(target's features))
//
// Describe and Compare are ordinary graph functions, so a loss of your own is two functions, or one:
//
//	func ChannelMeans(f *graph.Node) *graph.Node { return graph.ReduceMean(f, 1, 2) }
//	stylelib.Term{Name: "means", Weight: 10, Target: stylelib.Style(0), Layers: stylelib.Layers("relu3_1"),
//		Describe: loss.Describe{Name: "channel means", Of: ChannelMeans}}
//
// They panic with shapes where they are misused, as GoMLX's own do; [Transfer] returns that as an error.
type Term struct {
	Name   string        // in the record of losses; no two terms share one
	Weight float64       `identity:"-program"` // from 0 on; 0 leaves the term out of the picture but still reports it
	Target Target        // whose features the picture's are compared with
	Layers []LayerWeight // empty: the picture itself

	// Describe turns one layer's features [1, h, w, c] (of the picture itself: [1, h, w, 3] in [0, 1]) into what is compared. It
	// runs once on the target and at every step on the picture. Zero: the features as they are.
	Describe loss.Describe

	// DescribeTarget stands for Describe on the target, where the two differ. Zero: they do not.
	DescribeTarget loss.Describe

	// Additive says that Describe is a mean over positions of something that is 0 where all features are, as [loss.Gram] is. It
	// can then be added up tile by tile (Options.Tile); for other descriptions the layer's features are kept.
	Additive bool

	// Compare returns the scalar difference of two descriptions. Zero: loss.MeanSquare, and where Target is Nothing the description
	// itself, which must then be a scalar.
	Compare loss.Compare

	// Mask limits the term to a region of the picture, TargetMask to one of the target; nil: all of it, and for Content what Mask
	// is. The region is white, the rest black; grey counts less, transparent counts as black. A mask has the proportions of its
	// picture; it is scaled to its size.
	//
	// Describe is then given the features times the mask at the layer's size, T, scaled so that T² is 1 on average: Gram becomes the
	// guided Gram matrix of Gatys et al. (2017, "Controlling perceptual factors", section 4), RelativeSquare the error within the
	// region. For moments, patches and the total variation that makes no sense.
	//
	// Masks shrink with depth, so that the term neither depends on pixels outside nor moves them: the mask of a position is the
	// minimum over its receptive field. Of a region too small for that a quarter is left, see Overlap.
	Mask, TargetMask image.Image `identity:"presence"`

	// Overlap, from 0 to 1, is how far receptive fields may reach out of the masks: at 0 not at all, at 1 masks do not shrink. It
	// grows by itself in layers where less than a quarter of the mask would be left.
	Overlap float64 `identity:"-program"`
}

// LayerWeight is a layer and its share in a term.
type LayerWeight struct {
	Layer  string
	Weight float64
}

// Layers gives each of the layers the same share, together 1.
func Layers(names ...string) []LayerWeight {
	layers := make([]LayerWeight, len(names))
	for i, name := range names {
		layers[i] = LayerWeight{name, 1 / float64(len(names))}
	}
	return layers
}

// Target says what a term compares the picture with.
type Target int

// The targets; the style pictures are Style(0), Style(1) …
const (
	Nothing Target = iota // the term describes the picture alone
	Content
	firstStyle
)

// Style is the i-th style picture as a target, counted from 0.
func Style(i int) Target {
	if i < 0 {
		return Target(i) // no target; Transfer says so
	}
	return firstStyle + Target(i)
}

// style is the inverse of Style; below 0 for the other targets.
func (t Target) style() int {
	if t < Nothing {
		return int(t)
	}
	return int(t - firstStyle)
}

// ContentTerm keeps what is in the content picture: its features at the layers (none: [vgg.ContentLayers]) are compared
// by [loss.RelativeSquare].
func ContentTerm(weight float64, layers ...string) Term {
	if len(layers) == 0 {
		layers = vgg.ContentLayers
	}
	return Term{Name: "content", Weight: weight, Target: Content, Layers: Layers(layers...), Compare: loss.RelativeSquare}
}

// StyleTerm takes over how the first style picture is painted: the [loss.Gram] matrices of its features at the layers
// (none: [vgg.StyleLayers]) are compared by [loss.RelativeSquare].
func StyleTerm(weight float64, layers ...string) Term {
	if len(layers) == 0 {
		layers = vgg.StyleLayers
	}
	return Term{Name: "style", Weight: weight, Target: Style(0), Layers: Layers(layers...), Describe: loss.Gram, Additive: true, Compare: loss.RelativeSquare}
}

// TotalVariationTerm holds down noise: [loss.TotalVariation] of the picture itself.
func TotalVariationTerm(weight float64) Term {
	return Term{Name: "tv", Weight: weight, Target: Nothing, Describe: loss.TotalVariation}
}

// layers returns the layers that a term describes, with their shares.
func (t *Term) layers() []LayerWeight {
	if len(t.Layers) == 0 {
		return []LayerWeight{{vgg.PictureLayer, 1}}
	}
	return t.Layers
}

// takes returns what belongs to the term of the inputs that [job.describeTargets] has made: its target's descriptions and
// the picture's masks, one for each layer, or none; rest is that of the terms that follow.
func (t *Term) takes(inputs []*Node) (want, masks, rest []*Node) {
	n := len(t.layers())
	if t.Target != Nothing {
		want, inputs = inputs[:n], inputs[n:]
	}
	if t.Mask != nil {
		masks, inputs = inputs[:n], inputs[n:]
	}
	return want, masks, inputs
}

// targetCount returns how many inputs [job.describeTargets] makes for the terms.
func targetCount(terms []Term) (n int) {
	for i := range terms {
		if terms[i].Target != Nothing {
			n += len(terms[i].layers())
		}
		if terms[i].Mask != nil {
			n += len(terms[i].layers())
		}
	}
	return n
}

// masksAmong returns the masks of all terms, layer by layer, among the inputs of which [Term.takes] takes each term's.
func masksAmong(terms []Term, inputs []*Node) [][]*Node {
	all := make([][]*Node, len(terms))
	for i := range terms {
		_, all[i], inputs = terms[i].takes(inputs)
	}
	return all
}

// describe returns the picture's descriptions of the term's layers, one for each.
func (t *Term) describe(features vgg.Features) []*Node { return t.describeAll(features, false) }

// describeTarget is describe for the target.
func (t *Term) describeTarget(features vgg.Features) []*Node { return t.describeAll(features, true) }

func (t *Term) describeAll(features vgg.Features, target bool) []*Node {
	var descriptions []*Node
	for _, layer := range t.layers() {
		descriptions = append(descriptions, t.describeLayer(layer.Layer, features[layer.Layer], target))
	}
	return descriptions
}

// describeLayer returns the description of one layer's features.
func (t *Term) describeLayer(layer string, features *Node, target bool) *Node {
	describe := t.Describe
	if target && t.DescribeTarget.Of != nil {
		describe = t.DescribeTarget
	}
	if describe.Of == nil {
		return features
	}
	t.explain(layer, func() {
		if features = describe.Of(features); features == nil {
			exceptions.Panicf("Describe returned nil; it must return a description of the features")
		}
	})
	return features
}

// loss returns the unweighted scalar of the term, from the picture's descriptions and the target's, of which there are none
// where Target is Nothing.
func (t *Term) loss(got, want []*Node) *Node { return graphs.AddAll(t.layerLosses(got, want)) }

// layerLosses returns the addends of loss, one for each layer.
func (t *Term) layerLosses(got, want []*Node) []*Node {
	losses := make([]*Node, len(got))
	for i, layer := range t.layers() {
		t.explain(layer.Layer, func() {
			var target *Node
			if t.Target != Nothing {
				target = want[i]
			}
			losses[i] = MulScalar(t.compare(got[i], target), layer.Weight)
		})
	}
	return losses
}

// compare applies Compare or what stands for it where it is nil, and insists on a scalar.
func (t *Term) compare(got, want *Node) *Node {
	switch {
	case t.Compare.Of != nil:
		got = t.Compare.Of(got, want)
		if got == nil {
			exceptions.Panicf("Compare returned nil; it must return a scalar")
		}
	case want != nil:
		got = loss.MeanSquare.Of(got, want)
	case !got.IsScalar():
		exceptions.Panicf("the loss must be a scalar, got shape %s; without Target and Compare it is what Describe returns", got.Shape())
	}
	if !got.IsScalar() {
		exceptions.Panicf("the loss must be a scalar, got shape %s", got.Shape())
	}
	return got
}

// explain runs a graph function and adds the term and the layer to its panic.
func (t *Term) explain(layer string, fn func()) {
	graphs.Explain(fmt.Sprintf("term %q, layer %s", t.Name, layer), fn)
}

// execError words an executor's error: a fault of a term stands for itself, without the way it took through GoMLX.
func execError(what string, err error) error {
	var inside *graphs.Fault
	if errors.As(err, &inside) {
		err = inside
	}
	return fmt.Errorf("stylelib: %s: %w", what, err)
}

// checkCircular finds out whether opposite edges of a picture are neighbours at the term's layers too, as circular padding has it:
// pooling must halve its sides without remainder.
func (t *Term) checkCircular(net *vgg.Extractor, picture image.Image) error {
	if net.Padding != weights.CircularPadding {
		return nil
	}
	size, n, deepest := picture.Bounds().Size(), 1, ""
	for _, layer := range t.layers() {
		if stride := net.Layer(layer.Layer).Stride; stride > n {
			n, deepest = stride, layer.Layer
		}
	}
	if size.X%n+size.Y%n > 0 {
		near := func(side int) int { return max(n, (side+n/2)/n*n) }
		return fmt.Errorf("stylelib: for layer %s with circular padding the picture's sides must be multiples of %d pixels, such as %dx%d; found %dx%d",
			deepest, n, near(size.X), near(size.Y), size.X, size.Y)
	}
	return nil
}

// anyHasTarget tells whether one of the terms has this target.
func anyHasTarget(terms []Term, target Target) bool {
	return slices.ContainsFunc(terms, func(t Term) bool { return t.Target == target })
}

// layersOf returns the layers that terms describe.
func layersOf(terms []Term) []string {
	var names []string
	for i := range terms {
		for _, layer := range terms[i].layers() {
			names = append(names, layer.Layer)
		}
	}
	return names
}
