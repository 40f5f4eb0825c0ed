//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"os"
	"strings"

	"github.com/gomlx/compute"
	"stylenet/stylelib"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// studio is where pictures are painted, one after the other: what one has opened and compiled serves the next.
type studio struct {
	backend compute.Backend // nil before the first picture
	quiet   bool            // nobody wants to know which network it is

	network    *weights.Network
	networkKey string // which it is
	networkSum string

	painter    *stylelib.Stylizer
	painterKey string // what its programs are compiled from
	vgg        *vgg.Extractor
}

// prepare finds out what can be known of a painting before it is painted, and opens its network. The recipe that it
// repeats, if there is one, must agree.
func (s *studio) prepare(ctx context.Context, p *painting, from *recipe) error {
	preset, err := p.preset()
	if err != nil {
		return err
	}
	if from != nil {
		if err := from.checkFiles(p); err != nil {
			return err
		}
	}
	if err := s.openNetwork(ctx, p, preset); err != nil {
		return err
	}
	net, err := p.vgg(preset, s.network)
	if err != nil {
		return err
	}
	p.Network, p.networkSum, p.Padding = s.network.Origin, s.networkSum, net.Padding.String()
	if from != nil {
		return from.checkNetwork(p)
	}
	return nil
}

// openNetwork opens the network, unless it was the last painting's, and says which it is.
func (s *studio) openNetwork(ctx context.Context, p *painting, preset *preset.Preset) error {
	bar := newDownloadBar(os.Stderr)
	o := weights.Options{Origin: p.Origin, SeedTranspose: p.SeedTranspose, Progress: bar.report}
	if preset != nil {
		o.Assume = preset.Origin
	}
	key := fmt.Sprintf("%q %q %t %q", p.Weights, o.Origin, o.SeedTranspose, o.Assume)
	if key == s.networkKey {
		return nil
	}
	network, err := o.Open(ctx, p.Weights)
	bar.end()
	if err != nil {
		return err
	}
	for _, warning := range network.Warnings {
		fmt.Fprintln(os.Stderr, "warning:", warning)
	}
	if !s.quiet {
		fmt.Println("network:", network.Origin)
	}
	if strings.HasPrefix(network.Origin, weights.OwnName) && p.Weights == "" {
		fmt.Println("it is StyleNet's own small one; `go run ./kernelext/stylenet weights fetch vgg19` (80 MB) fetches that of the papers, vgg19-slim (4 MB) is between")
	}
	s.network, s.networkKey, s.networkSum = network, key, network.Sum()
	return nil
}

// paint paints a picture that is prepared, or a row of them, and tells report of its steps. An error may come with what was
// painted before.
func (s *studio) paint(ctx context.Context, p *painting, report func(stylelib.Step)) (*stylelib.Result, error) {
	if p.Between > 0 {
		return s.paintBetween(ctx, p, report)
	}
	return s.paintOne(ctx, p, report)
}

// paintOne paints one picture.
func (s *studio) paintOne(ctx context.Context, p *painting, report func(stylelib.Step)) (*stylelib.Result, error) {
	preset, err := p.preset()
	if err != nil {
		return nil, err
	}
	in, err := p.open(preset)
	if err != nil {
		return nil, err
	}
	o, err := p.options(preset, image.Pt(p.Width, p.Height))
	if err != nil {
		return nil, err
	}
	if o.Start, err = p.start(preset, in); err != nil {
		return nil, err
	}
	if err := s.makePainter(p, preset); err != nil {
		return nil, err
	}
	if p.savePalette != "" {
		if err := s.writePalette(p, in.styles[0], o.Terms); err != nil {
			return nil, err
		}
	}
	o.Every, o.OnStep = 1, func(step stylelib.Step) error { report(step); return p.frame(step, in) }
	s.painter.Options = o
	var forecast *stylelib.Forecast
	if p.plan {
		if forecast, err = s.forecast(ctx, p, in, o); err != nil {
			return nil, err
		}
	}
	paint := s.painter.Transfer
	if p.Pyramid {
		paint = func(ctx context.Context, content image.Image, styles []image.Image) (*stylelib.Result, error) {
			return s.painter.Pyramid(ctx, content, styles, nil)
		}
	}
	result, err := paint(ctx, in.content, in.styles)
	if result == nil {
		return nil, err
	}
	if forecast != nil {
		p.compare(forecast, result)
	}
	var finishErr error
	if result.Picture, finishErr = p.finish(result.Picture, in); finishErr != nil {
		return nil, errors.Join(err, finishErr)
	}
	return result, err
}

// open opens the backend.
func (s *studio) open() (err error) {
	if s.backend == nil {
		s.backend, err = stylelib.OpenBackend()
	}
	return err
}

// makePainter makes the painter for a painting, unless it is the last one's.
func (s *studio) makePainter(p *painting, preset *preset.Preset) error {
	if err := s.open(); err != nil {
		return err
	}
	p.Backend = s.backend.Name()
	key, err := p.compiledFrom()
	if err != nil || key == s.painterKey {
		return err
	}
	if s.painter != nil {
		s.painter.Finalize()
		if err := s.vgg.Finalize(); err != nil {
			return err
		}
	}
	if s.vgg, err = p.vgg(preset, s.network); err != nil {
		return err
	}
	s.painter, s.painterKey = stylelib.NewStylizer(s.backend, s.vgg, stylelib.Options{}), key
	return nil
}

// compiledFrom names what the programs of a painting are compiled from: all that it is, but for what is given to them
// when they run.
func (p *painting) compiledFrom() (string, error) {
	c := *p
	c.Content, c.Style, c.StyleMix, c.StyleScale = "", make(styleList, len(p.Style)), nil, nil
	c.Mask, c.StyleMask, c.MaskOverlap = withoutFiles(p.Mask), withoutFiles(p.StyleMask), 0
	c.ContentWeight, c.StyleWeight, c.TVWeight = 0, 0, 0
	c.Size, c.Steps, c.Init, c.Noise, c.Seed, c.Colour, c.ColourSpace, c.Pyramid = 0, 0, "", 0, 0, "", "", false
	c.Output, c.Bits, c.Every, c.Frames, c.Trace = "", 0, 0, "", ""
	if p.Preset == "" { // a preset's losses depend on the size
		c.Width, c.Height = 0, 0
	}
	key, err := json.Marshal(c)
	return string(key), err
}
