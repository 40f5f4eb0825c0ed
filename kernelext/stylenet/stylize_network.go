//go:build cgo

package main

import (
	"slices"

	"stylenet/stylelib"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// Presets, and how the network is run.

// ownOptimizer is the name of a preset's own optimiser.
const ownOptimizer = "preset"

// usePreset makes a preset's values the settings'.
func (s *settings) usePreset(name string, optimizerGiven bool) error {
	preset, err := preset.Named(name)
	if err != nil {
		return err
	}
	w := preset.Weights
	s.loss = lossSettings{ContentWeight: w.Content, StyleWeight: w.Style, TVWeight: w.TotalVariation,
		ContentLayers: layerNames(w.ContentLayers), StyleLayers: layerNames(w.StyleLayers)}
	s.network.Preset = name
	s.run.Steps, s.run.Clip, s.run.Pyramid = preset.Steps, preset.Clip.String(), false
	if !optimizerGiven {
		s.run.Optimizer, s.run.LearningRate = ownOptimizer, preset.Optimizer.Rate(1)
	}
	s.start.Init = "content"
	if preset.StartsFromNoise() {
		s.start.Init = "noise"
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
func (s *settings) preset() (*preset.Preset, error) {
	if s.network.Preset == "" {
		return nil, nil
	}
	preset, err := preset.Named(s.network.Preset)
	if err != nil {
		return nil, err
	}
	w := &preset.Weights
	w.Content, w.Style, w.TotalVariation = s.loss.ContentWeight, s.loss.StyleWeight, s.loss.TVWeight
	w.ContentLayers, w.StyleLayers = reweigh(s.loss.ContentLayers, w.ContentLayers), reweigh(s.loss.StyleLayers, w.StyleLayers)
	if s.run.Optimizer == ownOptimizer && s.run.LearningRate != preset.Optimizer.Rate(1) {
		err = preset.SetRate(s.run.LearningRate)
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

// extractor returns the network as it is run: as the preset does, or as the settings say.
func (n *networkSettings) extractor(preset *preset.Preset, network *weights.Network) (net *vgg.Extractor, err error) {
	if preset != nil {
		net = preset.VGG(network)
	} else {
		net = vgg.New(network)
	}
	if n.Pooling != "" {
		if net.Pooling, err = vgg.ParsePooling(n.Pooling); err != nil {
			return nil, err
		}
	}
	if n.Method != "" {
		if net.Conv, err = parseMethod(n.Method); err != nil {
			return nil, err
		}
	}
	if n.Padding != "" {
		padding, err := weights.ParsePadding(n.Padding)
		if err != nil {
			return nil, err
		}
		if padding != net.Padding {
			net.Padding, net.Paddings = padding, nil
		}
	}
	return net, nil
}
