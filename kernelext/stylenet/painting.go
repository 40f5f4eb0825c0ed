//go:build cgo

package main

import (
	"cmp"
	"context"
	"errors"
	"image"
	"sync"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
)

// painting is one picture to paint: what is asked for, and what that turned out to be.
type painting struct {
	asked      *settings
	preset     *preset.Preset // nil: none
	extractor  *vgg.Extractor
	networkSum func() string // SHA-256
	resolved   resolved
	in         pictures
}

// resolved is what recipe and trace say beside the options.
type resolved struct {
	Network string `json:"network"`
	Padding string `json:"padding"`
	Width   int    `json:"width"` // of the result
	Height  int    `json:"height"`
	Backend string `json:"backend"`
}

// pictures are a painting's inputs: the content picture as it was opened, and content and styles as they are painted from.
type pictures struct {
	opened, content image.Image
	styles          []image.Image
	clear           image.Image // the content picture at its own size, with its alpha; nil: the result has none
}

// open opens the pictures, side by side, and changes their colours where -colour asks for it.
func (p *painting) open() error {
	asked := &p.asked.pictures
	content := sync.OnceValues(asked.openContent)
	var styles []image.Image
	var contentErr, stylesErr, clearErr error
	var all sync.WaitGroup
	all.Go(func() { p.in.opened, contentErr = content() })
	all.Go(func() { styles, stylesErr = asked.openStyles(p.preset, content) })
	if asked.Content != "" && picture.Holds16Bits(p.asked.output.File) { // formats that hold alpha too
		all.Go(func() { p.in.clear, clearErr = picture.Open(asked.Content, 0) })
	}
	all.Wait()
	if err := cmp.Or(contentErr, stylesErr, clearErr); err != nil {
		return err
	}
	p.resize(p.in.opened)
	warnOfColours(p.asked.options().files())
	var err error
	p.in.content, p.in.styles, err = p.asked.colours.before(p.in.opened, styles)
	return err
}

// resize says that the result has this picture's size.
func (p *painting) resize(img image.Image) {
	size := img.Bounds().Size()
	p.resolved.Width, p.resolved.Height = size.X, size.Y
}

// finish gives a painted picture, finished or on its way, the colours asked for and the content picture's transparency.
func (p *painting) finish(painted image.Image) (image.Image, error) {
	painted, err := p.asked.colours.after(painted, p.in.opened)
	if err == nil && p.in.clear != nil {
		painted = picture.WithAlpha(painted, p.in.clear)
	}
	return painted, err
}

// paint paints a picture that is prepared, or a row of them, and tells report of its steps. An error may come with what was
// painted before.
func (s *session) paint(ctx context.Context, p *painting, report func(stylelib.Step)) (*stylelib.Result, error) {
	if err := p.open(); err != nil {
		return nil, err
	}
	o, err := p.options()
	if err != nil {
		return nil, err
	}
	if err := s.makeStylizer(p); err != nil {
		return nil, err
	}
	if p.asked.output.SaveStyle != "" {
		if err := s.saveStyle(p, o.Terms); err != nil {
			return nil, err
		}
	}
	o.Every, o.OnStep = 1, func(step stylelib.Step) error { report(step); return p.saveFrame(step) }
	s.stylizer.Options = o
	if p.asked.pictures.Between > 0 {
		return s.paintBetween(ctx, p)
	}
	var forecast *stylelib.Forecast
	if p.asked.output.Plan {
		if forecast, err = s.forecast(ctx, p, o); err != nil {
			return nil, err
		}
	}
	result, err := s.paintOne(ctx, p)
	if result == nil {
		return nil, err
	}
	if forecast != nil {
		compare(forecast, result)
	}
	var finishErr error
	if result.Picture, finishErr = p.finish(result.Picture); finishErr != nil {
		return nil, errors.Join(err, finishErr)
	}
	return result, err
}

// paintOne paints one picture.
func (s *session) paintOne(ctx context.Context, p *painting) (*stylelib.Result, error) {
	if p.asked.run.Pyramid {
		return s.stylizer.Pyramid(ctx, p.in.content, p.in.styles, nil)
	}
	return s.stylizer.Transfer(ctx, p.in.content, p.in.styles)
}

// paintBetween paints a row of pictures from one style to another. The result is the last one's, with the row as its
// picture; where it was stopped, the row is shorter.
func (s *session) paintBetween(ctx context.Context, p *painting) (*stylelib.Result, error) {
	n, unmixed := p.asked.pictures.Between, s.stylizer.Options.Terms
	var sizes []int
	if p.asked.run.Pyramid {
		sizes = stylelib.PyramidSizes(max(p.resolved.Width, p.resolved.Height))
	}
	terms := func(shares ...float64) ([]stylelib.Term, error) { return maskedTerms(p.asked, unmixed, shares) }
	results, err := s.stylizer.Between(ctx, p.in.content, p.in.styles, n, terms, sizes)
	if len(results) == 0 {
		if err != nil {
			return nil, err
		}
		return &stylelib.Result{Stopped: true}, nil
	}
	row := make([]image.Image, len(results))
	for i, result := range results {
		finished, err := p.finish(result.Picture)
		if err != nil {
			return nil, err
		}
		row[i] = finished
	}
	last := results[len(results)-1]
	last.Stopped = last.Stopped || len(results) < n
	joined, rowErr := picture.Row(row...)
	if rowErr != nil {
		return nil, errors.Join(err, rowErr)
	}
	last.Picture = joined
	p.resize(joined)
	return last, err
}
