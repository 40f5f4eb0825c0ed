//go:build cgo

package main

import (
	"image"
	"slices"

	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
)

// usePreset makes the preset's values the painting's.
func (p *painting) usePreset() error {
	preset, err := preset.Named(p.Preset)
	if err != nil {
		return err
	}
	w := preset.Weights
	p.ContentWeight, p.StyleWeight, p.TVWeight = w.Content, w.Style, w.TotalVariation
	p.ContentLayers, p.StyleLayers = layerNames(w.ContentLayers), layerNames(w.StyleLayers)
	p.Steps, p.Pooling, p.Range = preset.Steps, preset.Pooling.String(), preset.Clip.String()
	if !p.given["optimizer"] {
		p.Optimizer, p.LearningRate = ownOptimizer, preset.Optimizer.Rate(1)
	}
	if preset.StartsFromNoise() {
		p.Init = "noise"
	}
	return nil
}

// layerNames returns the layers without their weights.
func layerNames(layers []stylelib.LayerWeight) []string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Layer
	}
	return names
}

// preset returns the preset with what the flags have changed; nil where none is asked for.
func (p *painting) preset() (*preset.Preset, error) {
	if p.Preset == "" {
		return nil, nil
	}
	preset, err := preset.Named(p.Preset)
	if err != nil {
		return nil, err
	}
	w := &preset.Weights
	w.Content, w.Style, w.TotalVariation = p.ContentWeight, p.StyleWeight, p.TVWeight
	w.ContentLayers, w.StyleLayers = reweigh(p.ContentLayers, w.ContentLayers), reweigh(p.StyleLayers, w.StyleLayers)
	if preset.Pooling, err = vgg.ParsePooling(p.Pooling); err != nil {
		return nil, err
	}
	if p.Optimizer == ownOptimizer && p.LearningRate != preset.Optimizer.Rate(1) {
		err = preset.SetRate(p.LearningRate)
	}
	return preset, err
}

// reweigh gives layers the weights that they have in a preset, and those that are not in it the first one's.
func reweigh(names []string, own []stylelib.LayerWeight) []stylelib.LayerWeight {
	layers := make([]stylelib.LayerWeight, len(names))
	for i, name := range names {
		like := max(0, slices.IndexFunc(own, func(l stylelib.LayerWeight) bool { return l.Layer == name }))
		layers[i] = stylelib.LayerWeight{Layer: name, Weight: own[like].Weight}
	}
	return layers
}

// options returns what Transfer needs for a content picture of this size, but for the start.
func (p *painting) options(preset *preset.Preset, size image.Point) (o stylelib.Options, err error) {
	if preset == nil {
		o.Terms = p.terms()
	} else if o, err = preset.Options(size, preset.Weights); err != nil {
		return o, err
	}
	if o.Terms, err = p.masked(o.Terms); err != nil {
		return o, err
	}
	switch p.Optimizer {
	case "adam":
		o.Optimizer = optim.Adam{LearningRate: p.LearningRate}
	case "lbfgs":
		o.Optimizer = optim.LBFGS{}
	}
	o.Steps, o.Tile, o.Devices = p.Steps, p.Tile, p.Devices
	o.Clip, err = stylelib.ParseClipping(p.Range)
	return o, err
}
