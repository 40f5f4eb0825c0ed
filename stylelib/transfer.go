package stylelib

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/gomlx/compute"
	"stylenet/weights"
)

// Options says what [Transfer] paints. Zero fields take the defaults named.
type Options struct {
	Terms     []Term    // of the loss; nil: DefaultTerms
	Steps     int       // 0: 200
	Optimizer Optimizer // nil: Adam{}
	Start     Start     // the content picture unless it says otherwise
	From      *State    // go on from here instead of Start; Steps more steps are taken
	Range     Range     // what becomes of pixels that leave [0, 1]

	// Tile is the side in pixels of the windows through which larger pictures are seen, tile by tile, with less memory and
	// more work; losses and gradients stay those of the whole picture. 0: all is seen at once. Stopping waits for one tile.
	Tile int

	// Devices is over how many of the backend's devices the picture is divided, by rows; 0 or 1: it is on one. Each then
	// needs the memory of its part, and of a whole layer for terms that look at all its positions together, as by [Patches].
	// Convolutions are plain. XLA's CPU plugin shows several devices, to try it with.
	Devices int

	Every  int              // OnStep is called after every so many steps and after the last; 0: 10
	OnStep func(Step) error // nil: nobody is told; an error ends the run and is returned with the result so far
	Shares int              // Step.Shares is measured in the first step and in every so many; 0: never

	// Control, if not nil, is called before every step, n steps having been taken. It may wait. What it writes into
	// weights, the terms' weights by name, and into rate, a factor on the optimiser's learning rate (1 at first),
	// holds from this step on; the optimiser's memory stays. If it returns a number below n, the run goes back to
	// where it was after so many steps, or to the nearest moment before that it remembers: those of the last steps in
	// steps of 5, fewer the longer ago, and the start.
	Control func(n int, weights map[string]float64, rate *float64) (back int)
}

// DefaultTerms returns the terms used where none are given: content at relu4_2, style at five layers, little smoothing.
func DefaultTerms() []Term { return []Term{ContentTerm(1), StyleTerm(100), SmoothTerm(10)} }

// Step is the record of one step.
type Step struct {
	N, Total int                // this step, counted from 1, and the last one planned
	Loss     float64            // of the picture as it enters the step: the sum of Terms
	Terms    map[string]float64 // by name, weighted
	Elapsed  time.Duration      // since Transfer was called
	Accepted bool               // false: a trial of a line search that goes on; the picture shown stays as it was

	// Shares has, by term, the length (Euclidean norm) of the weighted term's gradient in the picture as a share of
	// the lengths of all: how hard each pulls. It is nil in steps that Options.Shares leaves out.
	Shares map[string]float64

	// Picture returns the picture as it leaves the step. It is fetched from the device only when called, and only
	// while OnStep runs; the records in Result have none.
	Picture func() (image.Image, error)
}

// Result is what a run leaves.
type Result struct {
	Picture image.Image
	State   *State        // to go on from
	Steps   []Step        // one record for every step taken, none if the context had ended before the first
	Stopped bool          // the context ended the run before the last step
	Elapsed time.Duration // in all
}

// Transfer paints the content picture in the manner of the style pictures: it moves the picture's pixels, kept in
// [0, 1] unless Range says otherwise, until the loss is small (Gatys, Ecker and Bethge 2016). Targets are computed
// once, the step is compiled once, and picture and optimiser stay on the device; a step runs in one execution.
//
// The result has the content picture's size; style pictures may have any size and are never stretched; a [Palette] may
// stand for one. When the context ends, the result so far is returned, with Stopped set and no error. An error while
// running (a loss that is no longer a number, OnStep's error) comes with the last good result, if a step was taken.
func Transfer(ctx context.Context, backend compute.Backend, vgg *VGG, content image.Image, styles []image.Image, o Options) (*Result, error) {
	started := time.Now()
	o = o.withDefaults()
	if err := o.check(backend, vgg, content, styles); err != nil {
		return nil, err
	}
	r := &run{backend: backend, vgg: vgg, o: o, started: started, seen: sha256.New(), programs: &programs{}}
	return r.transfer(ctx, content, styles)
}

// transfer paints one picture.
func (r *run) transfer(ctx context.Context, content image.Image, styles []image.Image) (*Result, error) {
	values, h, w := pixels(content)
	state := r.o.From
	if state == nil {
		var err error
		if state, err = r.o.Start.state(values, h, w, r.o.Optimizer); err != nil {
			return nil, err
		}
	} else if err := state.check(h, w, r.o.Optimizer); err != nil {
		return nil, err
	}
	defer r.free()
	if err := r.load(state); err != nil {
		return nil, err
	}
	err := r.describeTargets(ctx, content, styles)
	if err == nil {
		err = r.loop(ctx)
	}
	if err != nil && errors.Is(err, ctx.Err()) { // among tiles
		r.stopped, err = true, nil
	}
	if err != nil && len(r.records) == 0 {
		return nil, err
	}
	result, fetchErr := r.result()
	if result != nil {
		result.Elapsed = time.Since(r.started)
	}
	return result, errors.Join(err, fetchErr)
}

func (o Options) withDefaults() Options {
	if o.Terms == nil {
		o.Terms = DefaultTerms()
	}
	if o.Steps == 0 {
		o.Steps = 200
	}
	if o.Optimizer == nil {
		o.Optimizer = Adam{}
	}
	if o.Every == 0 {
		o.Every = 10
	}
	return o
}

// check finds what is wrong with the request before anything is compiled.
func (o *Options) check(backend compute.Backend, vgg *VGG, content image.Image, styles []image.Image) error {
	switch {
	case backend == nil:
		return errors.New("stylelib: no backend given; OpenBackend returns one")
	case vgg == nil || vgg.Weights == nil || len(vgg.Weights.Convs) == 0:
		return errors.New("stylelib: no network given; NewVGG returns one, weights.Open its weights")
	case o.Steps < 0:
		return fmt.Errorf("stylelib: %d steps asked for; at least 1 is needed", o.Steps)
	case !(o.Optimizer.Rate(1) > 0):
		return fmt.Errorf("stylelib: the learning rate is %v; it must be above 0", o.Optimizer.Rate(1))
	case o.Shares < 0:
		return fmt.Errorf("stylelib: the shares cannot be measured every %d steps; give 1 or more, or 0 for never", o.Shares)
	case o.Every < 0:
		return fmt.Errorf("stylelib: OnStep cannot be called every %d steps; give 1 or more", o.Every)
	case o.Range < Clipped || o.Range > Stretched:
		return fmt.Errorf("stylelib: no range %d; there are Clipped, Free and Stretched", int(o.Range))
	case len(o.Terms) == 0:
		return errors.New("stylelib: the loss has no terms; ContentTerm and StyleTerm return some")
	}
	if err := vgg.check(); err != nil {
		return fmt.Errorf("stylelib: %w", err)
	}
	if settings, ok := o.Optimizer.(interface{ check() error }); ok {
		if err := settings.check(); err != nil {
			return fmt.Errorf("stylelib: %w", err)
		}
	}
	if best, arrays := o.Optimizer.Best(), len(o.Optimizer.Memory(pictureShape(8, 8))); best >= arrays {
		return fmt.Errorf("stylelib: the optimiser's Best is array %d of its memory, counted from 0; Memory names %d", best, arrays)
	}
	names := map[string]bool{}
	for i := range o.Terms {
		if err := o.Terms[i].check(vgg, len(styles)); err != nil {
			return err
		}
		if names[o.Terms[i].Name] {
			return fmt.Errorf("stylelib: two terms are named %q; give each its own name", o.Terms[i].Name)
		}
		names[o.Terms[i].Name] = true
	}
	for i := range styles {
		if len(styles) > 1 && !anyLooksAt(o.Terms, Style(i)) {
			return fmt.Errorf("stylelib: no term looks at the %s style picture; its target would be Style(%d)", ordinal(i), i)
		}
	}
	if err := o.checkDevices(backend); err != nil {
		return err
	}
	if err := o.checkTiles(vgg); err != nil {
		return err
	}
	return o.checkSizes(vgg, content, styles)
}

// check finds what is wrong with one term.
func (t *Term) check(vgg *VGG, styles int) error {
	if t.Name == "" {
		return errors.New("stylelib: a term has no name; every term needs one")
	}
	if !(t.Weight >= 0) || math.IsInf(t.Weight, 0) {
		return fmt.Errorf("stylelib: term %q has weight %v; a finite number from 0 on is needed, for a loss has a least value", t.Name, t.Weight)
	}
	if t.Target.style() >= 0 && styles == 0 {
		return fmt.Errorf("stylelib: term %q looks at a style picture, and none is given", t.Name)
	}
	if style := t.Target.style(); t.Target < Nothing || style >= styles {
		return fmt.Errorf("stylelib: term %q wants style picture %d; %d given, counted from 0", t.Name, style, styles)
	}
	for _, layer := range t.layers() {
		if err := vgg.checkLayers(layer.Layer); err != nil {
			return fmt.Errorf("stylelib: term %q: %w", t.Name, err)
		}
		if !(layer.Weight >= 0) || math.IsInf(layer.Weight, 0) {
			return fmt.Errorf("stylelib: term %q has weight %v for layer %s; a finite number from 0 on is needed, for a loss has a least value",
				t.Name, layer.Weight, layer.Layer)
		}
	}
	return nil
}

// checkSizes finds pictures that are missing or too small for the layers they are seen through.
func (o *Options) checkSizes(vgg *VGG, content image.Image, styles []image.Image) error {
	check := func(name string, picture image.Image, target func(Target) bool) error {
		size, err := pictureSize(picture)
		if err != nil {
			return fmt.Errorf("stylelib: the %s picture %w", name, err)
		}
		return o.checkSize(vgg, name, size, target)
	}
	if err := check("content", content, func(Target) bool { return true }); err != nil {
		return err
	}
	for i, picture := range styles {
		name := fmt.Sprintf("%s style", ordinal(i))
		if palette, ok := picture.(*Palette); ok && palette != nil {
			if err := palette.check(vgg, o.termsOf(Style(i))); err != nil {
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
		if err := o.Terms[i].checkTorus(vgg, content); err != nil {
			return err
		}
	}
	return nil
}

// checkSize finds a size too small for the layers of the terms with these targets.
func (o *Options) checkSize(vgg *VGG, name string, size image.Point, target func(Target) bool) error {
	for i := range o.Terms {
		for _, layer := range o.Terms[i].layers() {
			if least := vgg.leastSide(layer.Layer); target(o.Terms[i].Target) && min(size.X, size.Y) < least {
				return fmt.Errorf("stylelib: the %s picture of %dx%d pixels is too small for layer %s with %s padding; at least %dx%d are needed",
					name, size.X, size.Y, layer.Layer, vgg.Padding, least, least)
			}
		}
	}
	return nil
}

// pictureSize returns a picture's size. A nil pointer in a picture's clothes panics when asked; that is an error too.
func pictureSize(picture image.Image) (size image.Point, err error) {
	missing := errors.New("is missing (nil)")
	if picture == nil || buildError(func() { size = picture.Bounds().Size() }) != nil {
		return size, missing
	}
	if size.X < 1 || size.Y < 1 {
		return size, fmt.Errorf("has no pixels: it is %dx%d", size.X, size.Y)
	}
	return size, nil
}

// ordinal returns "first", "second" … for 0, 1 …
func ordinal(i int) string {
	if words := []string{"first", "second", "third"}; i < len(words) {
		return words[i]
	}
	return fmt.Sprintf("%dth", i+1)
}

// leastSide returns how many pixels a side a picture needs for a layer: 2 at the layer's own scale where the
// convolutions mirror the picture at its edge, else 1.
func (v *VGG) leastSide(layer string) int {
	if layer == PictureLayer {
		return 1
	}
	least, scale := 1, 1
	if v.Padding == weights.ReflectPadding || v.Padding == weights.CircularPadding { // see paddingOfTarget
		least = 2
	}
	for i, c := range v.Weights.Convs {
		if layer == c.Name || layer == reluName(c.Name) || layer == v.poolAfter(i) {
			break
		}
		if v.poolAfter(i) != "" {
			scale *= 2
		}
	}
	if v.DropOdd {
		return least * scale
	}
	return (least-1)*scale + 1 // halving rounds up
}

// notANumber words the error for a loss that has left the numbers; blame says where it did.
func notANumber(step Step, blame string) error {
	text := ""
	for _, name := range slices.Sorted(maps.Keys(step.Terms)) {
		text += fmt.Sprintf(", %s %g", name, step.Terms[name])
	}
	if step.N > 1 {
		text += "; the picture before it is kept; a smaller learning rate or weight may help"
	}
	return fmt.Errorf("stylelib: step %d: the loss is %g%s%s", step.N, step.Loss, blame, text)
}
