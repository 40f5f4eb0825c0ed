package stylelib

import (
	"stylenet/stylelib/optim"
)

// Defaults returns the options that zero fields stand for, where there is a content picture, a style picture, or both. With both
// it is a transfer: content at relu4_2, style at five layers and a little total variation, by L-BFGS from the content picture in the
// style's colours. A style alone becomes a texture, a content alone what its layer has kept of it: both from noise.
func Defaults(content, style bool) Options {
	o := Options{Steps: 120, Optimizer: optim.LBFGS{}, Start: FromColours(), Every: 10}
	if content && style {
		o.Terms = append(o.Terms, ContentTerm(1))
	} else if content {
		o.Terms = append(o.Terms, ContentTerm(100))
	}
	if style {
		o.Terms = append(o.Terms, StyleTerm(100))
	}
	o.Terms = append(o.Terms, TotalVariationTerm(10))
	if !content || !style {
		o.Start = FromNoise(0)
	}
	return o
}

// DefaultTerms returns the terms of a transfer where none are given.
func DefaultTerms() []Term { return Defaults(true, true).Terms }

// completed returns the options with zero fields replaced by others'.
func (o Options) completed(by Options) Options {
	if o.Terms == nil {
		o.Terms = by.Terms
	}
	if o.Steps == 0 {
		o.Steps = by.Steps
	}
	if o.Optimizer == nil {
		o.Optimizer = by.Optimizer
	}
	if o.Start.kind == startsAsDefault {
		o.Start = by.Start
	}
	if o.Every == 0 {
		o.Every = by.Every
	}
	return o
}

// withDefaults returns the options of a transfer.
func (o Options) withDefaults() Options { return o.completed(Defaults(true, true)) }
