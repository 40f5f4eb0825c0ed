package stylelib

import (
	"encoding/binary"
	"image"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/conv"
)

// describeTargets computes what the terms compare the picture with.
func (r *run) describeTargets(content image.Image, styles []image.Image) error {
	descriptions := make([][]*tensors.Tensor, len(r.o.Terms))
	defer func() { r.targets = slices.Concat(descriptions...) }() // on an error too, for free
	pictures := append([]image.Image{content}, styles...)
	for i, picture := range pictures {
		target := Content + Target(i)
		if err := r.describeTarget(target, picture, descriptions); err != nil {
			return err
		}
	}
	return nil
}

// describeTarget fills in the descriptions of the terms that have this target.
func (r *run) describeTarget(target Target, picture image.Image, descriptions [][]*tensors.Tensor) error {
	var terms []Term
	for _, term := range r.o.Terms {
		if term.Target == target {
			terms = append(terms, term)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	exec, err := r.vgg.NewExec(r.backend, func(inputs []*Node) []*Node {
		features := r.vgg.features(conv.Plain, inputs[0], layersOf(terms)...) // compiles quickly, runs once
		var out []*Node
		for i := range terms {
			out = append(out, terms[i].describeTarget(features)...)
		}
		return out
	})
	if err != nil {
		return err
	}
	defer exec.Finalize()
	values, h, w := pixels(picture)
	binary.Write(r.seen, binary.LittleEndian, values) // a hash takes all
	input, err := toDevice(r.backend, values, h, w)
	if err != nil {
		return err
	}
	defer input.FinalizeAll()
	out, err := exec.Exec(input)
	if err != nil {
		return execError("the targets", err)
	}
	for i, term := range r.o.Terms {
		if term.Target == target {
			n := len(term.layers())
			descriptions[i], out = out[:n], out[n:]
		}
	}
	return nil
}

// layersOf returns the layers that terms look at.
func layersOf(terms []Term) []string {
	var names []string
	for i := range terms {
		for _, layer := range terms[i].layers() {
			names = append(names, layer.Layer)
		}
	}
	return names
}
