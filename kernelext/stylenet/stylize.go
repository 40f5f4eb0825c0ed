//go:build cgo

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"

	"stylenet/stylelib"
	"stylenet/weights"
)

// painting is what `stylenet stylize` was asked for; the trace repeats it as its options.
type painting struct {
	Content       string   `json:"content"`
	Style         string   `json:"style"`
	Output        string   `json:"output"`
	Weights       string   `json:"weights"`
	Network       string   `json:"network"` // what Weights turned out to be
	Origin        string   `json:"origin,omitempty"`
	SeedTranspose bool     `json:"seed-transpose"`
	Size          int      `json:"size"`
	Width         int      `json:"width"` // of the picture painted
	Height        int      `json:"height"`
	Steps         int      `json:"steps"`
	Optimizer     string   `json:"optimizer"`
	LearningRate  float64  `json:"lr"`
	ContentWeight float64  `json:"content-weight"`
	StyleWeight   float64  `json:"style-weight"`
	TVWeight      float64  `json:"tv-weight"`
	ContentLayers []string `json:"content-layers"`
	StyleLayers   []string `json:"style-layers"`
	Pooling       string   `json:"pooling"`
	Padding       string   `json:"padding"`
	Init          string   `json:"init"`
	Seed          uint64   `json:"seed"`
	Every         int      `json:"every"`
	Frames        string   `json:"frames,omitempty"`
	Trace         string   `json:"trace,omitempty"`
	Backend       string   `json:"backend"`
}

// stylizeCommand paints one picture: the library on the command line.
func stylizeCommand(ctx context.Context, args []string) error {
	p, err := parsePainting(args)
	if err != nil {
		return err
	}
	if err := p.checkPlaces(); err != nil {
		return err
	}
	bar := newDownloadBar(os.Stderr)
	network, err := weights.Options{Origin: p.Origin, SeedTranspose: p.SeedTranspose, Progress: bar.report}.Open(ctx, p.Weights)
	bar.end()
	if err != nil {
		return err
	}
	for _, warning := range network.Warnings {
		fmt.Fprintln(os.Stderr, "warning:", warning)
	}
	vgg := stylelib.NewVGG(network)
	if vgg.Pooling, err = stylelib.ParsePooling(p.Pooling); err != nil {
		return err
	}
	p.Network, p.Padding = network.Origin, vgg.Padding.String()
	fmt.Println("network:", network.Origin)
	if strings.HasPrefix(network.Origin, weights.OwnName) && p.Weights == "" {
		fmt.Println("it is StyleNet's own small one; `go run ./kernelext/stylenet weights fetch vgg19` (80 MB) fetches that of the papers, vgg19-slim (4 MB) is between")
	}
	return p.paint(ctx, vgg)
}

// parsePainting reads the flags.
func parsePainting(args []string) (*painting, error) {
	p := &painting{}
	var contentLayers, styleLayers string
	flags := flag.NewFlagSet("stylize", flag.ContinueOnError)
	flags.StringVar(&p.Content, "content", "", "picture `FILE` to repaint")
	flags.StringVar(&p.Style, "style", "", "picture `FILE` whose manner to take")
	flags.StringVar(&p.Output, "o", "out/stylized.png", "result `FILE`: .png, .jpg or .tif")
	flags.StringVar(&p.Weights, "weights", "", "network `NAME` (weights list lists them) or file of weights; none: the best at hand, else stylenet, our own")
	flags.StringVar(&p.Origin, "origin", "", "how pictures enter the network, where its file does not tell: torchvision, caffe or matconvnet")
	flags.BoolVar(&p.SeedTranspose, "seed-transpose", false, "swap height and width of every kernel, as the first TensorFlow scripts did")
	flags.IntVar(&p.Size, "size", 256, "`LONGSIDE` in pixels of both pictures; 0 leaves them at their own size")
	flags.IntVar(&p.Steps, "steps", 200, "how many steps to paint")
	flags.StringVar(&p.Optimizer, "optimizer", "adam", "optimiser: adam")
	flags.Float64Var(&p.LearningRate, "lr", 0.05, "learning rate, in units of the range from black (0) to white (1)")
	defaults := stylelib.DefaultTerms()
	flags.Float64Var(&p.ContentWeight, "content-weight", defaults[0].Weight, "weight of the content term, a relative squared error")
	flags.Float64Var(&p.StyleWeight, "style-weight", defaults[1].Weight, "weight of the style term, a relative squared error of Gram matrices")
	flags.Float64Var(&p.TVWeight, "tv-weight", defaults[2].Weight, "weight of the total variation")
	flags.StringVar(&contentLayers, "content-layers", strings.Join(stylelib.ContentLayers, ","), "`LAYERS` of the content term, separated by commas")
	flags.StringVar(&styleLayers, "style-layers", strings.Join(stylelib.StyleLayers, ","), "`LAYERS` of the style term, separated by commas")
	flags.StringVar(&p.Pooling, "pooling", stylelib.MaxPooling.String(), "pooling: max or avg")
	flags.StringVar(&p.Init, "init", "content", "start from content, noise, or a picture `FILE`")
	flags.Uint64Var(&p.Seed, "seed", 0, "of the noise that -init noise starts from")
	flags.StringVar(&p.Trace, "trace", "", "write every step's losses to `FILE` as JSON; seconds count from the start of the run")
	flags.IntVar(&p.Every, "every", 10, "report, and write a frame, every so many steps")
	flags.StringVar(&p.Frames, "frames", "", "write the picture on its way to folder `DIR`")
	if _, err := parse(flags, args); err != nil {
		return nil, err
	}
	p.ContentLayers, p.StyleLayers = splitLayers(contentLayers), splitLayers(styleLayers)
	if err := p.check(); err != nil {
		return nil, usageError{err}
	}
	return p, nil
}

// check finds what is wrong with the request itself.
func (p *painting) check() error {
	switch {
	case p.Content == "" || p.Style == "":
		return errors.New("stylize needs two pictures: -content FILE -style FILE")
	case p.Optimizer != "adam":
		return fmt.Errorf("no optimiser %q; there is adam", p.Optimizer)
	case p.Steps < 1 || p.Every < 1:
		return fmt.Errorf("-steps and -every must be at least 1, found %d and %d", p.Steps, p.Every)
	case len(p.ContentLayers)+len(p.StyleLayers) == 0 && p.TVWeight == 0:
		return errors.New("nothing to do: no content layers, no style layers, and -tv-weight is 0")
	case !(p.LearningRate > 0) || math.IsInf(p.LearningRate, 0):
		return fmt.Errorf("-lr must be above 0 and finite, found %g", p.LearningRate)
	}
	return nil
}

// splitLayers splits a list of layers at its commas.
func splitLayers(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// checkPlaces finds out before painting whether the results can be written.
func (p *painting) checkPlaces() error {
	if err := stylelib.CanSave(p.Output); err != nil {
		return err
	}
	if p.Frames != "" {
		if err := stylelib.CanSave(p.frameName(0)); err != nil {
			return err
		}
	}
	return p.saveTrace(nil) // an empty one, for now
}

// terms returns the loss; a term without layers is left out.
func (p *painting) terms() []stylelib.Term {
	var terms []stylelib.Term
	if len(p.ContentLayers) > 0 {
		terms = append(terms, stylelib.ContentTerm(p.ContentWeight, p.ContentLayers...))
	}
	if len(p.StyleLayers) > 0 {
		terms = append(terms, stylelib.StyleTerm(p.StyleWeight, p.StyleLayers...))
	}
	return append(terms, stylelib.SmoothTerm(p.TVWeight))
}

// start returns the picture to start from; a file's is scaled to the content's size.
func (p *painting) start(content image.Image) (stylelib.Start, error) {
	switch p.Init {
	case "content":
		return stylelib.Start{}, nil
	case "noise":
		return stylelib.FromNoise(p.Seed), nil
	}
	picture, err := stylelib.OpenPicture(p.Init, 0)
	if err != nil {
		return stylelib.Start{}, err
	}
	size := content.Bounds().Size()
	return stylelib.FromPicture(stylelib.ResizeTo(picture, size.X, size.Y)), nil
}

// paint runs the transfer and writes what it leaves. What was painted before a failure or an interrupt is written too.
func (p *painting) paint(ctx context.Context, vgg *stylelib.VGG) error {
	content, err := stylelib.OpenPicture(p.Content, p.Size)
	if err != nil {
		return err
	}
	style, err := stylelib.OpenPicture(p.Style, p.Size)
	if err != nil {
		return err
	}
	start, err := p.start(content)
	if err != nil {
		return err
	}
	backend, err := stylelib.OpenBackend()
	if err != nil {
		return err
	}
	defer backend.Finalize()
	p.Width, p.Height, p.Backend = content.Bounds().Dx(), content.Bounds().Dy(), backend.Name()
	report := newProgress(os.Stderr, p.Every)
	result, err := stylelib.Transfer(ctx, backend, vgg, content, []image.Image{style}, stylelib.Options{
		Terms:     p.terms(),
		Steps:     p.Steps,
		Optimizer: stylelib.Adam{LearningRate: p.LearningRate},
		Start:     start,
		Every:     1,
		OnStep:    func(step stylelib.Step) error { report.step(step); return p.frame(step) },
	})
	report.end()
	if result == nil {
		return err
	}
	return errors.Join(err, p.save(result))
}

// frame writes the picture on its way, where frames are wanted.
func (p *painting) frame(step stylelib.Step) error {
	if p.Frames == "" || step.N%p.Every != 0 && step.N != step.Total {
		return nil
	}
	picture, err := step.Picture()
	if err != nil {
		return err
	}
	return stylelib.SavePicture(p.frameName(step.N), picture)
}

// frameName returns the file of the picture after step n.
func (p *painting) frameName(n int) string {
	return filepath.Join(p.Frames, fmt.Sprintf("step-%05d.png", n))
}

// save writes the picture and the trace.
func (p *painting) save(result *stylelib.Result) error {
	if len(result.Steps) == 0 {
		return errors.New("stopped before the first step; nothing is written")
	}
	err := errors.Join(stylelib.SavePicture(p.Output, result.Picture), p.saveTrace(result.Steps))
	if err != nil {
		return err
	}
	if result.Stopped {
		fmt.Printf("stopped after step %d of %d\n", len(result.Steps), p.Steps)
	}
	fmt.Printf("picture: %s (%dx%d)\n", p.Output, p.Width, p.Height)
	return nil
}
