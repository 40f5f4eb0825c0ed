package preset

import (
	"errors"
	"fmt"
	"image"
	"math"

	"stylenet/stylelib"
	"stylenet/stylelib/vgg"
)

// Scene is what the factors of losses depend on besides the implementation: the numbers of channels and positions of the layers.
type Scene struct {
	Extractor *vgg.Extractor
	Size      image.Point // of the content picture, in pixels
}

// Convert turns weights for one preset into weights for another, so that the other's terms, with the same layers of the same network, are
// the same functions of the picture: equal losses, equal gradients. Where one of the two does not divide its Gram matrices (keras), that
// is so for a style picture of the content picture's size.
//
// Total variations that differ only near the edges are converted to within a percent. It returns an error for those of another kind, unless
// their weight is 0, and for a style loss that is no multiple of the other (crowson).
func Convert(w Weights, from, to *Preset, scene Scene) (Weights, error) {
	switch {
	case from == nil || to == nil:
		return Weights{}, errors.New("preset: no preset given to convert from or to; Named returns one")
	case scene.Extractor == nil || scene.Extractor.Weights == nil:
		return Weights{}, errors.New("preset: the scene has no network; vgg.New returns one")
	}
	if from.Name == to.Name {
		return w, nil
	}
	if from.style.wasserstein != to.style.wasserstein {
		return Weights{}, fmt.Errorf("preset: the style losses of %s and %s are of different kinds; no weight makes them alike", from.Name, to.Name)
	}
	for _, layer := range append(append([]stylelib.LayerWeight{}, w.ContentLayers...), w.StyleLayers...) {
		if err := scene.Extractor.CheckLayers(layer.Layer); err != nil {
			return Weights{}, fmt.Errorf("preset: %w", err)
		}
	}
	converted := Weights{}
	converted.Content, converted.ContentLayers = scaleLayers(w.Content, w.ContentLayers, to.Weights.ContentLayers, func(layer string) float64 {
		l := scene.layerShape(layer)
		return from.content.times(l) / to.content.times(l)
	})
	converted.Style, converted.StyleLayers = scaleLayers(w.Style, w.StyleLayers, to.Weights.StyleLayers, func(layer string) float64 {
		l := scene.layerShape(layer)
		return from.style.times(l) / to.style.times(l)
	})
	var err error
	converted.TotalVariation, err = convertVariation(w.TotalVariation, from, to, scene.Size)
	return converted, err
}

// times returns how many times the mean square difference of [loss.Gram] the loss is.
func (s styleForm) times(l layerShape) float64 {
	if s.wasserstein {
		return 1
	}
	gram := s.timesGram(l)
	return gram * gram * s.timesMean(l)
}

// scaleLayers multiplies the weight of each layer by its factor. It splits the products into the weight of the term and weights of layers
// whose mean is that of the other preset's own.
func scaleLayers(weight float64, layers, own []stylelib.LayerWeight, factor func(layer string) float64) (float64, []stylelib.LayerWeight) {
	var sum, wantedSum float64
	list := make([]stylelib.LayerWeight, len(layers))
	for i, l := range layers {
		list[i] = stylelib.LayerWeight{Layer: l.Layer, Weight: weight * l.Weight * factor(l.Layer)}
		sum += list[i].Weight
	}
	for _, l := range own {
		wantedSum += l.Weight / float64(len(own)) * float64(len(layers))
	}
	term := sum / wantedSum
	if sum == 0 {
		return 0, list
	}
	for i := range list {
		list[i].Weight /= term
	}
	return term, list
}

// convertVariation converts the weight of the total variation, for a picture of a size in pixels.
func convertVariation(weight float64, from, to *Preset, size image.Point) (float64, error) {
	const tolerance = 0.01 // for what differs near the edges
	if weight == 0 {
		return 0, nil
	}
	if from.variation.squares == nil || to.variation.squares == nil {
		return 0, fmt.Errorf("preset: the total variations of %s and %s are of different kinds; no weight makes them alike; a TotalVariation of 0 converts the others", from.Name, to.Name)
	}
	h, w := float64(size.Y), float64(size.X)
	down, right := from.variation.squares(h, w)
	toDown, toRight := to.variation.squares(h, w)
	down, right = down/toDown, right/toRight
	if math.Abs(down-right) > tolerance*(down+right) {
		return 0, fmt.Errorf("preset: %s and %s weight vertical and horizontal differences differently: for a picture of %dx%d pixels by %.3g and %.3g; a TotalVariation of 0 converts the others",
			from.Name, to.Name, size.X, size.Y, down, right)
	}
	unit := from.Unit[0] / to.Unit[0]
	return weight * (down + right) / 2 * unit * unit, nil
}

// layerShape returns the sizes of a layer.
func (s Scene) layerShape(layer string) layerShape {
	l := s.Extractor.Layer(layer)
	positions := s.Extractor.Positions(l, s.Size.X) * s.Extractor.Positions(l, s.Size.Y)
	return layerShape{float64(l.Channels), float64(positions), float64(s.Size.X * s.Size.Y)}
}
