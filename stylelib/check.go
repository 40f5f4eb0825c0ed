package stylelib

import (
	"errors"
	"fmt"
	"image"
	"math"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// What can be wrong with a request is found here, before anything is compiled.

// check finds what is wrong with the request before anything is compiled.
func (o *Options) check(backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image) error {
	switch {
	case backend == nil:
		return errors.New("stylelib: no backend given; OpenBackend returns one")
	case net == nil || net.Weights == nil || len(net.Weights.Convs) == 0:
		return errors.New("stylelib: no network given; vgg.New returns one, weights.Open its weights")
	case o.Steps < 0:
		return fmt.Errorf("stylelib: %d steps asked for; at least 1 is needed", o.Steps)
	case !(o.Optimizer.Rate(1) > 0):
		return fmt.Errorf("stylelib: the learning rate is %v; it must be above 0", o.Optimizer.Rate(1))
	case o.GradientShares < 0:
		return fmt.Errorf("stylelib: the shares cannot be measured every %d steps; give 1 or more, or 0 for never", o.GradientShares)
	case o.Every < 0:
		return fmt.Errorf("stylelib: OnStep cannot be called every %d steps; give 1 or more", o.Every)
	case o.Clip < ClipEveryStep || o.Clip > StretchShown:
		return fmt.Errorf("stylelib: no clipping %d; there are ClipEveryStep, ClipShown and StretchShown", int(o.Clip))
	case len(o.Terms) == 0:
		return errors.New("stylelib: the loss has no terms; ContentTerm and StyleTerm return some")
	}
	if err := net.Check(); err != nil {
		return fmt.Errorf("stylelib: %w", err)
	}
	if settings, ok := o.Optimizer.(interface{ Check() error }); ok {
		if err := settings.Check(); err != nil {
			return fmt.Errorf("stylelib: %w", err)
		}
	}
	if best, arrays := o.Optimizer.Best(), len(o.Optimizer.Memory(pictureShape(8, 8))); best >= arrays {
		return fmt.Errorf("stylelib: the optimiser's Best is array %d of its memory, counted from 0; Memory names %d", best, arrays)
	}
	if err := o.checkTerms(net, styles); err != nil {
		return err
	}
	if err := o.checkDevices(backend); err != nil {
		return err
	}
	if err := o.checkTiles(net); err != nil {
		return err
	}
	return o.checkSizes(net, content, styles)
}

// checkTerms finds what is wrong with the terms, one by one and together.
func (o *Options) checkTerms(net *vgg.Extractor, styles []image.Image) error {
	names := map[string]bool{}
	for i := range o.Terms {
		if err := o.Terms[i].check(net, len(styles)); err != nil {
			return err
		}
		if names[o.Terms[i].Name] {
			return fmt.Errorf("stylelib: two terms are named %q; give each its own name", o.Terms[i].Name)
		}
		names[o.Terms[i].Name] = true
	}
	for i := range styles {
		if len(styles) > 1 && !anyHasTarget(o.Terms, Style(i)) {
			return fmt.Errorf("stylelib: no term has the %s style picture as its target; that would be Style(%d)", ordinal(i), i)
		}
	}
	return nil
}

// check finds what is wrong with one term.
func (t *Term) check(net *vgg.Extractor, styles int) error {
	if t.Name == "" {
		return errors.New("stylelib: a term has no name; every term needs one")
	}
	for what, named := range map[string]bool{
		"Describe": t.Describe.Of == nil || t.Describe.Name != "", "DescribeTarget": t.DescribeTarget.Of == nil || t.DescribeTarget.Name != "",
		"Compare": t.Compare.Of == nil || t.Compare.Name != "",
	} {
		if !named {
			return fmt.Errorf("stylelib: the %s of term %q has no Name; the name tells functions apart, in compiled programs and saved styles", what, t.Name)
		}
	}
	if !(t.Weight >= 0) || math.IsInf(t.Weight, 0) {
		return fmt.Errorf("stylelib: term %q has weight %v; a finite number from 0 on is needed, for a loss has a least value", t.Name, t.Weight)
	}
	if t.Target.style() >= 0 && styles == 0 {
		return fmt.Errorf("stylelib: the target of term %q is a style picture, and none is given", t.Name)
	}
	if style := t.Target.style(); t.Target < Nothing || style >= styles {
		return fmt.Errorf("stylelib: term %q wants style picture %d; %d given, counted from 0", t.Name, style, styles)
	}
	for _, layer := range t.layers() {
		if err := net.CheckLayers(layer.Layer); err != nil {
			return fmt.Errorf("stylelib: term %q: %w", t.Name, err)
		}
		if !(layer.Weight >= 0) || math.IsInf(layer.Weight, 0) {
			return fmt.Errorf("stylelib: term %q has weight %v for layer %s; a finite number from 0 on is needed, for a loss has a least value",
				t.Name, layer.Weight, layer.Layer)
		}
	}
	return nil
}

// checkSizes finds pictures that are missing or too small for the layers that terms describe.
func (o *Options) checkSizes(net *vgg.Extractor, content image.Image, styles []image.Image) error {
	check := func(name string, img image.Image, target func(Target) bool) error {
		size, err := picture.Size(img)
		if err != nil {
			return fmt.Errorf("stylelib: the %s picture %w", name, err)
		}
		return o.checkSize(net, name, size, target)
	}
	if err := check("content", content, func(Target) bool { return true }); err != nil {
		return err
	}
	for i, picture := range styles {
		name := fmt.Sprintf("%s style", ordinal(i))
		if saved, ok := picture.(*SavedStyle); ok && saved != nil {
			if err := saved.check(net, o.termsOf(Style(i))); err != nil {
				return err
			}
			continue
		}
		if err := check(name, picture, func(t Target) bool { return t == Style(i) }); err != nil {
			return err
		}
	}
	for i := range o.Terms {
		if err := o.Terms[i].checkMasks(content, styles); err != nil {
			return err
		}
		if err := o.Terms[i].checkCircular(net, content); err != nil {
			return err
		}
	}
	return nil
}

// checkSize finds a size too small for the layers of the terms with these targets.
func (o *Options) checkSize(net *vgg.Extractor, name string, size image.Point, target func(Target) bool) error {
	for i := range o.Terms {
		for _, layer := range o.Terms[i].layers() {
			if least := net.LeastSide(layer.Layer); target(o.Terms[i].Target) && min(size.X, size.Y) < least {
				return fmt.Errorf("stylelib: the %s picture of %dx%d pixels is too small for layer %s with %s padding; at least %dx%d are needed",
					name, size.X, size.Y, layer.Layer, net.Padding, least, least)
			}
		}
	}
	return nil
}

// checkCircular finds out whether opposite edges of a picture are neighbours at the term's layers too, as circular padding has it:
// pooling must halve its sides without remainder.
func (t *Term) checkCircular(net *vgg.Extractor, picture image.Image) error {
	if net.Padding != weights.CircularPadding {
		return nil
	}
	size, n, deepest := picture.Bounds().Size(), 1, ""
	for _, layer := range t.layers() {
		if stride := net.Layer(layer.Layer).Stride; stride > n {
			n, deepest = stride, layer.Layer
		}
	}
	if size.X%n+size.Y%n > 0 {
		near := func(side int) int { return max(n, (side+n/2)/n*n) }
		return fmt.Errorf("stylelib: for layer %s with circular padding the picture's sides must be multiples of %d pixels, such as %dx%d; found %dx%d",
			deepest, n, near(size.X), near(size.Y), size.X, size.Y)
	}
	return nil
}
