package stylelib

import (
	"encoding/binary"
	"fmt"
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
	if len(r.o.termsOf(target)) == 0 {
		return nil
	}
	name := fmt.Sprintf("target %d", target)
	exec, err := r.program(name, func(r *run, inputs []*Node) []*Node { return r.buildTarget(target, inputs[0]) })
	if err != nil {
		return err
	}
	defer r.programs.done(name)
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

// buildTarget is the graph of describeTarget for a picture [1, h, w, 3].
func (r *run) buildTarget(target Target, picture *Node) []*Node {
	terms := r.o.termsOf(target)
	features := r.vgg.features(conv.Plain, picture, layersOf(terms)...) // compiles quickly, runs once
	var out []*Node
	for i := range terms {
		out = append(out, terms[i].describeTarget(features)...)
	}
	return out
}

// termsOf returns the terms that have this target.
func (o *Options) termsOf(target Target) []Term {
	var terms []Term
	for _, term := range o.Terms {
		if term.Target == target {
			terms = append(terms, term)
		}
	}
	return terms
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
