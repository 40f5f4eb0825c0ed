// Package vgg runs VGG-19's convolutional layers on a picture and returns their features.
//
//	extractor.go   Extractor, Features: the network and its forward pass
//	layers.go      the table of layers: names, channels, receptive fields
//	pooling.go     Pooling: how features are halved between blocks
//	device.go      the weights on a backend; NewExec, which a graph with Features needs
//	tensor.go      a picture as a tensor
//
// Pictures are [1, h, w, 3], RGB as sRGB values in [0, 1]; features are [1, h, w, c] in float32. It needs packages weights, picture, conv,
// internal/graphs and internal/identity.
package vgg

import (
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/conv"
	"stylenet/weights"
)

// Extractor is VGG-19's feature extractor (Simonyan and Zisserman 2015): blocks of 3x3 convolutions with ReLU, and a pooling after each
// block. Layers are named as in the papers: conv1_1, relu1_1, conv1_2, relu1_2, pool1, conv2_1 … relu5_4, pool5.
//
// The fields may be changed until the extractor is first used. It keeps its weights on each backend it has run on, uploaded once, until
// [Extractor.Finalize].
type Extractor struct {
	Weights *weights.Network `identity:"-program"`
	Pooling Pooling          // New takes it from the network
	Padding weights.Padding  // of all convolutions; New takes it from the network; circular padding makes a seamless picture

	// Paddings are the paddings of single convolutions, by name, where they differ from Padding; nil: none do.
	Paddings map[string]weights.Padding

	// DropOdd leaves out the last row or column of an odd size at a pooling, as torchvision and Keras do.
	DropOdd bool

	Conv conv.Method `identity:"-loss,-style"` // of convolution; Auto: Transfer chooses, Features takes Plain

	device device `identity:"-"`
}

// Features are a picture's features by layer: "relu4_2" -> [1, h/8, w/8, 512] for VGG-19, sizes rounded up. The entry [PictureLayer] is the
// picture itself, [1, h, w, 3] in [0, 1].
type Features map[string]*Node

// New returns an extractor with these weights, and the pooling and the padding with which they were trained.
func New(network *weights.Network) *Extractor {
	v := &Extractor{Weights: network, Padding: network.Padding}
	if network.AveragePooling {
		v.Pooling = AveragePooling
	}
	return v
}

// Check returns an error for a Pooling that there is not and for Paddings of convolutions that the network does not have. The error has no
// prefix.
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

// Features runs the network on picture [1, h, w, 3], RGB in [0, 1], up to the deepest of these layers, and returns them. It panics on an
// unknown layer and on another shape.
//
// The weights are parameters of the graph, so the graph must be that of an executor from [Extractor.NewExec]; in another one Features
// panics.
func (v *Extractor) Features(picture *Node, layers ...string) Features {
	return v.FeaturesBy(Forward{Method: v.Conv}, picture, layers...)
}

// Forward says how [Extractor.FeaturesBy] runs the network.
type Forward struct {
	Method conv.Method // of convolution

	// OpenEdges is for a picture that is not seamless, such as a style picture: where a padding is circular, reflect padding takes its
	// place.
	OpenEdges bool
}

// FeaturesBy is [Extractor.Features] with a method of convolution in place of v.Conv, and with or without open edges.
func (v *Extractor) FeaturesBy(f Forward, picture *Node, layers ...string) Features {
	picture.AssertDims(1, -1, -1, 3)
	v.checkBuilding(picture.Graph())
	if err := v.CheckLayers(layers...); err != nil {
		panic(fmt.Errorf("vgg: %w", err))
	}
	features := Features{}
	missing := map[string]bool{}
	for _, name := range layers {
		missing[name] = true
	}
	x, hasReLU := picture, false
	for _, l := range v.Table() {
		if len(missing) == 0 {
			break
		}
		switch l.kind {
		case convolution:
			param := func(form conv.Form) *Node { return v.param(picture.Graph(), l.conv, form) }
			apply := conv.ApplyReLU
			if hasReLU = !missing[l.Name]; !hasReLU { // the features before the ReLU are wanted
				apply = conv.Apply
			}
			x = apply(f.Method, v.paddingOf(l.Name, f.OpenEdges), x, l.Channels, param)
		case relu:
			if !hasReLU {
				x = conv.ReLU(x)
			}
		case pooling:
			if v.DropOdd {
				x = dropOdd(x)
			}
			x = v.Pooling.Apply(x)
		}
		if missing[l.Name] {
			features[l.Name] = x
			delete(missing, l.Name)
		}
		if l.kind == pictureItself {
			x = preprocess(v.Weights.Input, picture)
		}
	}
	return features
}

// paddingOf returns a convolution's padding; openEdges is that of [Forward].
func (v *Extractor) paddingOf(conv string, openEdges bool) weights.Padding {
	padding, ok := v.Paddings[conv]
	if !ok {
		padding = v.Padding
	}
	if openEdges && padding == weights.CircularPadding {
		return weights.ReflectPadding
	}
	return padding
}

// grey is near the mean of ImageNet's pictures, which most networks map to 0. Any colour near it would do; another one changes the last
// digits of features.
var grey = [3]float32{0.4850, 0.4578, 0.4076}

// preprocess turns a picture [1, h, w, 3] in [0, 1] into the input of conv1_1, Matrix·p + Offset at each pixel p. It computes that as
// Matrix·(p - grey) + (Matrix·grey + Offset), so that results near 0 keep all their digits.
func preprocess(in weights.Input, picture *Node) *Node {
	g := picture.Graph()
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
