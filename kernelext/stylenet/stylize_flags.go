//go:build cgo

package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
)

// painting is what `stylenet stylize` was asked for; trace and recipe repeat it as their options.
type painting struct {
	Content       string    `json:"content"`
	Style         styleList `json:"style"`
	StyleMix      []float64 `json:"style-mix,omitempty"`
	StyleScale    []float64 `json:"style-scale,omitempty"`
	Between       int       `json:"between,omitempty"`
	Mask          styleList `json:"mask,omitempty"`
	StyleMask     styleList `json:"style-mask,omitempty"`
	MaskOverlap   float64   `json:"mask-overlap,omitempty"`
	Output        string    `json:"output"`
	Bits          int       `json:"bits"`
	Preset        string    `json:"preset,omitempty"`
	Weights       string    `json:"weights"`
	Network       string    `json:"network"` // what Weights turned out to be
	Origin        string    `json:"origin,omitempty"`
	SeedTranspose bool      `json:"seed-transpose"`
	Size          int       `json:"size"`
	Width         int       `json:"width"` // of the picture painted
	Height        int       `json:"height"`
	Steps         int       `json:"steps"`
	Optimizer     string    `json:"optimizer"`
	LearningRate  float64   `json:"lr"`
	ContentWeight float64   `json:"content-weight"`
	StyleWeight   float64   `json:"style-weight"`
	TVWeight      float64   `json:"tv-weight"`
	ContentLayers []string  `json:"content-layers"`
	StyleLayers   []string  `json:"style-layers"`
	Pooling       string    `json:"pooling"`
	Method        string    `json:"method,omitempty"`
	Padding       string    `json:"padding"`
	OwnPadding    string    `json:"own-padding,omitempty"` // asked for, in place of the network's
	Range         string    `json:"range"`
	Colour        string    `json:"colour"`
	ColourSpace   string    `json:"colour-space"`
	Pyramid       bool      `json:"pyramid"`
	Tile          int       `json:"tile,omitempty"`
	Devices       int       `json:"devices,omitempty"`
	Init          string    `json:"init"`
	Noise         float64   `json:"noise,omitempty"`
	Seed          uint64    `json:"seed"`
	Every         int       `json:"every"`
	Frames        string    `json:"frames,omitempty"`
	Trace         string    `json:"trace,omitempty"`
	Backend       string    `json:"backend"`

	again      string          // the picture whose recipe is repeated
	recipe     bool            // whether the output carries one
	plan       bool            // whether a forecast is made
	given      map[string]bool // the flags that were given
	networkSum string          // the SHA-256 of what Network names

	savePalette string // a file to write
}

// ownOptimizer is the name of a preset's own optimiser.
const ownOptimizer = "preset"

// standardPainting is what stylize does unless flags say otherwise.
func standardPainting() *painting {
	terms := stylelib.DefaultTerms()
	return &painting{
		Output: "out/stylized.png", Bits: 8, Size: 256, Steps: 200, Optimizer: "adam", LearningRate: 0.05,
		ContentWeight: terms[0].Weight, StyleWeight: terms[1].Weight, TVWeight: terms[2].Weight,
		ContentLayers: slices.Clone(vgg.ContentLayers), StyleLayers: slices.Clone(vgg.StyleLayers), // JSON is read into them
		Pooling: vgg.MaxPooling.String(), Range: stylelib.ClipEveryStep.String(), Colour: ownColours, ColourSpace: "codes", Noise: 0.5, Every: 10, recipe: true,
	}
}

// parsePainting reads lists of flags, a later one changing what those before say: once to see whether they name a preset
// or a recipe, and again with its values as the flags' defaults.
func parsePainting(lists ...[]string) (*painting, *recipe, error) {
	p := standardPainting()
	if err := p.parse(lists...); err != nil {
		return nil, nil, err
	}
	var from *recipe
	var err error
	switch {
	case p.again != "" && p.given["preset"]:
		return nil, nil, usageError{errors.New("give -again or -preset: a recipe names its preset itself")}
	case p.again != "":
		if from, err = readRecipe(p.again); err != nil {
			return nil, nil, err
		}
		p = from.painting()
	case p.Preset != "":
		if err := p.usePreset(); err != nil {
			return nil, nil, usageError{err}
		}
	}
	if err := p.parse(lists...); err != nil {
		return nil, nil, err
	}
	if from != nil {
		if err := p.complete(from.Options); err != nil {
			return nil, nil, err
		}
	}
	p.findSample()
	p.settle()
	if err := p.check(); err != nil {
		return nil, nil, usageError{err}
	}
	return p, from, nil
}

// parse reads lists of flags into the painting.
func (p *painting) parse(lists ...[]string) error {
	p.given = map[string]bool{}
	for _, args := range lists {
		flags := p.flags()
		if _, err := parse(flags, args); err != nil {
			return err
		}
		flags.Visit(func(f *flag.Flag) { p.given[f.Name] = true })
	}
	return nil
}

// flags returns the flags of a painting, whose values are their defaults.
func (p *painting) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("stylize", flag.ContinueOnError)
	flags.StringVar(&p.Content, "content", p.Content, "picture `FILE` to repaint, or the name of a sample photograph such as chelsea, the cat; none: a style becomes a texture, a square of -size pixels")
	flags.Var(&styleFlag{list: &p.Style}, "style", "picture `FILE`, or palette (see -save-palette), whose manner to take; several, each with its own -style, are mixed; none: what -content-layers keep of the content")
	flags.Var(numbersFlag{&p.StyleMix}, "style-mix", "`SHARES` of several styles, as 3,1: their parts of -style-weight; none: equal ones. 1,0 to 0,1 goes from one style to another")
	flags.Var(numbersFlag{&p.StyleScale}, "style-scale", "`SCALES` of the style pictures, as 1,0.5: a style picture half as large paints with strokes half as large")
	flags.IntVar(&p.Between, "between", p.Between, betweenUsage)
	flags.StringVar(&p.savePalette, "save-palette", p.savePalette, savePaletteUsage)
	flags.Var(&styleFlag{list: &p.Mask}, "mask", maskUsage)
	flags.Var(&styleFlag{list: &p.StyleMask}, "style-mask", styleMaskUsage)
	flags.Float64Var(&p.MaskOverlap, "mask-overlap", p.MaskOverlap, overlapUsage)
	flags.StringVar(&p.Output, "o", p.Output, "result `FILE`: .png, .jpg or .tif")
	flags.IntVar(&p.Bits, "bits", p.Bits, "of the result's channels: 8, or 16 in a .png or .tif")
	flags.StringVar(&p.Preset, "preset", p.Preset, "paint as another program does; `NAME` is one of "+strings.Join(preset.Names(), ", ")+
		"; its weights, layers and the rest are then the defaults of the other flags, in its own units")
	flags.StringVar(&p.again, "again", p.again, "repeat what made `PICTURE`, a PNG painted before; other flags change it")
	flags.BoolVar(&p.recipe, "recipe", p.recipe, "write into a PNG how it was made: these flags, checksums, versions and losses")
	flags.StringVar(&p.Weights, "weights", p.Weights, "network `NAME` (weights list lists them) or file of weights; none: the best at hand, else stylenet, our own")
	flags.StringVar(&p.Origin, "origin", p.Origin, "how pictures enter the network, where its file does not tell: torchvision, caffe or matconvnet")
	flags.BoolVar(&p.SeedTranspose, "seed-transpose", p.SeedTranspose, "swap height and width of every kernel, as the first TensorFlow scripts did")
	flags.IntVar(&p.Size, "size", p.Size, "`LONGSIDE` in pixels of both pictures; 0 leaves them at their own size")
	flags.IntVar(&p.Steps, "steps", p.Steps, "how many steps to paint")
	flags.StringVar(&p.Optimizer, "optimizer", p.Optimizer, "optimiser: adam or lbfgs")
	flags.Float64Var(&p.LearningRate, "lr", p.LearningRate, "Adam's learning rate, in units of the range from black (0) to white (1)")
	flags.Float64Var(&p.ContentWeight, "content-weight", p.ContentWeight, "weight of the content term, a relative squared error")
	flags.Float64Var(&p.StyleWeight, "style-weight", p.StyleWeight, "weight of the style term, a relative squared error of Gram matrices")
	flags.Float64Var(&p.TVWeight, "tv-weight", p.TVWeight, "weight of the total variation")
	flags.Var(layersFlag{&p.ContentLayers}, "content-layers", "`LAYERS` of the content term, separated by commas")
	flags.Var(layersFlag{&p.StyleLayers}, "style-layers", "`LAYERS` of the style term, separated by commas")
	flags.StringVar(&p.Pooling, "pooling", p.Pooling, "`POOLING` that halves features: max, avg, or avg-rescaled, which makes up for averages being less than maxima")
	flags.StringVar(&p.OwnPadding, "padding", p.OwnPadding, "`PADDING`, what the network sees beyond the edge: zero, reflect, replicate, or circular, for textures without seams; none: its own")
	flags.StringVar(&p.Method, "method", p.Method, "`METHOD` of convolution: auto (the default: by the work ahead), plain or winograd")
	flags.StringVar(&p.Range, "range", p.Range, "`RANGE` of pixels: clipped to black and white, free to leave it, or stretched, which is free and shown from the least to the largest (the seed's imsave)")
	flags.StringVar(&p.Colour, "colour", p.Colour, colourUsage)
	flags.StringVar(&p.ColourSpace, "colour-space", p.ColourSpace, colourSpaceUsage)
	flags.BoolVar(&p.Pyramid, "pyramid", p.Pyramid, "paint from coarse to fine: from 128 pixels in steps of √2 to -size, -steps in all, each level enlarged and painted on")
	flags.IntVar(&p.Tile, "tile", p.Tile, "see a larger picture through windows of so many `PIXELS`, one after the other: less memory, more time, the same picture; 0: all at once")
	flags.IntVar(&p.Devices, "devices", p.Devices, "divide the picture by rows among so many `DEVICES` of the backend; XLA's CPU plugin shows some, to try it")
	flags.BoolVar(&p.plan, "plan", p.plan, "print before painting what memory and time it will take, stop if there is no room, and print afterwards what it took")
	flags.StringVar(&p.Init, "init", p.Init, initUsage)
	flags.Float64Var(&p.Noise, "noise", p.Noise, noiseUsage)
	flags.Uint64Var(&p.Seed, "seed", p.Seed, "of the noise that -init noise and mixed start from")
	flags.StringVar(&p.Trace, "trace", p.Trace, "write every step's losses to `FILE` as JSON; seconds count from the start of the run")
	flags.IntVar(&p.Every, "every", p.Every, "report, and write a frame, every so many steps")
	flags.StringVar(&p.Frames, "frames", p.Frames, "write the picture on its way to folder `DIR`")
	return flags
}

// layersFlag is a list of layers separated by commas.
type layersFlag struct{ list *[]string }

func (f layersFlag) String() string {
	if f.list == nil {
		return ""
	}
	return strings.Join(*f.list, ",")
}

// Set replaces the list.
func (f layersFlag) Set(text string) error {
	*f.list = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	return nil
}

// check finds what is wrong with the request itself.
func (p *painting) check() error {
	if _, err := stylelib.ParseClipping(p.Range); err != nil {
		return err
	}
	if err := p.checkColour(); err != nil {
		return err
	}
	if p.Content == "" && len(p.Style) == 0 {
		return errors.New("stylize needs pictures: -content FILE and -style FILE; a style alone becomes a texture, a content alone what its layers have kept")
	}
	for _, check := range []func() error{p.checkStyles, p.checkBetween, p.checkPalettes, p.checkMasks, p.checkStart} {
		if err := check(); err != nil {
			return err
		}
	}
	switch {
	case p.Optimizer != "adam" && p.Optimizer != "lbfgs" && (p.Optimizer != ownOptimizer || p.Preset == ""):
		return fmt.Errorf("no optimiser %q; there are adam and lbfgs", p.Optimizer)
	case p.Pyramid && p.Preset != "":
		return errors.New("-pyramid does not go with -preset: a preset's weights hold for one size of picture")
	case p.Bits != 8 && (p.Bits != 16 || !picture.Holds16Bits(p.Output)):
		return fmt.Errorf("-bits is 8, or 16 for a result in a .png or .tif, found %d for %s", p.Bits, p.Output)
	case p.Steps < 1 || p.Every < 1:
		return fmt.Errorf("-steps and -every must be at least 1, found %d and %d", p.Steps, p.Every)
	case len(p.ContentLayers)+len(p.StyleLayers) == 0 && p.TVWeight == 0:
		return errors.New("nothing to do: no content layers, no style layers, and -tv-weight is 0")
	case !(p.Noise >= 0 && p.Noise <= 1):
		return fmt.Errorf("-noise is a share from 0 to 1, found %g", p.Noise)
	case !(p.LearningRate > 0) || math.IsInf(p.LearningRate, 0):
		return fmt.Errorf("-lr must be above 0 and finite, found %g", p.LearningRate)
	}
	return nil
}
