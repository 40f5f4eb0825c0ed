package vgg

import (
	"fmt"
	"strings"

	"stylenet/weights"
)

// PictureLayer is the name under which [Features] holds the picture itself.
const PictureLayer = "picture"

// The layers of Gatys, Ecker and Bethge (2016), used where none are named.
var (
	ContentLayers = []string{"relu4_2"}
	StyleLayers   = []string{"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"}
)

// Layer is one row of a network's table of layers.
type Layer struct {
	Name     string // as in the papers: conv4_2, relu4_2, pool4; [PictureLayer] is the first
	Channels int
	ReceptiveField

	kind layerKind
	conv *weights.Conv // that makes the layer, or that the ReLU or the pooling follows; nil for the picture
}

// ReceptiveField says, along one axis, what position i of a layer has to do with the picture's pixels. It stands for those
// from i·Stride to (i+1)·Stride - 1. It depends on those from i·Stride - Before to i·Stride + After, its receptive field.
type ReceptiveField struct{ Stride, Before, After int }

// layerKind is what computes a layer from the one before it.
type layerKind int

const (
	pictureItself layerKind = iota
	convolution
	rectification
	pooling
)

// Table returns the network's layers from the picture down.
func (v *Extractor) Table() []Layer {
	l := Layer{Name: PictureLayer, Channels: 3, ReceptiveField: ReceptiveField{Stride: 1}}
	table := []Layer{l}
	add := func(name string, kind layerKind) {
		l.Name, l.kind = name, kind
		table = append(table, l)
	}
	convs := v.Weights.Convs
	for i := range convs {
		l.conv, l.Channels = &convs[i], convs[i].Out
		l.Before, l.After = l.Before+l.Stride, l.After+l.Stride
		number := strings.TrimPrefix(convs[i].Name, "conv")
		add(convs[i].Name, convolution)
		add("relu"+number, rectification)
		// A pooling ends a block: the next convolution belongs to another one, or conv5_4 has ended the network.
		block, _, _ := strings.Cut(number, "_")
		if last := i+1 == len(convs); !last && !strings.HasPrefix(convs[i+1].Name, "conv"+block+"_") || last && number == "5_4" {
			l.After += l.Stride
			l.Stride *= 2
			add("pool"+block, pooling)
		}
	}
	return table
}

// Layers returns the names of all layers this network has, from the picture down.
func (v *Extractor) Layers() []string {
	var names []string
	for _, l := range v.Table() {
		names = append(names, l.Name)
	}
	return names
}

// Layer returns one row of the table. It panics where there is no such layer; [Extractor.CheckLayers] finds that out before.
func (v *Extractor) Layer(name string) Layer {
	for _, l := range v.Table() {
		if l.Name == name {
			return l
		}
	}
	panic(v.CheckLayers(name))
}

// CheckLayers returns an error if one of these names is no layer's. It lists the layers there are, or says that the network
// ends before that one.
func (v *Extractor) CheckLayers(names ...string) error {
	have := v.Layers()
	known := map[string]bool{}
	for _, name := range have {
		known[name] = true
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		if last := have[len(have)-1]; strings.HasPrefix(last, "relu") && last < name && name <= "relu5_4" {
			return fmt.Errorf("no layer %q; this network ends with %s, a whole VGG-19 goes on to relu5_4", name, last)
		}
		return fmt.Errorf("no layer %q; this network's layers are %s", name, strings.Join(have, " "))
	}
	return nil
}

// Positions returns how many positions of a layer there are along an axis of n pixels.
func (v *Extractor) Positions(l Layer, n int) int {
	if v.DropOdd {
		return n / l.Stride
	}
	return (n + l.Stride - 1) / l.Stride
}

// LeastSide returns how many pixels a side a picture needs for a layer: so many that each convolution sees one pixel, or two
// where it mirrors the picture at its edge, and each pooling leaves one.
func (v *Extractor) LeastSide(name string) int {
	l, pixels := v.Layer(name), 1
	if name == PictureLayer {
		return 1
	}
	if v.Padding == weights.ReflectPadding || v.Padding == weights.CircularPadding { // see Forward
		pixels = 2
	}
	scale := l.Stride
	if l.kind == pooling {
		scale /= 2 // of the convolution before it
	}
	if v.DropOdd {
		return max(pixels*scale, l.Stride)
	}
	return (pixels-1)*scale + 1 // halving rounds up
}

// Halo returns how many pixels the positions of the deepest of these layers are apart, and how far their receptive fields reach
// beyond the pixels they stand for, rounded up to a multiple of that.
func (v *Extractor) Halo(layers []string) (stride, halo int) {
	stride = 1
	for _, name := range layers {
		l := v.Layer(name)
		stride, halo = max(stride, l.Stride), max(halo, l.Before, l.After-l.Stride+1)
	}
	return stride, (halo + stride - 1) / stride * stride
}
