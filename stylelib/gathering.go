package stylelib

import (
	"errors"
	"slices"
	"stylenet/stylelib/conv"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// What the first pass over tiles gathers: see inTiles.

// gathering is what the first pass over a picture gathers for some terms.
type gathering struct {
	tiling
	net    *vgg.Extractor
	terms  []Term
	target bool     // the picture is the terms' target
	sums   []addend // descriptions that are added up
	kept   []string // layers whose features are kept
}

// addend is a term's description of one layer.
type addend struct {
	term, index int
	layer       string
}

// masks returns the terms' masks of the picture, layer by layer, from the inputs that follow it.
func (g *gathering) masks(inputs []*Node) [][]*Node {
	if g.target {
		return targetMasks(g.terms, inputs)
	}
	return masksAmong(g.terms, inputs)
}

// evaluate returns what the tile at a place adds to the sums, and its windows of the layers that are kept.
func (g *gathering) evaluate(method conv.Method, window, place *Node, masks [][]*Node) []*Node {
	layers := slices.Clone(g.kept)
	for _, s := range g.sums {
		layers = append(layers, s.layer)
	}
	features := g.net.FeaturesBy(vgg.Forward{Method: method}, window, layers...)
	var out []*Node
	for _, s := range g.sums {
		f := features[s.layer]
		layer, inWindow := g.net.Layer(s.layer), f.Shape().Dim(1)*f.Shape().Dim(2)
		all := g.net.Positions(layer, g.size.Y) * g.net.Positions(layer, g.size.X)
		counted := inTile(place, f.Shape(), layer.Stride)
		if masks[s.term] != nil {
			counted = Mul(counted, maskWindow(masks[s.term][s.index], f, place, layer.Stride))
		}
		description := g.terms[s.term].describeLayer(s.layer, Mul(f, counted), g.target)
		out = append(out, MulScalar(description, float64(inWindow)/float64(all)))
	}
	for _, layer := range g.kept {
		out = append(out, features[layer])
	}
	return out
}

// describe returns the terms' descriptions, layer by layer, from the picture and what has been gathered: sums, and
// windows tile by tile.
func (g *gathering) describe(picture *Node, masks [][]*Node, gathered []*Node) [][]*Node {
	sums, windows := gathered[:len(g.sums)], gathered[len(g.sums):]
	features := vgg.Features{vgg.PictureLayer: picture}
	for k, layer := range g.kept {
		var shown []*Node
		for i := range g.tiles {
			shown = append(shown, windows[i*len(g.kept)+k])
		}
		features[layer] = g.join(g.net, layer, shown)
	}
	descriptions := make([][]*Node, len(g.terms))
	for i := range g.terms {
		for k, l := range g.terms[i].layers() {
			var d *Node
			if g.terms[i].Additive && l.Layer != vgg.PictureLayer {
				d, sums = sums[0], sums[1:]
			} else {
				d = features[l.Layer]
				if masks[i] != nil {
					d = Mul(d, masks[i][k])
				}
				d = g.terms[i].describeLayer(l.Layer, d, g.target)
			}
			descriptions[i] = append(descriptions[i], d)
		}
	}
	return descriptions
}

// tileSum adds up a description tile by tile, in float64.
type tileSum struct {
	shape  shapes.Shape
	values []float64
}

// add adds a tile's values, which it frees.
func (s *tileSum) add(addend *tensors.Tensor) error {
	values, err := tensors.CopyFlatData[float32](addend)
	s.shape = addend.Shape()
	if err = errors.Join(err, addend.FinalizeAll()); err != nil {
		return err
	}
	if s.values == nil {
		s.values = make([]float64, len(values))
	}
	for i, v := range values {
		s.values[i] += float64(v)
	}
	return nil
}

// upload puts the sum on the device.
func (s *tileSum) upload(backend compute.Backend) (*tensors.Tensor, error) {
	values := make([]float32, len(s.values))
	for i, v := range s.values {
		values[i] = float32(v)
	}
	return upload(backend, values, s.shape)
}
