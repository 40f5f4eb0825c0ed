package stylelib

import (
	"context"
	"errors"
	"image"

	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// Paint repaints a content picture in the manner of a style picture as StyleNet does by default: [Pyramid] with the options of [Defaults].
func Paint(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content, style image.Image) (*Result, error) {
	return Pyramid(ctx, backend, net, content, []image.Image{style}, Options{}, nil)
}

// Compile compiles what [Pyramid] with the same arguments needs, by taking one step of each level. It is kept on disk, see package
// programcache, so that a process that paints such pictures begins at once.
func Compile(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, o Options, sizes []int) error {
	o = o.withDefaults()
	if err := o.check(backend, net, content, styles); err != nil {
		return err
	}
	_, err := o.pyramid(net, content, styles, sizes, func(content image.Image, styles []image.Image, o Options) (*Result, error) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		o.OnStep, o.Control = func(Step) error { stop(); return nil }, nil
		result, err := Transfer(ctx, backend, net, content, styles, o)
		if result != nil {
			result.Stopped = false // the next level follows
		}
		return result, err
	})
	return errors.Join(err, ctx.Err())
}
