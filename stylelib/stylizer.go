package stylelib

import (
	"context"
	"fmt"
	"image"
	"time"

	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// Stylizer is a compiled [Transfer] that is used again: for many pictures, one at a time, each result as Transfer's to the last
// bit. What is compiled for one picture serves for all of its size, which saves seconds for each.
//
//	stylizer := stylelib.NewStylizer(backend, vgg, stylelib.Options{Steps: 100})
//	defer stylizer.Finalize()
//	for _, frame := range frames {
//		result, _ := stylizer.Transfer(ctx, frame, styles)
//	}
type Stylizer struct {
	// Options are those of the next picture. Weights, masks, the start and the number of steps are given to the programs when they
	// run; where anything else changes, they are compiled anew. Functions that describe or compare are told apart by their names.
	Options Options

	backend  compute.Backend
	net      *vgg.Extractor
	programs programs
	compiled string          // what the programs are compiled from
	sizes    map[string]bool // of the pictures painted
}

// NewStylizer returns a stylizer. The network must not change afterwards.
func NewStylizer(backend compute.Backend, net *vgg.Extractor, o Options) *Stylizer {
	return &Stylizer{Options: o, backend: backend, net: net, programs: programs{kept: true}}
}

// Transfer is the function [Transfer] with the stylizer's options.
func (s *Stylizer) Transfer(ctx context.Context, content image.Image, styles []image.Image) (*Result, error) {
	return s.run(ctx, content, styles, s.Options)
}

// Pyramid is the function [Pyramid] with the stylizer's options; each level's programs serve for the next picture.
func (s *Stylizer) Pyramid(ctx context.Context, content image.Image, styles []image.Image, sizes []int) (*Result, error) {
	o := s.Options.withDefaults()
	if err := o.check(s.backend, s.net, content, styles); err != nil {
		return nil, err
	}
	return o.pyramid(s.net, content, styles, sizes, func(content image.Image, styles []image.Image, o Options) (*Result, error) {
		return s.run(ctx, content, styles, o)
	})
}

func (s *Stylizer) run(ctx context.Context, content image.Image, styles []image.Image, o Options) (*Result, error) {
	started := time.Now()
	o = o.withDefaults()
	if err := o.check(s.backend, s.net, content, styles); err != nil {
		return nil, err
	}
	s.prepare(o, content, styles)
	j := &job{backend: s.backend, net: s.net, o: o, programs: &s.programs}
	return j.transfer(ctx, started, content, styles)
}

// prepare gives up the programs of other options, and makes room for those of another size.
func (s *Stylizer) prepare(o Options, content image.Image, styles []image.Image) {
	size := content.Bounds().Size().String()
	for _, style := range styles {
		size += style.Bounds().Size().String()
	}
	from := o.programIdentity()
	if from != s.compiled || len(s.sizes) == mostSizes && !s.sizes[size] {
		s.Finalize()
	}
	if s.sizes == nil {
		s.sizes = map[string]bool{}
	}
	s.sizes[size], s.compiled = true, from
}

// Finalize frees what was compiled; the stylizer may be used again. The network's weights stay for others, see
// [vgg.Extractor.Finalize].
func (s *Stylizer) Finalize() {
	s.programs.finalize()
	s.sizes, s.compiled = nil, ""
}

// Between paints n pictures, at least 2, on the way from the first of two styles to the second, in even steps. terms returns the loss
// for two shares, from 1, 0 to 0, 1; nil: [MixStyles] of the options' terms for one style. sizes are the levels of a [Pyramid] for
// each; nil: there is one. One compiled program paints them all. OnStep counts their steps as those of one run.
//
// An error, or the end of the context, leaves what was painted before; a picture that was stopped is the last.
func (s *Stylizer) Between(ctx context.Context, content image.Image, styles []image.Image, n int,
	terms func(shares ...float64) ([]Term, error), sizes []int) (results []*Result, err error) {
	if n < 2 || len(styles) != 2 {
		return nil, fmt.Errorf("stylelib: %d pictures between %d styles asked for; at least 2 pictures and exactly 2 styles are needed", n, len(styles))
	}
	all := s.Options.withDefaults()
	defer func(before Options) { s.Options = before }(s.Options)
	if terms == nil {
		terms = func(shares ...float64) ([]Term, error) { return MixStyles(all.Terms, shares...) }
	}
	started := time.Now()
	for i := range n {
		share := float64(i) / float64(n-1)
		s.Options = all
		if s.Options.Terms, err = terms(1-share, share); err != nil {
			return results, err
		}
		if before, offset := i*all.Steps, time.Since(started); all.OnStep != nil {
			s.Options.OnStep = func(step Step) error {
				step.N, step.Total, step.Elapsed = step.N+before, n*step.Total, step.Elapsed+offset
				return all.OnStep(step)
			}
		}
		paint := s.Transfer
		if sizes != nil {
			paint = func(ctx context.Context, content image.Image, styles []image.Image) (*Result, error) {
				return s.Pyramid(ctx, content, styles, sizes)
			}
		}
		result, err := paint(ctx, content, styles)
		if result != nil && len(result.Steps) > 0 {
			results = append(results, result)
		}
		if err != nil || result.Stopped {
			return results, err
		}
	}
	return results, nil
}
