package vgg

import (
	"fmt"
	"slices"

	"stylenet/stylelib/conv"
	"stylenet/weights"

	. "github.com/gomlx/gomlx/core/graph"
)

// Extractor is VGG-19's feature extractor (Simonyan and Zisserman 2015): blocks of 3x3 convolutions with ReLU, a pooling
// after each block. Layers are named as in the papers: conv1_1, relu1_1, conv1_2, relu1_2, pool1, conv2_1 … relu5_4, pool5.
//
// The fields may be changed until it is first used. It keeps its weights on each backend it has run on, uploaded
// once, until [Extractor.Finalize].
type Extractor struct {
	Weights *weights.Network `identity:"-program"`
	Pooling Pooling
	Padding weights.Padding // what the convolutions see beyond the edge; New takes it from the network; circular: seamless

	// Paddings are those of single convolutions, by name, that differ from Padding; nil: none do.
	Paddings map[string]weights.Padding

	// DropOdd leaves out the last row or column of an odd size where features are halved, as torchvision and Keras do.
	DropOdd bool

	Conv conv.Method `identity:"-loss,-style"` // Auto: Transfer chooses; Features takes Plain

	device device `identity:"-"`
}

// Features holds a picture's features by layer: "relu4_2" -> [1, h/8, w/8, 512] for VGG-19, sizes rounded up.
// The entry "picture" is the picture itself, [1, h, w, 3] in [0, 1].
type Features map[string]*Node

// New returns an extractor with these weights, max pooling, and the padding they were trained with.
func New(network *weights.Network) *Extractor {
	return &Extractor{Weights: network, Padding: network.Padding}
}

// Check finds settings that the network has not.
func (v *Extractor) Check() error {
	if v.Pooling < MaxPooling || v.Pooling > RescaledPooling {
		return fmt.Errorf("no pooling %d; there are MaxPooling, AveragePooling and RescaledPooling", int(v.Pooling))
	}
	for name := range v.Paddings {
		if !slices.ContainsFunc(v.Weights.Convs, func(c weights.Conv) bool { return c.Name == name }) {
			return fmt.Errorf("Paddings has %q, which is no convolution of this network; it has %s to %s",
				name, v.Weights.Convs[0].Name, v.Weights.Convs[len(v.Weights.Convs)-1].Name)
		}
	}
	return nil
}

// Features runs the network on picture [1, h, w, 3], RGB in [0, 1], and returns the layers asked for, computing
// no deeper than the deepest of them. It panics on an unknown layer and on a shape that is not a picture's.
//
// It takes its weights as parameters of the graph, so the graph must be run by an executor from [Extractor.NewExec].
func (v *Extractor) Features(picture *Node, layers ...string) Features {
	return v.FeaturesBy(Forward{Method: v.Conv}, picture, layers...)
}

// Forward says how [Extractor.FeaturesBy] runs the network.
type Forward struct {
	Method conv.Method // of convolution

	// OpenEdges is for a picture whose edges do not fit one another, as those of a style picture: where the network's padding is
	// circular, it is reflected at them.
	OpenEdges bool
}

// FeaturesBy is [Extractor.Features] done in another way than v.Conv and the network's padding say.
func (v *Extractor) FeaturesBy(f Forward, picture *Node, layers ...string) Features {
	picture.AssertDims(1, -1, -1, 3)
	if err := v.CheckLayers(layers...); err != nil {
		panic(fmt.Errorf("stylelib: %w", err))
	}
	features := Features{}
	missing := map[string]bool{}
	for _, name := range layers {
		missing[name] = true
	}
	x, isRectified := picture, false
	for _, l := range v.Table() {
		if len(missing) == 0 {
			break
		}
		switch l.kind {
		case convolution:
			param := func(form conv.Form) *Node { return v.param(picture.Graph(), l.conv, form) }
			apply := conv.ApplyReLU
			if isRectified = !missing[l.Name]; !isRectified { // what is before the ReLU is asked for
				apply = conv.Apply
			}
			x = apply(f.Method, v.paddingOf(l.Name, f.OpenEdges), x, l.Channels, param)
		case rectification:
			if !isRectified {
				x = conv.ReLU(x)
			}
		case pooling:
			if v.DropOdd {
				x = evenPart(x)
			}
			x = v.Pooling.Apply(x)
		}
		if missing[l.Name] {
			features[l.Name] = x
			delete(missing, l.Name)
		}
		if l.kind == pictureItself {
			x = enter(v.Weights.Input, picture)
		}
	}
	return features
}

// paddingOf returns what a convolution sees beyond the edge of a picture, open or not: see Forward.
func (v *Extractor) paddingOf(conv string, open bool) weights.Padding {
	padding, ok := v.Paddings[conv]
	if !ok {
		padding = v.Padding
	}
	if open && padding == weights.CircularPadding {
		return weights.ReflectPadding
	}
	return padding
}

// enter turns picture [1, h, w, 3] in [0, 1] into what conv1_1 expects, Matrix·p + Offset at each pixel p. It computes
// Matrix·(p - grey) + (Matrix·grey + Offset): pixels near the mean, where most networks see 0, then keep all
// their digits.
func enter(in weights.Input, picture *Node) *Node {
	g := picture.Graph()
	grey := [3]float32{0.4850, 0.4578, 0.4076} // about ImageNet's mean
	var offset [3]float32
	for o, row := range in.Matrix {
		sum := float64(in.Offset[o])
		for i, m := range row {
			sum += float64(m) * float64(grey[i])
		}
		offset[o] = float32(sum)
	}
	matrix := Const(g, [][]float32{in.Matrix[0][:], in.Matrix[1][:], in.Matrix[2][:]}) // [3, 3]: output, input
	centred := Sub(picture, Reshape(Const(g, grey[:]), 1, 1, 1, 3))
	return Add(Einsum("bhwi,oi->bhwo", centred, matrix), Reshape(Const(g, offset[:]), 1, 1, 1, 3))
}
