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
	"stylenet/weights"
)

// Preset is how another program transfers style: its losses to the last factor, its weights in its own numbers, how
// it halves and pads, where it starts and how it moves. A whole transfer in the manner of J. Johnson's program, errors
// left out:
//
//	preset, _ := preset.Named("johnson")
//	size := content.Bounds().Size()
//	o, _ := preset.Options(size, preset.Weights)
//	result, _ := stylelib.Transfer(ctx, backend, preset.VGG(network), content,
//		[]image.Image{preset.FitStyle(style, size)}, o)
//
// The terms are called content, style and tv. A preset brings no network, and how pictures enter a network belongs to
// the network: weights trained on RGB in [0, 1] make no sense with a program's BGR in [0, 255]. Its numbers are those
// of the program where the network is of its Origin, and near them with another VGG-19, see [Preset.VGG].
type Preset struct {
	Name    string
	About   string  // whose program it is, in one line for people
	Origin  string  // of the network that it was made for, a name as in [weights.Options]
	Weights Weights // its own

	Pooling        vgg.Pooling
	DropOdd        bool // see [vgg.Extractor]
	ReplicateFirst bool // conv1_1 sees the edge pixel repeated, the others see zeros

	Unit      [3]float64 // how many of its units black to white is, in R, G and B; its learning rate counts in them
	Steps     int
	Optimizer optim.Optimizer // takes and returns pictures in [0, 1]
	Start     stylelib.Start
	Clip      stylelib.Clipping
	Fit       Fit

	content   contentForm
	style     styleForm
	variation variationForm
}

// LossWeights are the numbers that a person gives a program. A layer's part of a term is multiplied by the term's
// number and by the layer's own.
type Weights struct {
	Content, Style, TotalVariation float64
	ContentLayers, StyleLayers     []stylelib.LayerWeight
}

// check finds weights that are not finite.
func (w Weights) check() error {
	all := map[string]float64{"content": w.Content, "style": w.Style, "smooth": w.TotalVariation}
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

// Fit is the size that a program brings the style picture to.
type Fit int

// The fits.
const (
	FitNothing Fit = iota // the caller's: the same longer side as the content picture
	FitWidth              // the content picture's width, proportions kept
	FitSize               // the content picture's size, stretched
)

// PresetNames returns the names that [Named] takes.
func Names() []string {
	var names []string
	for _, p := range presets() {
		names = append(names, p.Name)
	}
	return names
}

// PresetNamed returns a preset, the caller's own to change.
func Named(name string) (*Preset, error) {
	all := presets()
	i := slices.IndexFunc(all, func(p *Preset) bool { return p.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("stylelib: no preset %q; there are %s", name, strings.Join(Names(), ", "))
	}
	return all[i], nil
}

// VGG returns the network as the program runs it: with its pooling and padding, and with features as large as its numbers
// are for. Of a network that pictures enter as numbers about 0, as torchvision's, features are some sixty times smaller
// than of one that they enter as codes up to 255.
func (p *Preset) VGG(network *weights.Network) *vgg.Extractor {
	entered, factor := *network, p.factor(network)
	for row := range 3 {
		entered.Input.Offset[row] *= factor
		for column := range 3 {
			entered.Input.Matrix[row][column] *= factor * p.gain()
		}
	}
	entered.Convs = slices.Clone(network.Convs)
	before := float32(1)
	for i := range entered.Convs { // ReLU passes a factor on
		c, shrunk := &entered.Convs[i], float32(1)
		if network.SHA256 == slimNetwork && i < len(slimShrinks) {
			shrunk = slimShrinks[i]
		}
		c.Kernel, c.Bias = times(c.Kernel, shrunk/before), times(c.Bias, factor*shrunk)
		before = shrunk
	}
	net := vgg.New(&entered)
	net.Pooling, net.DropOdd, net.Padding = p.Pooling, p.DropOdd, weights.ZeroPadding
	if p.ReplicateFirst {
		net.Paddings = map[string]weights.Padding{"conv1_1": weights.ReplicatePadding}
	}
	return net
}

// slimNetwork is the file of vgg19-slim, by its SHA-256, and slimShrinks how many times smaller its features are than
// VGG-19's, from conv1_1 on, to powers of two, with which a network stays the same to the last bit. Its makers taught it to
// say what VGG-19's features are by linear maps, which are not in the file. testdata/slim.md has how they were found.
const slimNetwork = "9417c34d0d8d621bc6af78be745f1b8d30f5f210efa01e50655c60eb3770816b"

var slimShrinks = []float32{8, 4, 8, 16, 16, 32, 64, 32, 64, 128, 64, 64, 8}

// times returns the values times a factor; the values themselves where it is 1.
func times(values []float32, factor float32) []float32 {
	if factor == 1 {
		return values
	}
	product := make([]float32, len(values))
	for i, v := range values {
		product[i] = v * factor
	}
	return product
}

// factor is what makes a network's features as large as those of the preset's Origin: 1 if pictures enter both as codes, or
// neither. Of a slim network that they enter as codes nothing is known, but of the one above.
func (p *Preset) factor(network *weights.Network) float32 {
	const codes = 255 * 0.226 // for one of torchvision's standard deviations
	var largest float32       // number that a picture's white becomes
	for _, row := range network.Input.Matrix {
		largest = max(largest, slices.Max(row[:]))
	}
	have, want := largest > 30, p.Origin != "torchvision"
	switch {
	case want && !have:
		return codes
	case have && !want && len(network.Convs) > 0 && (network.Convs[0].Out == 64 || network.SHA256 == slimNetwork):
		return 1 / codes
	}
	return 1
}

// gain is 256/255 for a program that takes white for 256, else 1.
func (p *Preset) gain() float32 {
	if p.Unit[0] == 256 {
		return 256. / 255
	}
	return 1
}

// Options returns what [stylelib.Transfer] needs for a content picture of this size, with these weights. It returns an error
// for weights that are not finite or name no layer.
func (p *Preset) Options(size image.Point, w Weights) (stylelib.Options, error) {
	if len(w.ContentLayers)+len(w.StyleLayers) == 0 {
		return stylelib.Options{}, fmt.Errorf("stylelib: preset %s: no layers to look at; its own are in Preset.Weights", p.Name)
	}
	if err := w.check(); err != nil {
		return stylelib.Options{}, fmt.Errorf("stylelib: preset %s: %w", p.Name, err)
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

// FitStyle returns the style picture at the size that the program brings it to, for a content picture of this size.
// It is scaled as those programs do it: bilinearly, on the codes from 0 to 255, which darkens fine detail. A [stylelib.SavedStyle] stays.
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
