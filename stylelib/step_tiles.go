package stylelib

import (
	"context"
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// inTiles evaluates a picture that is too large for the memory tile by tile. Its losses and its gradient stay those of the whole
// picture, up to rounding, so the result has no seams:
//
//   - A first forward pass over the tiles gathers what the terms compare: a description that is a mean over positions
//     ([Term] Additive) is added up tile by tile; of other descriptions the layer's features are kept.
//   - The losses are computed from what was gathered, with their gradients to it.
//   - A second forward pass over each tile, and its backward pass, lead these gradients to the picture's pixels.
//
// The price is the second forward pass, and windows that overlap.
type inTiles struct{ *job }

// gather returns what is gathered from a picture of a shape: from a target, or, for Nothing, from the picture that is painted.
func (e inTiles) gather(picture shapes.Shape, target Target) *gathering {
	terms := e.o.Terms
	if target != Nothing {
		terms = e.o.termsOf(target)
	}
	size := image.Pt(picture.Dim(2), picture.Dim(1))
	g := &gathering{tiling: e.o.tilingFor(e.net, size, layersOf(terms)), net: e.net, terms: terms, target: target != Nothing}
	for i := range terms {
		for k, l := range terms[i].layers() {
			switch {
			case l.Layer == vgg.PictureLayer: // which is on the device
			case terms[i].Additive:
				g.sums = append(g.sums, addend{i, k, l.Layer})
			case !slices.Contains(g.kept, l.Layer):
				g.kept = append(g.kept, l.Layer)
			}
		}
	}
	return g
}

// gatherAll is the first pass over a picture; args are the picture and what [gathering.masks] finds masks in. It returns the sums,
// and the windows of the kept layers tile by tile, as [gathering.describe] takes them.
func (e inTiles) gatherAll(ctx context.Context, target Target, args []any) (gathered []*tensors.Tensor, err error) {
	exec, err := e.program(fmt.Sprintf("tiles of %d", target), func(inputs []*Node) []*Node {
		g := e.gather(inputs[0].Shape(), target)
		picture, place := inputs[0], inputs[len(inputs)-1]
		return g.evaluate(e.method, g.windowOf(picture, place), place, g.masks(inputs[1:]))
	})
	if err != nil {
		return nil, err
	}
	g := e.gather(args[0].(*tensors.Tensor).Shape(), target)
	var windows []*tensors.Tensor
	defer func() {
		if err != nil {
			finalize(append(gathered, windows...)...)
		}
	}()
	sums := make([]tileSum, len(g.sums))
	for _, t := range g.tiles {
		out, err := execTile(ctx, exec, append(slices.Clip(args), t.place()))
		if err != nil {
			return nil, err
		}
		windows = append(windows, out[len(sums):]...)
		for i, addend := range out[:len(sums)] {
			if err := sums[i].add(addend); err != nil {
				return nil, err
			}
		}
	}
	for _, sum := range sums {
		uploaded, err := sum.upload(e.backend)
		if err != nil {
			return nil, err
		}
		gathered = append(gathered, uploaded)
	}
	return append(gathered, windows...), nil
}

// execTile runs a program on one tile, unless the context has ended.
func execTile(ctx context.Context, exec *Exec, args []any) ([]*tensors.Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, err := exec.Exec(args...)
	if err != nil {
		return nil, execError("a tile", err)
	}
	return out, nil
}

func (e inTiles) describe(ctx context.Context, target Target, inputs []*tensors.Tensor) ([]*tensors.Tensor, error) {
	args := tensorArgs(inputs)
	gathered, err := e.gatherAll(ctx, target, args)
	if err != nil {
		return nil, err
	}
	defer finalize(gathered...)
	exec, err := e.program(fmt.Sprintf("target %d of tiles", target), func(inputs []*Node) []*Node {
		g := e.gather(inputs[0].Shape(), target)
		masks := g.masks(inputs[1:len(args)])
		return slices.Concat(g.describe(inputs[0], masks, inputs[len(args):])...)
	})
	if err != nil {
		return nil, err
	}
	out, err := exec.Exec(append(slices.Clip(args), tensorArgs(gathered)...)...)
	if err != nil {
		err = execError("the targets", err)
	}
	return out, err
}

func (e inTiles) step(ctx context.Context, in stepInput) (out []*tensors.Tensor, err error) {
	gathered, err := e.gatherAll(ctx, Nothing, tensorArgs([]*tensors.Tensor{in.picture}, in.targets))
	if err != nil {
		return nil, err
	}
	evaluated, err := e.evaluateLosses(in, gathered)
	if err != nil {
		return nil, err
	}
	losses, gradient, gradients := evaluated[0], evaluated[1], evaluated[2:]
	defer func() { finalize(append(gradients, losses, gradient)...) }()
	if gradient, err = e.backward(ctx, in, gradient, gradients); err != nil {
		return nil, err
	}
	update, err := e.program("update", func(inputs []*Node) []*Node {
		n := len(e.o.Optimizer.Memory(inputs[0].Shape()))
		return e.buildUpdate(inputs[0], inputs[1:1+n], inputs[1+n], inputs[2+n], inputs[3+n])
	})
	if err != nil {
		return nil, err
	}
	args := append(tensorArgs([]*tensors.Tensor{in.picture}, in.memory, []*tensors.Tensor{losses, gradient}), in.scalars)
	return update.Exec(args...)
}

// evaluateLosses returns what buildLosses makes of what was gathered, which it frees.
func (e inTiles) evaluateLosses(in stepInput, gathered []*tensors.Tensor) ([]*tensors.Tensor, error) {
	defer finalize(gathered...)
	exec, err := e.program("losses of tiles", e.buildLosses)
	if err != nil {
		return nil, err
	}
	args := append(tensorArgs([]*tensors.Tensor{in.picture}, in.targets), in.weights)
	out, err := exec.Exec(append(args, tensorArgs(gathered)...)...)
	if err != nil {
		return nil, execError("the losses", err)
	}
	return out, nil
}

// buildLosses is the graph of the losses. Its inputs are the picture, the targets, the term weights [terms] and what was gathered;
// its outputs the weighted losses [terms], the gradient of their sum to the picture as far as terms describe the picture itself,
// and to what was gathered.
func (e inTiles) buildLosses(inputs []*Node) []*Node {
	g := e.gather(inputs[0].Shape(), Nothing)
	n := targetCount(e.o.Terms)
	picture, targets, weights, gathered := inputs[0], inputs[1:1+n], inputs[1+n], inputs[2+n:]
	losses := e.weighted(g.describe(picture, g.masks(targets), gathered), weights, targets)
	wanted, toPicture := gathered, ZerosLike(picture)
	ofPicture := slices.Contains(layersOf(e.o.Terms), vgg.PictureLayer)
	if ofPicture {
		wanted = append([]*Node{picture}, gathered...)
	}
	gradients := Gradient(graphs.AddAll(losses), wanted...)
	if ofPicture {
		toPicture, gradients = gradients[0], gradients[1:]
	}
	return slices.Concat([]*Node{Stack(losses, 0), toPicture}, gradients)
}

// backward is the second pass: it adds to the picture's gradient what comes back through the tiles, and returns it. The gradient
// that it is given is freed.
func (e inTiles) backward(ctx context.Context, in stepInput, gradient *tensors.Tensor, gradients []*tensors.Tensor) (*tensors.Tensor, error) {
	g := e.gather(in.picture.Shape(), Nothing)
	if len(g.sums)+len(g.kept) == 0 {
		return gradient, nil
	}
	exec, err := e.program("backward through tiles", e.buildBackward)
	if err != nil {
		return gradient, err
	}
	for i, t := range g.tiles {
		windows := gradients[len(g.sums)+i*len(g.kept):][:len(g.kept)]
		args := tensorArgs([]*tensors.Tensor{in.picture, gradient}, in.targets, gradients[:len(g.sums)], windows)
		out, err := execTile(ctx, exec, append(args, t.place()))
		if err != nil {
			return gradient, err
		}
		if err := gradient.FinalizeAll(); err != nil {
			return out[0], fmt.Errorf("stylelib: freeing a gradient: %w", err)
		}
		gradient = out[0]
	}
	return gradient, nil
}

// buildBackward is the graph of backward for one tile. Its inputs are the picture, its gradient so far, the targets, the gradients
// to the sums and to the tile's windows of the kept layers, and the tile's place; its output is the gradient with the tile's.
func (e inTiles) buildBackward(inputs []*Node) []*Node {
	g := e.gather(inputs[0].Shape(), Nothing)
	picture, gradient, place := inputs[0], inputs[1], inputs[len(inputs)-1]
	masks, gradients := g.masks(inputs[2:]), inputs[2+targetCount(e.o.Terms):]
	window := g.windowOf(picture, place)
	var products []*Node
	for i, out := range g.evaluate(e.method, window, place, masks) {
		products = append(products, ReduceAllSum(Mul(out, gradients[i]))) // whose gradient to out is gradients[i]
	}
	return []*Node{g.addTo(gradient, Gradient(graphs.AddAll(products), window)[0], place)}
}

// layerLosses returns nothing: it would need the whole picture at once.
func (e inTiles) layerLosses(stepInput) (losses, gradients []float32, err error) {
	return nil, nil, nil
}

func (e inTiles) free() error { return nil }
