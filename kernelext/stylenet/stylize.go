//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// stylizeCommand paints one picture: the library on the command line. What was painted before a failure or an interrupt
// is written too.
func stylizeCommand(ctx context.Context, args []string) error {
	p, from, err := parsePainting(args)
	if err != nil {
		return err
	}
	if err := p.checkSources(); err != nil {
		return err
	}
	if err := p.checkPlaces(); err != nil {
		return err
	}
	var s studio // not closed: it may be compiling when Ctrl-C stops the run
	if err := s.prepare(ctx, p, from); err != nil {
		return err
	}
	report := newProgress(os.Stderr, p.Every)
	result, err := s.paint(ctx, p, report.step)
	report.end()
	if result == nil {
		return err
	}
	return errors.Join(err, p.save(result))
}

// vgg returns the network as it is run: in the preset's manner, or in its own.
func (p *painting) vgg(preset *preset.Preset, network *weights.Network) (*vgg.Extractor, error) {
	net := vgg.New(network)
	if preset != nil {
		net = preset.VGG(network)
	} else {
		var err error
		if net.Pooling, err = vgg.ParsePooling(p.Pooling); err != nil {
			return nil, err
		}
	}
	if p.Method != "" {
		var err error
		if net.Conv, err = parseMethod(p.Method); err != nil {
			return nil, err
		}
	}
	return net, p.pad(net)
}

// checkPlaces finds out before painting whether the results can be written.
func (p *painting) checkPlaces() error {
	if err := picture.CanSave(p.Output); err != nil {
		return err
	}
	if p.Frames != "" {
		if err := picture.CanSave(p.frameName(0)); err != nil {
			return err
		}
	}
	if p.Trace != "" {
		if err := p.canSaveTrace(); err != nil {
			return fmt.Errorf("trace: %w", err)
		}
	}
	return nil
}

// checkSources finds out whether the result would take the place of a picture that it is painted from.
func (p *painting) checkSources() error {
	there, err := os.Stat(p.Output)
	if err != nil {
		return nil
	}
	for name, file := range p.files() {
		if source, err := os.Stat(file); err == nil && os.SameFile(source, there) {
			return usageError{fmt.Errorf("the result would take the place of the %s picture %s; -o names another file", name, file)}
		}
	}
	return nil
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
	return append(terms, stylelib.TotalVariationTerm(p.TVWeight))
}

// pictures are a painting's inputs: the content picture as it was opened, and content and styles as they are painted from.
type pictures struct {
	opened, content image.Image
	styles          []image.Image
	clear           image.Image // the content picture at its own size, with its alpha; nil: the result has none
}

// open opens the pictures and changes their colours where -colour asks for it.
func (p *painting) open(preset *preset.Preset) (in pictures, err error) {
	if in.opened, err = p.openContent(); err != nil {
		return in, err
	}
	size := in.opened.Bounds().Size()
	p.Width, p.Height = size.X, size.Y
	styles := make([]image.Image, len(p.Style))
	for i := range styles {
		if styles[i], err = p.openStyle(preset, size, i); err != nil {
			return in, err
		}
	}
	if p.Content != "" && picture.Holds16Bits(p.Output) { // formats that hold alpha too
		if in.clear, err = picture.Open(p.Content, 0); err != nil {
			return in, err
		}
	}
	in.content, in.styles, err = p.colourBefore(in.opened, styles)
	return in, err
}

// finish gives a painted picture, finished or on its way, the colours asked for and the content picture's transparency.
func (p *painting) finish(painted image.Image, in pictures) (image.Image, error) {
	painted, err := p.colourAfter(painted, in.opened)
	if err == nil && in.clear != nil {
		painted = picture.WithAlpha(painted, in.clear)
	}
	return painted, err
}

// frame writes the picture on its way, where frames are wanted, at the size that it will have.
func (p *painting) frame(step stylelib.Step, in pictures) error {
	if p.Frames == "" || step.N%p.Every != 0 && step.N != step.Total {
		return nil
	}
	img, err := step.Picture()
	if err != nil {
		return err
	}
	if img, err = p.finish(picture.ResizeTo(img, p.Width, p.Height), in); err != nil {
		return err
	}
	return picture.Save(p.frameName(step.N), img)
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
	err := errors.Join(p.savePicture(result), p.saveTrace(result.Steps))
	if err != nil {
		return err
	}
	if result.Stopped {
		fmt.Printf("stopped after step %d of %d\n", len(result.Steps), p.Steps)
	}
	fmt.Printf("picture: %s (%dx%d)\n", p.Output, p.Width, p.Height)
	return nil
}
