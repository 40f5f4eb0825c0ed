package stylelib

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/internal/graphs"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// A picture that is too large for the memory is seen in tiles. Its losses and its gradient stay those of the whole picture,
// up to rounding, so the tiles cannot be seen in it:
//
//   - A first pass over the tiles gathers what the terms compare: a description that is a mean over positions
//     ([Term] Additive) is added up tile by tile, features that a term looks at otherwise are kept.
//   - The losses are computed of what has been gathered, with their gradients to it.
//   - A second pass looks at each tile again and leads these gradients on to the picture's pixels.
//
// The price is a second look at each tile, and windows that overlap.

// gathering is what the first pass over a picture gathers for some terms.
type gathering struct {
	tiling
	vgg    *vgg.Extractor
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

// gather returns what is gathered from a picture of a shape: from a target, or from the picture that is painted, which is
// a target of Nothing.
func (r *run) gather(picture shapes.Shape, target Target) *gathering {
	terms := r.o.Terms
	if target != Nothing {
		terms = r.o.termsOf(target)
	}
	size := image.Pt(picture.Dim(2), picture.Dim(1))
	g := &gathering{tiling: r.o.tilingFor(r.net, size, layersOf(terms)), vgg: r.net, terms: terms, target: target != Nothing}
	for i := range terms {
		for k, l := range terms[i].layers() {
			switch {
			case l.Layer == vgg.PictureLayer: // it is at hand
			case terms[i].Additive:
				g.sums = append(g.sums, addend{i, k, l.Layer})
			case !slices.Contains(g.kept, l.Layer):
				g.kept = append(g.kept, l.Layer)
			}
		}
	}
	return g
}

// masks returns the terms' masks of the picture, layer by layer, among what see and describe take beside it.
func (g *gathering) masks(inputs []*Node) [][]*Node {
	if g.target {
		return targetMasks(g.terms, inputs)
	}
	return masksAmong(g.terms, inputs)
}

// look returns what the tile at a place adds to the sums, and its windows of the layers that are kept.
func (g *gathering) look(method conv.Method, window, place *Node, masks [][]*Node) []*Node {
	layers := slices.Clone(g.kept)
	for _, s := range g.sums {
		layers = append(layers, s.layer)
	}
	features := g.vgg.FeaturesBy(vgg.Forward{Method: method}, window, layers...)
	var seen []*Node
	for _, s := range g.sums {
		f := features[s.layer]
		layer, shown := g.vgg.Layer(s.layer), f.Shape().Dim(1)*f.Shape().Dim(2)
		all := g.vgg.Positions(layer, g.size.Y) * g.vgg.Positions(layer, g.size.X)
		seenPart := inTile(place, f.Shape(), layer.Stride)
		if masks[s.term] != nil {
			seenPart = Mul(seenPart, part(masks[s.term][s.index], f, place, layer.Stride))
		}
		description := g.terms[s.term].describeLayer(s.layer, Mul(f, seenPart), g.target)
		seen = append(seen, MulScalar(description, float64(shown)/float64(all)))
	}
	for _, layer := range g.kept {
		seen = append(seen, features[layer])
	}
	return seen
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
		features[layer] = g.join(g.vgg, layer, shown)
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

// see is the first pass over a picture; args are the picture and what masks finds masks in. It returns what describe takes.
func (r *run) see(ctx context.Context, target Target, args []any) (gathered []*tensors.Tensor, err error) {
	exec, err := r.program(fmt.Sprintf("tiles of %d", target), func(r *run, inputs []*Node) []*Node {
		g := r.gather(inputs[0].Shape(), target)
		picture, place := inputs[0], inputs[len(inputs)-1]
		return g.look(r.method, g.through(picture, place), place, g.masks(inputs[1:]))
	})
	if err != nil {
		return nil, err
	}
	g := r.gather(args[0].(*tensors.Tensor).Shape(), target)
	var windows []*tensors.Tensor
	totals, shapes := make([][]float64, len(g.sums)), make([]shapes.Shape, len(g.sums))
	for _, t := range g.tiles {
		out, err := execTile(ctx, exec, append(slices.Clip(args), t.place()))
		if err != nil {
			return nil, errors.Join(err, finalize(windows...))
		}
		windows = append(windows, out[len(g.sums):]...)
		for i, part := range out[:len(g.sums)] {
			values, err := tensors.CopyFlatData[float32](part)
			shapes[i] = part.Shape()
			if err = errors.Join(err, part.FinalizeAll()); err != nil {
				return nil, errors.Join(err, finalize(windows...))
			}
			if totals[i] == nil {
				totals[i] = make([]float64, len(values))
			}
			for k, v := range values {
				totals[i][k] += float64(v)
			}
		}
	}
	for i, total := range totals {
		values := make([]float32, len(total))
		for k, v := range total {
			values[k] = float32(v)
		}
		sum, err := upload(r.backend, values, shapes[i])
		if err != nil {
			return nil, errors.Join(err, finalize(append(gathered, windows...)...))
		}
		gathered = append(gathered, sum)
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

// describeInTiles returns the descriptions of a target's terms; args are those of see.
func (r *run) describeInTiles(ctx context.Context, target Target, args []any) ([]*tensors.Tensor, error) {
	gathered, err := r.see(ctx, target, args)
	if err != nil {
		return nil, err
	}
	defer finalize(gathered...)
	exec, err := r.program(fmt.Sprintf("target %d of tiles", target), func(r *run, inputs []*Node) []*Node {
		g := r.gather(inputs[0].Shape(), target)
		beside := inputs[1:len(args)]
		return slices.Concat(g.describe(inputs[0], g.masks(beside), inputs[len(args):])...)
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

// stepInTiles takes a step like the program of buildStep.
func (r *run) stepInTiles(ctx context.Context, scalars []float32) (out []*tensors.Tensor, err error) {
	gathered, err := r.see(ctx, Nothing, tensorArgs([]*tensors.Tensor{r.picture}, r.targets))
	if err != nil {
		return nil, err
	}
	judged, err := r.judge(gathered)
	if err != nil {
		return nil, err
	}
	losses, gradient, pulls := judged[0], judged[1], judged[2:]
	defer func() { finalize(append(pulls, losses, gradient)...) }()
	if gradient, err = r.pull(ctx, gradient, pulls); err != nil {
		return nil, err
	}
	move, err := r.program("move", func(r *run, inputs []*Node) []*Node {
		n := len(r.memory)
		return r.buildMove(inputs[0], inputs[1:1+n], inputs[1+n], inputs[2+n], inputs[3+n])
	})
	if err != nil {
		return nil, err
	}
	args := append(tensorArgs([]*tensors.Tensor{r.picture}, r.memory, []*tensors.Tensor{losses, gradient}), scalars)
	return move.Exec(args...)
}

// judge returns what buildJudge makes of what has been gathered, which it frees.
func (r *run) judge(gathered []*tensors.Tensor) ([]*tensors.Tensor, error) {
	defer finalize(gathered...)
	exec, err := r.program("losses of tiles", (*run).buildJudge)
	if err != nil {
		return nil, err
	}
	args := append(tensorArgs([]*tensors.Tensor{r.picture}, r.targets), r.weightList())
	judged, err := exec.Exec(append(args, tensorArgs(gathered)...)...)
	if err != nil {
		return nil, execError("the losses", err)
	}
	return judged, nil
}

// pull is the second pass: it adds to the picture's gradient what the tiles pull, and returns it. The one it is given is
// freed.
func (r *run) pull(ctx context.Context, gradient *tensors.Tensor, pulls []*tensors.Tensor) (*tensors.Tensor, error) {
	g := r.gather(r.picture.Shape(), Nothing)
	if len(g.sums)+len(g.kept) == 0 {
		return gradient, nil
	}
	exec, err := r.program("pull of tiles", (*run).buildPull)
	if err != nil {
		return gradient, err
	}
	for i, t := range g.tiles {
		windows := pulls[len(g.sums)+i*len(g.kept):][:len(g.kept)]
		args := tensorArgs([]*tensors.Tensor{r.picture, gradient}, r.targets, pulls[:len(g.sums)], windows)
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

// buildJudge is the graph of the losses. Its inputs are the picture, the targets, the term weights [terms] and what has been
// gathered; its outputs the weighted losses [terms], the gradient of their sum to the picture as far as terms look at it
// itself, and to what has been gathered.
func (r *run) buildJudge(inputs []*Node) []*Node {
	g := r.gather(inputs[0].Shape(), Nothing)
	picture, targets, weights, gathered := inputs[0], inputs[1:1+len(r.targets)], inputs[1+len(r.targets)], inputs[2+len(r.targets):]
	losses := r.weighted(g.describe(picture, g.masks(targets), gathered), weights, targets)
	wanted, toPicture := gathered, ZerosLike(picture)
	looked := slices.Contains(layersOf(r.o.Terms), vgg.PictureLayer)
	if looked {
		wanted = append([]*Node{picture}, gathered...)
	}
	gradients := Gradient(graphs.AddAll(losses), wanted...)
	if looked {
		toPicture, gradients = gradients[0], gradients[1:]
	}
	return slices.Concat([]*Node{Stack(losses, 0), toPicture}, gradients)
}

// buildPull is the graph of pull for one tile. Its inputs are the picture, its gradient so far, the targets, the gradients to
// the sums and to the tile's windows of the layers kept, and the tile's place; its output is the gradient with the tile's
// part.
func (r *run) buildPull(inputs []*Node) []*Node {
	g := r.gather(inputs[0].Shape(), Nothing)
	picture, gradient, place := inputs[0], inputs[1], inputs[len(inputs)-1]
	masks, pulls := g.masks(inputs[2:]), inputs[2+len(r.targets):]
	window := g.through(picture, place)
	var pulled []*Node
	for i, seen := range g.look(r.method, window, place, masks) {
		pulled = append(pulled, ReduceAllSum(Mul(seen, pulls[i]))) // its gradient to seen is pulls[i]
	}
	return []*Node{g.addTo(gradient, Gradient(graphs.AddAll(pulled), window)[0], place)}
}
