//go:build cgo

package main

import (
	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
)

// What a stylizer is told: the loss, the start, and how it moves.

// startWords are what -init takes beside files.
var startWords = []string{"colour", "content", "noise", "style", "mixed"}

// terms returns the loss; a term without layers is left out.
func (l *lossSettings) terms() []stylelib.Term {
	var terms []stylelib.Term
	if len(l.ContentLayers) > 0 {
		terms = append(terms, stylelib.ContentTerm(l.ContentWeight, l.ContentLayers...))
	}
	if len(l.StyleLayers) > 0 {
		terms = append(terms, stylelib.StyleTerm(l.StyleWeight, l.StyleLayers...))
	}
	return append(terms, stylelib.TotalVariationTerm(l.TVWeight))
}

// options returns what a stylizer needs for the opened pictures.
func (p *painting) options() (o stylelib.Options, err error) {
	run := p.asked.run
	if p.preset == nil {
		o.Terms = p.asked.loss.terms()
	} else if o, err = p.preset.Options(p.in.content.Bounds().Size(), p.preset.Weights); err != nil {
		return o, err
	}
	if p.asked.pictures.Between == 0 { // else the styles are mixed picture by picture
		if o.Terms, err = maskedTerms(p.asked, o.Terms, p.asked.pictures.shares()); err != nil {
			return o, err
		}
	}
	switch run.Optimizer {
	case "adam":
		o.Optimizer = optim.Adam{LearningRate: run.LearningRate, Decay: run.Decay}
	case "lbfgs":
		o.Optimizer = optim.LBFGS{}
	}
	o.Steps, o.Tile, o.Devices = run.Steps, run.Tile, run.Devices
	if o.Clip, err = stylelib.ParseClipping(run.Clip); err != nil {
		return o, err
	}
	o.Start, err = p.asked.start.open(p.preset, p.in)
	return o, err
}

// open returns the picture to start from; a file's is scaled to the content's size.
func (st *startSettings) open(preset *preset.Preset, in pictures) (stylelib.Start, error) {
	size := in.content.Bounds().Size()
	switch st.Init {
	case "colour":
		return stylelib.FromColours(), nil
	case "content":
		return stylelib.FromContent(), nil
	case "style":
		return stylelib.FromPicture(picture.Cover(in.styles[0], size.X, size.Y)), nil
	case "mixed":
		return stylelib.FromMixed(st.Noise, st.Seed), nil
	case "noise":
		if preset != nil {
			return preset.Noise(st.Seed), nil
		}
		return stylelib.FromNoise(st.Seed), nil
	}
	img, err := picture.Open(st.Init, 0)
	if err != nil {
		return stylelib.Start{}, err
	}
	return stylelib.FromPicture(picture.ResizeTo(img, size.X, size.Y)), nil
}
