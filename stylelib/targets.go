package stylelib

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// describeTargets computes what the terms compare the picture with, and the masks that they see it through.
func (r *run) describeTargets(ctx context.Context, content image.Image, styles []image.Image) error {
	descriptions := make([][]*tensors.Tensor, len(r.o.Terms))
	defer func() { r.targets = slices.Concat(descriptions...) }() // on an error too, for free
	pictures := append([]image.Image{content}, styles...)
	for i, picture := range pictures {
		target := Content + Target(i)
		if err := r.describeTarget(ctx, target, picture, descriptions); err != nil {
			return err
		}
	}
	for i := range r.o.Terms {
		masks, err := r.masks(&r.o.Terms[i], r.o.Terms[i].Mask, content.Bounds().Size())
		if descriptions[i] = append(descriptions[i], masks...); err != nil {
			return err
		}
	}
	return nil
}

// describeTarget fills in the descriptions of the terms that have this target.
func (r *run) describeTarget(ctx context.Context, target Target, img image.Image, descriptions [][]*tensors.Tensor) error {
	if len(r.o.termsOf(target)) == 0 {
		return nil
	}
	if palette, ok := img.(*SavedStyle); ok {
		for i := range r.o.Terms {
			var err error
			if r.o.Terms[i].Target != target {
				continue
			}
			if descriptions[i], err = palette.upload(r, &r.o.Terms[i]); err != nil {
				return err
			}
		}
		return nil
	}
	values, h, w := picture.Values(img)
	binary.Write(r.pictures, binary.LittleEndian, values) // a hash takes all
	name := fmt.Sprintf("target %d by %s", target, r.method)
	exec, err := r.program(name, func(r *run, inputs []*Node) []*Node { return r.buildTarget(target, inputs) })
	if err != nil {
		return err
	}
	defer r.programs.done(name)
	input, err := toDevice(r.backend, values, h, w)
	if err != nil {
		return err
	}
	defer input.FinalizeAll()
	args := []any{input}
	for _, term := range r.o.termsOf(target) {
		masks, err := r.masks(&term, term.targetMask(), img.Bounds().Size())
		defer finalize(masks...)
		if err != nil {
			return err
		}
		for _, mask := range masks {
			args = append(args, mask)
		}
	}
	var out []*tensors.Tensor
	if r.o.inTiles(img.Bounds().Size()) {
		out, err = r.describeInTiles(ctx, target, args)
	} else if out, err = exec.Exec(args...); err != nil {
		err = execError("the targets", err)
	}
	if err != nil {
		return err
	}
	for i, term := range r.o.Terms {
		if term.Target == target {
			n := len(term.layers())
			descriptions[i], out = slices.Clip(out[:n]), out[n:]
		}
	}
	return nil
}

// buildTarget is the graph of describeTarget for a picture [1, h, w, 3] and the terms' masks of it.
func (r *run) buildTarget(target Target, inputs []*Node) []*Node {
	terms := r.o.termsOf(target)
	features := r.net.FeaturesBy(vgg.Forward{Method: r.method, OpenEdges: target.style() >= 0}, inputs[0], layersOf(terms)...)
	var out []*Node
	for i, masks := range targetMasks(terms, inputs[1:]) {
		out = append(out, terms[i].describeTarget(terms[i].masked(features, masks))...)
	}
	return out
}

// targetMasks returns the terms' masks of their target, layer by layer, from a list of all.
func targetMasks(terms []Term, list []*Node) [][]*Node {
	all := make([][]*Node, len(terms))
	for i := range terms {
		if terms[i].targetMask() != nil {
			n := len(terms[i].layers())
			all[i], list = list[:n], list[n:]
		}
	}
	return all
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
