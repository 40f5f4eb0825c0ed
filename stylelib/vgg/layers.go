package vgg

import (
	"fmt"
	"strings"

	"stylenet/weights"
)

// PictureLayer is the name of the picture itself among the layers.
const PictureLayer = "picture"

// ContentLayers and StyleLayers are those of Gatys, Ecker and Bethge (2016), used where none are named.
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
	conv *weights.Conv // of the layer, or the last one before a ReLU or pooling; nil for the picture
}

// ReceptiveField says, along one axis, which of the picture's pixels belong to position i of a layer. It covers those from i·Stride to
// (i+1)·Stride - 1, and depends on those from i·Stride - Before to i·Stride + After, its receptive field.
type ReceptiveField struct{ Stride, Before, After int }

// layerKind is the operation that computes a layer from the one before it.
type layerKind int

const (
	pictureItself layerKind = iota
	convolution
	relu
	pooling
)

// Table returns all layers of the network, from the picture on.
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
		add("relu"+number, relu)
		// A pooling ends a block: the next convolution belongs to another block, or this is conv5_4, the last of VGG-19.
		block, _, _ := strings.Cut(number, "_")
		if last := i+1 == len(convs); !last && !strings.HasPrefix(convs[i+1].Name, "conv"+block+"_") || last && number == "5_4" {
			l.After += l.Stride
			l.Stride *= 2
			add("pool"+block, pooling)
		}
	}
	return table
}

// Layers returns the names of all layers of the network, from the picture on.
func (v *Extractor) Layers() []string {
	var names []string
	for _, l := range v.Table() {
		names = append(names, l.Name)
	}
	return names
}

// Layer returns one row of the table. It panics where there is no such layer; see [Extractor.CheckLayers].
func (v *Extractor) Layer(name string) Layer {
	for _, l := range v.Table() {
		if l.Name == name {
			return l
		}
	}
	panic(v.CheckLayers(name))
}

// CheckLayers returns an error where one of these is not a layer. The error lists the layers that there are, or says that the network ends
// before that one. It has no prefix.
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

// Positions returns the number of positions of a layer along an axis of n pixels.
func (v *Extractor) Positions(l Layer, n int) int {
	if v.DropOdd {
		return n / l.Stride
	}
	return (n + l.Stride - 1) / l.Stride
}

// LeastSide returns how many pixels a side a picture must have for a layer: each convolution needs one position, or two with reflect
// padding, and each pooling must leave one.
func (v *Extractor) LeastSide(name string) int {
	l, pixels := v.Layer(name), 1
	if name == PictureLayer {
		return 1
	}
	if v.Padding == weights.ReflectPadding || v.Padding == weights.CircularPadding { // circular padding may become reflect padding, see Forward
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

// Halo returns the largest stride of these layers, and by how many pixels at most their receptive fields extend beyond the pixels that a
// position covers, rounded up to a multiple of that stride.
func (v *Extractor) Halo(layers []string) (stride, halo int) {
	stride = 1
	for _, name := range layers {
		l := v.Layer(name)
		stride, halo = max(stride, l.Stride), max(halo, l.Before, l.After-l.Stride+1)
	}
	return stride, (halo + stride - 1) / stride * stride
}
