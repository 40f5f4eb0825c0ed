package stylelib

import (
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/loss"
	"stylenet/stylelib/vgg"
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

// ordinal returns "first", "second" … for 0, 1 …
func ordinal(i int) string {
	if words := []string{"first", "second", "third"}; i < len(words) {
		return words[i]
	}
	return fmt.Sprintf("%dth", i+1)
}
