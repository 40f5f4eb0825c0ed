//go:build cgo

package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/weights"
)

// check finds what is wrong with the settings themselves.
func (s *settings) check() error {
	if s.pictures.Content == "" && len(s.pictures.Styles) == 0 {
		return errors.New("stylize needs pictures: -content FILE and -style FILE; a style alone becomes a texture, a content alone what its layers have kept")
	}
	for _, check := range []func() error{s.pictures.check, s.masks.check} {
		if err := check(); err != nil {
			return err
		}
	}
	for _, check := range []func(*settings) error{checkColour, checkBetween, checkSavedStyles, checkMasks, checkPictures} {
		if err := check(s); err != nil {
			return err
		}
	}
	if _, err := stylelib.ParseClipping(s.run.Clip); err != nil {
		return err
	}
	if s.network.Padding != "" {
		if _, err := weights.ParsePadding(s.network.Padding); err != nil {
			return err
		}
	}
	switch out, run := s.output, s.run; {
	case out.Bits != 8 && (out.Bits != 16 || !picture.Holds16Bits(out.File)):
		return fmt.Errorf("-bits is 8, or 16 for a result in a .png or .tif, found %d for %s", out.Bits, out.File)
	case !(s.start.Noise >= 0 && s.start.Noise <= 1):
		return fmt.Errorf("-noise is a share from 0 to 1, found %g", s.start.Noise)
	case run.Optimizer != "adam" && run.Optimizer != "lbfgs" && (run.Optimizer != ownOptimizer || s.network.Preset == ""):
		return fmt.Errorf("no optimiser %q; there are adam and lbfgs", run.Optimizer)
	case !(run.LearningRate > 0) || math.IsInf(run.LearningRate, 0):
		return fmt.Errorf("-lr must be above 0 and finite, found %g", run.LearningRate)
	case !(run.Decay > 0 && run.Decay <= 1):
		return fmt.Errorf("-lr-decay is above 0 and at most 1, found %g", run.Decay)
	case (s.given["lr"] || s.given["lr-decay"]) && run.Optimizer == "lbfgs":
		return errors.New("-lr and -lr-decay are Adam's, and L-BFGS has no learning rate: add -optimizer adam")
	case s.given["lr-decay"] && run.Optimizer == ownOptimizer:
		return errors.New("-lr-decay goes with -optimizer adam: a preset's own optimiser has its own schedule")
	case run.Pyramid && s.network.Preset != "":
		return errors.New("-pyramid does not go with -preset: a preset's weights hold for one size of picture")
	case run.Steps < 1 || out.Every < 1:
		return fmt.Errorf("-steps and -every must be at least 1, found %d and %d", run.Steps, out.Every)
	case len(s.loss.ContentLayers)+len(s.loss.StyleLayers) == 0 && s.loss.TVWeight == 0:
		return errors.New("nothing to do: no content layers, no style layers, and -tv-weight is 0")
	}
	return nil
}

// check finds what is wrong with the list of styles.
func (p *pictureSettings) check() error {
	for flag, list := range map[string]numberList{"-style-mix": p.Mix, "-style-scale": p.Scale} {
		if len(list) != 0 && len(list) != len(p.Styles) {
			return fmt.Errorf("%s has %d numbers for %d style pictures; give one for each, or none", flag, len(list), len(p.Styles))
		}
	}
	for _, scale := range p.Scale {
		if !(scale > 0 && scale <= 100) {
			return fmt.Errorf("-style-scale must be above 0 and at most 100, found %g", scale)
		}
	}
	if len(p.Styles) == 0 {
		return nil
	}
	_, err := stylelib.MixStyles(nil, p.shares()...)
	return err
}

// checkColour finds what is wrong with -colour and -colour-space.
func checkColour(s *settings) error {
	if !slices.Contains(colourModes, s.colours.Mode) {
		return fmt.Errorf("no colour mode %q; there are %s", s.colours.Mode, strings.Join(colourModes, ", "))
	}
	if _, ok := colourSpaces[s.colours.Space]; !ok {
		return fmt.Errorf("no colour space %q; there are srgb and linear", s.colours.Space)
	}
	return nil
}

// checkPictures finds what needs a picture that is missing.
func checkPictures(s *settings) error {
	content, init := s.pictures.Content, s.start.Init
	switch {
	case content == "" && (init == "colour" || init == "content" || init == "mixed"):
		return fmt.Errorf("-init %s needs a content picture", init)
	case (init == "style" || init == "colour") && len(s.pictures.Styles) == 0:
		return fmt.Errorf("-init %s needs a style picture", init)
	case content == "" && s.pictures.Size < 1:
		return fmt.Errorf("a texture is as large as -size says; it must be at least 1, found %d", s.pictures.Size)
	case content == "" && s.colours.Mode != styleColours:
		return fmt.Errorf("-colour %s is about the content picture; there is none", s.colours.Mode)
	}
	return nil
}

// checkBetween finds what does not go with -between.
func checkBetween(s *settings) error {
	p := &s.pictures
	switch {
	case p.Between == 0:
		return nil
	case p.Between < 2 || len(p.Styles) != 2:
		return fmt.Errorf("-between needs at least 2 pictures and exactly 2 styles, found %d and %d", p.Between, len(p.Styles))
	case len(p.Mix) > 0:
		return errors.New("-between takes all shares, from one style to the other; leave out -style-mix")
	case s.output.Frames != "" || s.output.Trace != "" || s.output.Plan:
		return errors.New("-between paints several pictures; -frames, -trace and -plan are for one")
	}
	return nil
}
