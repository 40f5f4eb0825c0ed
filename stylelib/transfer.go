package stylelib

import (
	"context"
	"image"

	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// Transfer paints the content picture in the manner of the style pictures: it moves the picture's pixels, kept in
// [0, 1] unless Clip says otherwise, until the loss is small (Gatys, Ecker and Bethge 2016). Targets are computed
// once, the step is compiled once, and picture and optimiser stay on the device; a step runs in one execution.
//
// The result has the content picture's size; style pictures may have any size and are never stretched; a [SavedStyle] may
// stand for one. When the context ends, the result so far is returned, with Stopped set and no error. An error while
// running (a loss that is not finite, OnStep's error) comes with the last finite result, if a step was taken.
//
// What is compiled stays for the next Transfer with the same network: other weights, pictures of the same size and numbers of
// steps need no compiling again. A [Stylizer] keeps it for as long as one wants.
func Transfer(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, o Options) (*Result, error) {
	return transferKept(backend, net, o.withDefaults(), func(s *Stylizer) (*Result, error) { return s.run(ctx, content, styles, o) })
}
