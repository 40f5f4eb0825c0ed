package stylelib

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"image"
	"math"
	"slices"

	"stylenet/stylelib/picture"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
)

// targets are what the terms compare the picture with, on the device.
type targets struct {
	list     []*tensors.Tensor // term by term: descriptions of the target, and masks of the picture, layer by layer
	pictures hash.Hash         // of the pictures and masks that they were made from
}

// describeTargets computes the targets, once for a run.
func (j *job) describeTargets(ctx context.Context, content image.Image, styles []image.Image) (t *targets, err error) {
	t = &targets{pictures: sha256.New()}
	perTerm := make([][]*tensors.Tensor, len(j.o.Terms))
	defer func() {
		if t.list = slices.Concat(perTerm...); err != nil {
			finalize(t.list...)
		}
	}()
	for i, target := range append([]image.Image{content}, styles...) {
		if err := j.describeTarget(ctx, t.pictures, Content+Target(i), target, perTerm); err != nil {
			return t, err
		}
	}
	for i := range j.o.Terms {
		masks, err := j.masks(t.pictures, &j.o.Terms[i], j.o.Terms[i].Mask, content.Bounds().Size())
		if perTerm[i] = append(perTerm[i], masks...); err != nil {
			return t, err
		}
	}
	return t, nil
}

// describeTarget fills in the descriptions of the terms that have this target, and adds the picture to a checksum.
func (j *job) describeTarget(ctx context.Context, sum hash.Hash, target Target, img image.Image, perTerm [][]*tensors.Tensor) (err error) {
	if len(j.o.termsOf(target)) == 0 {
		return nil
	}
	if saved, ok := img.(*SavedStyle); ok {
		for i := range j.o.Terms {
			if j.o.Terms[i].Target != target {
				continue
			}
			if perTerm[i], err = saved.upload(j.backend, sum, &j.o.Terms[i]); err != nil {
				return err
			}
		}
		return nil
	}
	values, h, w := picture.Values(img)
	binary.Write(sum, binary.LittleEndian, values) // a hash takes all
	input, err := toDevice(j.backend, values, h, w)
	if err != nil {
		return err
	}
	inputs := []*tensors.Tensor{input}
	defer func() { finalize(inputs...) }()
	for _, term := range j.o.termsOf(target) {
		masks, err := j.masks(sum, &term, term.targetMask(), img.Bounds().Size())
		if inputs = append(inputs, masks...); err != nil {
			return err
		}
	}
	out, err := j.evaluationOf(img.Bounds().Size()).describe(ctx, target, inputs)
	if err != nil {
		return err
	}
	for i, term := range j.o.Terms {
		if term.Target == target {
			n := len(term.layers())
			perTerm[i], out = slices.Clip(out[:n]), out[n:]
		}
	}
	return nil
}

// masks returns a mask of a picture of this size on the device, for each of the term's layers [1, h, w, 1], its squares 1 on
// average, and adds it to a checksum; nothing where mask is nil.
func (j *job) masks(sum hash.Hash, t *Term, mask image.Image, size image.Point) (list []*tensors.Tensor, err error) {
	if mask == nil {
		return nil, nil
	}
	pixels := maskPlane(mask, size)
	for _, layer := range t.layers() {
		p := shrunk(j.net, pixels, layer.Layer, t.Overlap)
		squares := p.squares()
		if squares == 0 {
			return list, fmt.Errorf("stylelib: term %q: nothing of the mask is left at layer %s", t.Name, layer.Layer)
		}
		scale := float32(math.Sqrt(float64(len(p.values)) / squares))
		for i := range p.values {
			p.values[i] *= scale
		}
		binary.Write(sum, binary.LittleEndian, p.values) // a hash takes all
		tensor, err := upload(j.backend, p.values, shapes.Make(dtypes.Float32, 1, len(p.values)/p.w, p.w, 1))
		if err != nil {
			return list, err
		}
		list = append(list, tensor)
	}
	return list, nil
}
