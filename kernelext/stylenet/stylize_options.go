//go:build cgo

package main

import (
	"flag"
	"slices"
	"strings"

	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
)

// settings are what `stylenet stylize` is asked for. Their options method is the command's table.
type settings struct {
	again    string // the picture whose recipe is repeated
	pictures pictureSettings
	masks    maskSettings
	colours  colourSettings
	weights  weightsSettings
	network  networkSettings
	loss     lossSettings
	start    startSettings
	run      runSettings
	output   outputSettings

	given map[string]bool // the flags that were given
}

type pictureSettings struct {
	Content string
	Styles  fileList
	Mix     numberList
	Scale   numberList
	Between int
	Size    int
}

type maskSettings struct {
	Picture, Style fileList
	Overlap        float64
}

type colourSettings struct{ Mode, Space string }

// weightsSettings say where the network's numbers come from.
type weightsSettings struct {
	Name, Origin  string
	SeedTranspose bool
}

// networkSettings say how the network is run.
type networkSettings struct{ Preset, Pooling, Padding, Method string }

type lossSettings struct {
	ContentWeight, StyleWeight, TVWeight float64
	ContentLayers, StyleLayers           layerList
}

type startSettings struct {
	Init  string
	Noise float64
	Seed  uint64
}

type runSettings struct {
	Steps         int
	Optimizer     string
	LearningRate  float64
	Decay         float64
	Clip          string
	Pyramid       bool
	Tile, Devices int
}

type outputSettings struct {
	File          string
	Bits          int
	Recipe, Plan  bool
	SaveStyle     string
	Trace, Frames string
	Every         int
}

// options returns the table.
func (s *settings) options() options {
	return options{
		{name: "content", to: &s.pictures.Content, effect: namesPictures, single: true, help: "picture `FILE` to repaint, or the name of a sample photograph such as chelsea, the cat; none: a style becomes a texture, a square of -size pixels"},
		{name: "style", to: &s.pictures.Styles, effect: namesPictures, help: "picture `FILE`, or saved style (see -save-style), whose style to take; several, each with its own -style, are mixed; none: what -content-layers keep of the content"},
		{name: "style-mix", to: &s.pictures.Mix, help: "`SHARES` of several styles, as 3,1: how -style-weight is divided among them; none: equal ones. 1,0 to 0,1 goes from one style to another"},
		{name: "style-scale", to: &s.pictures.Scale, help: "`SCALES` of the style pictures, as 1,0.5: a style picture half as large paints with strokes half as large"},
		{name: "between", to: &s.pictures.Between, help: "paint so many `PICTURES`, from the first of two styles to the second in even steps, as one row"},
		{name: "size", to: &s.pictures.Size, help: "`LONGSIDE` in pixels of both pictures; 0 leaves them at their own size"},
		{name: "mask", to: &s.masks.Picture, effect: namesPictures, words: maskWords, help: "`MASK` of the style given as often before: the area of the picture, white in a file, that the style paints; or all, alpha, what is not transparent in the content picture, or rest, what the other masks leave"},
		{name: "style-mask", to: &s.masks.Style, effect: namesPictures, words: maskWords, help: "`MASK` of the style picture given as often before: the area, white in a file, that is its style; or all, or alpha, what is not transparent in it"},
		{name: "mask-overlap", to: &s.masks.Overlap, help: "`SHARE`, from 0 to 1, of a layer's receptive field that may lie outside a mask; at 0 masks shrink with depth, so that no colour crosses their edges, at 1 they do not"},
		{name: "colour", to: &s.colours.Mode, help: "`MODE` of colours: style, the style picture's; keep, the content's, painted in lightness alone (L* of CIELAB); match, match-pca and match-monge-kantorovich, the style picture takes mean and covariance of the content's before, by Cholesky, principal axes or the map that moves colours least; histogram, the result takes the content's histograms of red, green and blue after; transport, it takes the content's colours after by optimal transport"},
		{name: "colour-space", to: &s.colours.Space, help: "`SPACE` in which -colour match… and transport work: srgb (sRGB values) or linear (linear light)"},
		{name: "weights", to: &s.weights.Name, effect: namesNetwork, help: "network `NAME` (weights list lists them) or file of weights; none: the best at hand, else stylenet, the built-in network"},
		{name: "origin", to: &s.weights.Origin, help: "the network's preprocessing, where its file does not tell: torchvision, caffe or matconvnet"},
		{name: "seed-transpose", to: &s.weights.SeedTranspose, help: "swap height and width of every kernel, as the first TensorFlow scripts did"},
		{name: "preset", to: &s.network.Preset, help: "paint as another program does; `NAME` is one of " + strings.Join(preset.Names(), ", ") + "; its weights, layers and the rest are then the defaults of the other flags, in its own units"},
		{name: "pooling", to: &s.network.Pooling, help: "`POOLING` that halves features: max, avg, or avg-rescaled, which makes up for averages being less than maxima; none: the network's own"},
		{name: "padding", to: &s.network.Padding, help: "`PADDING` of the network: zero, reflect, replicate, or circular, for textures without seams; none: its own"},
		{name: "method", to: &s.network.Method, help: "`METHOD` of convolution: auto (the default: by the work ahead), plain or winograd"},
		{name: "content-weight", to: &s.loss.ContentWeight, help: "weight of the content term, a relative squared error"},
		{name: "style-weight", to: &s.loss.StyleWeight, help: "weight of the style term, a relative squared error of Gram matrices"},
		{name: "tv-weight", to: &s.loss.TVWeight, help: "weight of the total variation"},
		{name: "content-layers", to: &s.loss.ContentLayers, help: "`LAYERS` of the content term, separated by commas"},
		{name: "style-layers", to: &s.loss.StyleLayers, help: "`LAYERS` of the style term, separated by commas"},
		{name: "init", to: &s.start.Init, effect: namesPictures, words: startWords, help: "start from colour (the content with the mean and covariance of the style's colours), content, noise, style (the first style picture, cut to size), mixed (content and noise, see -noise), or a picture `FILE`; none: colour, or noise where one of content and style is missing"},
		{name: "noise", to: &s.start.Noise, help: "`SHARE` of the noise that -init mixed starts from, 0 to 1"},
		{name: "seed", to: &s.start.Seed, help: "of the noise that -init noise and mixed start from"},
		{name: "steps", to: &s.run.Steps, help: "how many steps to paint"},
		{name: "optimizer", to: &s.run.Optimizer, help: "optimiser: adam or lbfgs"},
		{name: "lr", to: &s.run.LearningRate, help: "Adam's learning rate, in units of the range from black (0) to white (1)"},
		{name: "lr-decay", to: &s.run.Decay, help: "`FACTOR` by which Adam's learning rate falls at every step; 1: it stays"},
		{name: "clip", to: &s.run.Clip, help: "`WHEN` pixels are clipped to the range from black to white: " + stylelib.ClipEveryStep.String() + ", " + stylelib.ClipShown.String() + ", which lets them leave it, or " + stylelib.StretchShown.String() + ", which does too and shows the least value as black and the largest as white (the seed's imsave)"},
		{name: "pyramid", to: &s.run.Pyramid, help: "paint from coarse to fine: from 128 pixels in steps of √2 to -size, -steps in all, each level enlarged and painted on; the default, but for -preset, without a style, and from a picture FILE; -pyramid=false paints in one size"},
		{name: "tile", to: &s.run.Tile, help: "paint a large picture in tiles of so many `PIXELS`, one after the other: less memory, more time, the same picture; 0: all at once"},
		{name: "devices", to: &s.run.Devices, help: "divide the picture by rows among so many `DEVICES` of the backend; XLA's CPU plugin shows some, to try it"},
		{name: "bits", to: &s.output.Bits, help: "of the result's channels: 8, or 16 in a .png or .tif"},
		{name: "o", to: &s.output.File, effect: changesNothing, help: "result `FILE`: .png, .jpg or .tif"},
		{name: "again", to: &s.again, effect: changesNothing, help: "repeat what made `PICTURE`, a PNG painted before; other flags change it"},
		{name: "recipe", to: &s.output.Recipe, effect: changesNothing, help: "write into a PNG how it was made: these flags, checksums, versions and losses"},
		{name: "plan", to: &s.output.Plan, effect: changesNothing, single: true, help: "print before painting what memory and time it will take, stop if there is no room, and print afterwards what it took"},
		{name: "save-style", to: &s.output.SaveStyle, effect: changesNothing, help: "write what the loss takes from the style picture to `FILE`" + stylelib.StyleEnding + "; -style FILE" + stylelib.StyleEnding + " then paints without the picture, on the same network"},
		{name: "trace", to: &s.output.Trace, effect: changesNothing, single: true, help: "write every step's losses to `FILE` as JSON; seconds count from the start of the run"},
		{name: "frames", to: &s.output.Frames, effect: changesNothing, single: true, help: "write the picture on its way to folder `DIR`"},
		{name: "every", to: &s.output.Every, effect: changesNothing, help: "report, and write a frame, every so many steps"},
	}
}

// defaultSize is the longer side in pixels of what stylize paints.
const defaultSize = 512

// standardSettings are what stylize does unless flags say otherwise, with a content picture, a style picture, or both.
func standardSettings(content, style bool) *settings {
	o := stylelib.Defaults(content, style)
	weights := map[string]float64{}
	for _, term := range slices.Concat(stylelib.DefaultTerms(), o.Terms) { // a term that a picture is missing for has its usual weight
		weights[term.Name] = term.Weight
	}
	s := &settings{
		pictures: pictureSettings{Size: defaultSize},
		colours:  colourSettings{Mode: styleColours, Space: "srgb"},
		loss: lossSettings{ContentWeight: weights["content"], StyleWeight: weights["style"], TVWeight: weights["tv"],
			ContentLayers: slices.Clone(vgg.ContentLayers), StyleLayers: slices.Clone(vgg.StyleLayers)}, // JSON is read into them
		start:  startSettings{Init: "colour", Noise: 0.5},
		run:    runSettings{Steps: o.Steps, Optimizer: "lbfgs", LearningRate: optim.Adam{}.Rate(1), Decay: optim.Adam{}.Rate(2) / optim.Adam{}.Rate(1), Clip: o.Clip.String(), Pyramid: style},
		output: outputSettings{File: "out/stylized.png", Bits: 8, Recipe: true, Every: o.Every},
	}
	if o.Start.IsNoise() {
		s.start.Init = "noise"
	}
	return s
}

// flags returns the settings as flags.
func (s *settings) flags() *flag.FlagSet { return s.options().flags("stylize") }

// MarshalJSON writes the options that count for the picture.
func (s *settings) MarshalJSON() ([]byte, error) { return s.options().MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON writes.
func (s *settings) UnmarshalJSON(data []byte) error { return s.options().UnmarshalJSON(data) }
