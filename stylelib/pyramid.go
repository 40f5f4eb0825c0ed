package stylelib

import (
	"context"
	"errors"
	"fmt"
	"image"
	"maps"
	"math"
	"time"

	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// PyramidSizes returns the longer sides of the levels that [Pyramid] paints, least first: from 128 pixels to long in
// even steps of about √2. A picture of less than about 152 pixels has one level.
func PyramidSizes(long int) []int {
	const least = 128
	steps := 0
	if long > least {
		steps = int(math.Round(2 * math.Log2(float64(long)/least)))
	}
	sizes := make([]int, steps+1)
	for i := range sizes {
		sizes[i] = int(math.Round(float64(long) * math.Pow(least/float64(long), float64(steps-i)/float64(max(steps, 1)))))
	}
	sizes[steps] = long
	return sizes
}

// PyramidSteps divides so many steps among levels of these sizes, in proportion to their sides, at least one for each.
func PyramidSteps(steps int, sizes []int) []int {
	shares, sum := make([]float64, len(sizes)), 0.
	for i, side := range sizes {
		shares[i] = math.Pow(float64(side), pyramidGrowth)
		sum += shares[i]
	}
	divided := make([]int, len(sizes))
	for i, share := range shares {
		most := steps - (len(sizes) - 1 - i) // one is left for each that follows
		divided[i] = max(1, min(most, int(math.Round(float64(steps)*share/sum))))
		steps, sum = steps-divided[i], sum-share
	}
	return divided
}

// pyramidGrowth says how much more steps large levels get: a level's number grows with this power of its side. At equal cost
// 1 ends where one size by L-BFGS ends or below it, and has the larger strokes; less ends higher, more brings the strokes of
// one size: testdata/pyramid.md.
var pyramidGrowth = 1.0

// Pyramid is [Transfer] from coarse to fine: the picture is painted small, enlarged, painted on, and so to the content
// picture's size. Strokes become as large, beside the picture, as a network makes them on a small one. The content picture
// and the style pictures are scaled alike at every level, so a stroke keeps its share of the picture's height.
//
// sizes are the levels' longer sides, rising, the content picture's own last; nil: those of [PyramidSizes]. With circular
// padding levels are a little larger or smaller, so that the layers can halve them. Options.Steps
// is the number of all steps, see [PyramidSteps]. The records are those of one run: steps and time are counted over all levels, by
// OnStep and Control too, and what Control has set holds on. Step.Picture has the level's size.
//
// Each level starts from the picture that the one before it shows, enlarged by [picture.ResizeTo]. Where the first level starts from
// the content picture, in its own colours or the style's, the detail is added that this picture has at this size and not at the one
// before: what is enlarged is how painting has changed the picture. An optimiser that is an [optim.Enlarger], as Adam is, goes on with its memory
// and the schedule of its learning rate; others start anew. Control cannot go back behind the start of a level.
//
// The result always has the content picture's size. Its State is that of the last level, for Transfer to go on from; it is
// nil if the run ended before. Options.From is an error.
func Pyramid(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, o Options, sizes []int) (*Result, error) {
	o = o.withDefaults()
	if err := o.check(backend, net, content, styles); err != nil {
		return nil, err
	}
	return o.pyramid(net, content, styles, sizes, func(content image.Image, styles []image.Image, o Options) (*Result, error) {
		return Transfer(ctx, backend, net, content, styles, o)
	})
}

// pyramid is Pyramid with a function that paints one level.
func (o Options) pyramid(net *vgg.Extractor, content image.Image, styles []image.Image, sizes []int, paint paintLevel) (*Result, error) {
	size := content.Bounds().Size()
	if sizes == nil {
		sizes = PyramidSizes(max(size.X, size.Y))
	}
	if err := o.checkPyramid(size, sizes); err != nil {
		return nil, err
	}
	p := &pyramid{o: o, vgg: net, paint: paint, steps: PyramidSteps(o.Steps, sizes), started: time.Now(), rate: 1}
	start, err := o.startFor(content, styles)
	if err != nil {
		return nil, err
	}
	switch p.start = start.picture; o.Start.kind {
	case startsFromContent:
		p.detailed = content
	case startsFromColours:
		p.detailed = start.picture
	}
	for i := range sizes {
		if err := p.level(content, styles, sizes, i); err != nil || p.result.Stopped {
			return p.end(size, i == len(sizes)-1), err
		}
	}
	return p.end(size, true), nil
}

// checkPyramid finds what is wrong with levels of these sizes for a picture of this size.
func (o *Options) checkPyramid(size image.Point, sizes []int) error {
	if o.From != nil {
		return errors.New("stylelib: a pyramid does not go on from a state; Transfer goes on with its last level")
	}
	for i, side := range sizes {
		if side < 1 || i > 0 && side <= sizes[i-1] {
			return fmt.Errorf("stylelib: the pyramid's levels are %d pixels long; they must rise", sizes)
		}
	}
	if long := max(size.X, size.Y); len(sizes) == 0 || sizes[len(sizes)-1] != long {
		return fmt.Errorf("stylelib: the pyramid's levels are %d pixels long; the last must be the content picture's %d", sizes, long)
	}
	if o.Steps < len(sizes) {
		return fmt.Errorf("stylelib: %d steps are too few for a pyramid of %d levels; give each at least 1", o.Steps, len(sizes))
	}
	return nil
}

// paintLevel paints one level of a pyramid.
type paintLevel func(content image.Image, styles []image.Image, o Options) (*Result, error)

// pyramid is one Pyramid under way.
type pyramid struct {
	o       Options
	vgg     *vgg.Extractor
	paint   paintLevel
	started time.Time
	start   image.Image // of the next level, at any size; nil: the options' noise, or the content

	detailed image.Image // whose detail the levels keep; nil: they keep none
	sharp    image.Image // the same at the size of the level under way; nil: none has begun

	weights map[string]float64 // of the terms, as Control has left them; nil: it has not been called
	rate    float64            // likewise
	steps   []int              // of the levels
	before  int                // steps of the levels before the one under way
	counts  int                // what the steps of the level under way are counted from
	offset  time.Duration      // when that began
	records []Step
	result  *Result // of the last level painted; nil: there is none
}

// level paints level i.
func (p *pyramid) level(content image.Image, styles []image.Image, sizes []int, i int) error {
	last := len(sizes) - 1
	small := content
	if i < last {
		size := p.o.smaller(p.vgg, content.Bounds().Size(), sizes[i])
		small = picture.ResizeTo(content, size.X, size.Y)
	}
	scale := float64(sizes[i]) / float64(sizes[last])
	scaled := make([]image.Image, len(styles))
	for k, style := range styles {
		scaled[k] = scaleBy(style, scale)
	}
	o := p.options(small, i)
	result, err := p.paint(small, scaled, o)
	if result != nil {
		p.result, p.start = result, result.Picture
		for _, step := range result.Steps {
			p.records = append(p.records, p.counted(step))
		}
		p.before += o.Steps
	}
	if err != nil && len(sizes) > 1 {
		return fmt.Errorf("the pyramid's level of %d pixels: %w", sizes[i], err)
	}
	return err
}

// smaller returns a picture's size made smaller, its longer side to about long. Proportions are kept as far as the loss can be
// taken of it: no side becomes shorter than an eighth of the other, and with circular padding both can be halved as often as
// the layers ask for.
func (o *Options) smaller(net *vgg.Extractor, size image.Point, long int) image.Point {
	unit := 1
	if net.Padding == weights.CircularPadding {
		for _, layer := range layersOf(o.Terms) {
			unit = max(unit, net.Layer(layer).Stride)
		}
	}
	to := picture.WithLongSide(size, long)
	side := func(n, original int) int { return max(unit, (max(n, min(original, long/8))+unit/2)/unit*unit) }
	return image.Pt(side(to.X, size.X), side(to.Y, size.Y))
}

// scaleBy scales a picture by a factor; a saved style stays.
func scaleBy(img image.Image, scale float64) image.Image {
	if _, ok := img.(*SavedStyle); ok {
		return img
	}
	size := img.Bounds().Size()
	side := func(n int) int { return max(1, int(math.Round(float64(n)*scale))) }
	return picture.ResizeTo(img, side(size.X), side(size.Y))
}

// options returns the options of level i, of this picture: its share of the steps, counted and controlled as part of all.
func (p *pyramid) options(content image.Image, i int) Options {
	o, size := p.o, content.Bounds().Size()
	p.offset, p.counts = time.Since(p.started), p.before
	o.Steps = p.steps[i]
	soft := p.sharp
	if p.detailed != nil {
		p.sharp = picture.ResizeTo(p.detailed, size.X, size.Y)
	}
	if p.start != nil {
		start := picture.ResizeTo(p.start, size.X, size.Y)
		if soft != nil {
			start = withDetail(start, p.sharp, picture.ResizeTo(soft, size.X, size.Y))
		}
		o.Start = FromPicture(start)
		if enlarger, ok := o.Optimizer.(optim.Enlarger); ok && p.result != nil && p.result.State != nil {
			s := p.result.State
			values, _, _ := picture.Values(start)
			memory, age := enlarger.Enlarge(s.Memory, s.Step-s.Began+s.Age, image.Pt(s.Width, s.Height), size)
			o.From = &State{Step: p.before, Began: p.before, Age: age, Height: size.Y, Width: size.X, Picture: values, Memory: memory}
			p.counts = 0 // the state knows its steps
		}
	}
	before := p.counts
	o.Every = 1
	if p.o.OnStep != nil {
		o.OnStep = func(step Step) error {
			if step = p.counted(step); step.N%p.o.Every != 0 && step.N != p.o.Steps {
				return nil
			}
			return p.o.OnStep(step)
		}
	}
	if p.o.Control != nil {
		fresh := true
		o.Control = func(n int, weights map[string]float64, rate *float64) int {
			if fresh && p.weights != nil {
				maps.Copy(weights, p.weights)
				*rate = p.rate
			}
			back := p.o.Control(before+n, weights, rate)
			fresh, p.weights, p.rate = false, maps.Clone(weights), *rate
			return back - before
		}
	}
	return o
}

// withDetail returns picture + sharp - soft, pictures of one size.
func withDetail(img, sharp, soft image.Image) image.Image {
	values, h, w := picture.Values(img)
	add, _, _ := picture.Values(sharp)
	take, _, _ := picture.Values(soft)
	for i := range values {
		values[i] += add[i] - take[i]
	}
	return picture.FromValues(values, h, w)
}

// counted returns a step of the level under way as one of the pyramid's.
func (p *pyramid) counted(step Step) Step {
	step.N, step.Total = step.N+p.counts, p.o.Steps
	step.Elapsed += p.offset
	return step
}

// end returns the result at the content picture's size; nil where nothing was painted.
func (p *pyramid) end(size image.Point, atLast bool) *Result {
	if p.result == nil {
		return nil
	}
	result := *p.result
	result.Picture = picture.ResizeTo(result.Picture, size.X, size.Y)
	result.Steps, result.Elapsed = p.records, time.Since(p.started)
	if !atLast {
		result.State = nil
	}
	return &result
}
