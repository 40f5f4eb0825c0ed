package stylelib

import (
	"context"
	"image"
	"time"

	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// GradientNorms returns the Euclidean norm of each weighted term's gradient at the picture that the options start from. That is
// noise where they name none: at the content picture its own term has no gradient.
func GradientNorms(backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, o Options) ([]float32, error) {
	o = o.completed(Options{Start: FromNoise(0)}).withDefaults()
	if err := o.check(backend, net, content, styles); err != nil {
		return nil, err
	}
	r := &run{job: &job{backend: backend, net: net, o: o, programs: &programs{}}, started: time.Now()}
	defer r.free()
	if err := r.start(content, styles); err != nil {
		return nil, err
	}
	var err error
	if r.targets, err = r.describeTargets(context.Background(), content, styles); err != nil {
		return nil, err
	}
	return r.gradientNorms(r.input())
}
