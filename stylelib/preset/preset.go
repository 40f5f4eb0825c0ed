// Package preset has other implementations of neural style transfer: their losses to the last factor, their weights, optimisers and starts,
// so that stylelib computes what they compute; and conversions of weights between them.
//
//	preset.go      Preset, Named, Options
//	presets.go     the implementations, one function each
//	loss.go        how they measure the distance of contents and of styles
//	variation.go   how they measure the total variation
//	network.go     Preset.VGG: the network as they run it
//	optimizer.go   optimisers in units of theirs
//	convert.go     Convert: weights of one as weights of another
//	scalefree.go   ScaleFree: weights that do not depend on sizes and formulas
//
// Pictures have values in [0, 1]; a preset's own numbers are in units of its own, such as 255 for white. It needs stylelib and the packages
// below it. testdata/presets.py has the implementations' formulas in PyTorch.
package preset

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"golang.org/x/image/draw"
	"stylenet/stylelib"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/vgg"
)

// Preset is another implementation of style transfer: its losses to the last factor, its weights in its own numbers, its pooling and
// padding, its start and its optimiser. A transfer by J. Johnson's, errors left out:
//
//	johnson, _ := preset.Named("johnson")
//	size := content.Bounds().Size()
//	o, _ := johnson.Options(size, johnson.Weights)
//	result, _ := stylelib.Transfer(ctx, backend, johnson.VGG(network), content,
//		[]image.Image{johnson.FitStyle(style, size)}, o)
//
// The terms are named content, style and tv. A preset has no network, and preprocessing belongs to the network: weights trained on RGB in
// [0, 1] do not work with an implementation's BGR in [0, 255]. Losses are those of the implementation where the network is of its Origin,
// and near them with another VGG-19, see [Preset.VGG].
type Preset struct {
	Name    string
	About   string  // its title, author, framework and licence, in one line
	Origin  string  // of the network that it was made for, a name as in [weights.Options] Assume
	Weights Weights // its own

	Pooling        vgg.Pooling
	DropOdd        bool // see [vgg.Extractor]
	ReplicateFirst bool // conv1_1 has replicate padding; the others always have zero padding

	Unit      [3]float64 // how many of its units white is, in R, G and B; its learning rate is in them
	Steps     int
	Optimizer optim.Optimizer // takes and returns pictures in [0, 1]
	Start     stylelib.Start
	Clip      stylelib.Clipping
	Fit       Fit

	content   contentForm
	style     styleForm
	variation variationForm
}

// Weights are an implementation's weights, in its own numbers. A layer's loss is multiplied by the weight of its term and by its own.
type Weights struct {
	Content, Style, TotalVariation float64
	ContentLayers, StyleLayers     []stylelib.LayerWeight
}

// check returns an error for weights that are not finite.
func (w Weights) check() error {
	all := map[string]float64{"content": w.Content, "style": w.Style, "total variation": w.TotalVariation}
	for _, l := range slices.Concat(w.ContentLayers, w.StyleLayers) {
		all["layer "+l.Layer] = l.Weight
	}
	for name, weight := range all {
		if math.IsNaN(weight) || math.IsInf(weight, 0) {
			return fmt.Errorf("the weight of %s is %v; a finite number is needed", name, weight)
		}
	}
	return nil
}

// Fit is the size to which an implementation scales the style picture.
type Fit int

// The fits.
const (
	FitNothing Fit = iota // it is not scaled; the command gives it the content picture's longer side
	FitWidth              // the content picture's width, with its own proportions
	FitSize               // the content picture's size, with that one's proportions
)

// Names returns the names of all presets.
func Names() []string {
	var names []string
	for _, p := range presets() {
		names = append(names, p.Name)
	}
	return names
}

// Named returns a new copy of a preset, which the caller may change. The error for another name lists the names.
func Named(name string) (*Preset, error) {
	all := presets()
	i := slices.IndexFunc(all, func(p *Preset) bool { return p.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("preset: no preset %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return all[i], nil
}

// Options returns the options of [stylelib.Transfer] for a content picture of a size in pixels, with weights. It returns an error for
// weights that are not finite or have no layer.
func (p *Preset) Options(size image.Point, w Weights) (stylelib.Options, error) {
	if len(w.ContentLayers)+len(w.StyleLayers) == 0 {
		return stylelib.Options{}, fmt.Errorf("preset: %s: the weights have no layer; its own are in Preset.Weights", p.Name)
	}
	if err := w.check(); err != nil {
		return stylelib.Options{}, fmt.Errorf("preset: %s: %w", p.Name, err)
	}
	var terms []stylelib.Term
	if len(w.ContentLayers) > 0 {
		terms = append(terms, p.content.term(w))
	}
	if len(w.StyleLayers) > 0 {
		terms = append(terms, p.style.term(w, size))
	}
	unit := p.Unit
	variation := stylelib.Term{Name: "tv", Weight: w.TotalVariation, Target: stylelib.Nothing, Describe: loss.Describe{
		Name: "total variation of preset " + p.Name,
		Of: func(picture *graph.Node) *graph.Node {
			return p.variation.loss(graph.Mul(picture, channelUnit(picture, unit)))
		}}}
	return stylelib.Options{Terms: append(terms, variation), Steps: p.Steps, Optimizer: p.Optimizer, Start: p.Start, Clip: p.Clip}, nil
}

// FitStyle returns the style picture at the size to which the implementation scales it, for a content picture of a size in pixels. It scales
// as they do: bilinearly, in 8-bit sRGB values, which darkens fine detail. A [stylelib.SavedStyle] is returned as it is.
func (p *Preset) FitStyle(style image.Image, content image.Point) image.Image {
	from := style.Bounds().Size()
	to := from
	switch p.Fit {
	case FitWidth:
		to = image.Pt(content.X, max(1, from.Y*content.X/max(1, from.X)))
	case FitSize:
		to = content
	}
	if to == from || style.Bounds().Empty() {
		return style
	}
	fitted := image.NewNRGBA(image.Rectangle{Max: to})
	draw.BiLinear.Scale(fitted, fitted.Bounds(), style, style.Bounds(), draw.Src, nil)
	return fitted
}

// StartsFromNoise reports whether the preset starts from noise, not from the content picture.
func (p *Preset) StartsFromNoise() bool { return p.Start.IsNoise() }

// ComparesGrams reports whether the preset compares Gram matrices, as [stylelib.Term] Mask needs.
func (p *Preset) ComparesGrams() bool { return !p.style.wasserstein }

// Noise returns the preset's start from noise with a seed; where it starts from the content picture, [stylelib.FromNoise].
func (p *Preset) Noise(seed uint64) stylelib.Start {
	if !p.Start.IsNoise() {
		return stylelib.FromNoise(seed)
	}
	return p.Start.WithSeed(seed)
}
