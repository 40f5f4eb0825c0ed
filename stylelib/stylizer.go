package stylelib

import (
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"strings"
	"time"

	"github.com/gomlx/compute"
	"stylenet/stylelib/vgg"
)

// Painter paints many pictures by one loss, each as [Transfer] would, to the last bit. What is compiled for one picture
// serves for all of its size, which saves seconds for each. It paints one picture at a time.
//
//	painter := stylelib.NewStylizer(backend, vgg, stylelib.Options{Steps: 100})
//	defer painter.Finalize()
//	for _, frame := range frames {
//		result, _ := painter.Paint(ctx, frame, styles)
//	}
type Stylizer struct {
	// Options are those of the next picture. From picture to picture anything may change but what a program is
	// compiled from: the terms' functions, targets and layers, the optimiser, the range, Tile and Devices. Pictures and
	// weights are given to the programs when they run.
	Options Options

	backend  compute.Backend
	net      *vgg.Extractor
	programs programs
	compiled string          // what the programs are compiled from
	sizes    map[string]bool // of the pictures painted
}

// mostSizes is how many sizes of pictures a painter keeps programs for.
var mostSizes = 32

// NewPainter returns a painter. The network must not change afterwards.
func NewStylizer(backend compute.Backend, net *vgg.Extractor, o Options) *Stylizer {
	return &Stylizer{Options: o, backend: backend, net: net, programs: programs{kept: true}}
}

// Paint is [Transfer] with the painter's options. Options that its programs are not compiled from are an error, but two
// functions are told apart by their names only: of functions that close over different values it takes the first.
func (p *Stylizer) Transfer(ctx context.Context, content image.Image, styles []image.Image) (*Result, error) {
	return p.paint(ctx, content, styles, p.Options)
}

// Pyramid is the function [Pyramid] with the painter's options; each level's programs serve for the next picture.
func (p *Stylizer) Pyramid(ctx context.Context, content image.Image, styles []image.Image, sizes []int) (*Result, error) {
	o := p.Options.withDefaults()
	if err := o.check(p.backend, p.net, content, styles); err != nil {
		return nil, err
	}
	return o.pyramid(p.net, content, styles, sizes, func(content image.Image, styles []image.Image, o Options) (*Result, error) {
		return p.paint(ctx, content, styles, o)
	})
}

func (p *Stylizer) paint(ctx context.Context, content image.Image, styles []image.Image, o Options) (*Result, error) {
	started := time.Now()
	o = o.withDefaults()
	if err := o.check(p.backend, p.net, content, styles); err != nil {
		return nil, err
	}
	if err := p.prepare(o, content, styles); err != nil {
		return nil, err
	}
	r := &run{backend: p.backend, net: p.net, o: o, started: started, pictures: sha256.New(), programs: &p.programs}
	return r.transfer(ctx, content, styles)
}

// prepare finds out whether the programs are for these options, and makes room for those of another size.
func (p *Stylizer) prepare(o Options, content image.Image, styles []image.Image) error {
	form := fmt.Sprintf("optimiser %#v; range %s; tiles of %d; %d devices%s", o.Optimizer, o.Clip, o.Tile, max(1, o.Devices), o.lossForm())
	if p.compiled != "" && form != p.compiled {
		had, wanted := firstDifference(p.compiled, form)
		return fmt.Errorf("stylelib: the painter's programs are compiled for %s; for %s make another painter", had, wanted)
	}
	size := content.Bounds().Size().String()
	for _, style := range styles {
		size += style.Bounds().Size().String()
	}
	if len(p.sizes) == mostSizes && !p.sizes[size] {
		p.Finalize()
	}
	if p.sizes == nil {
		p.sizes = map[string]bool{}
	}
	p.sizes[size], p.compiled = true, form
	return nil
}

// firstDifference returns the first parts, of those that semicolons divide, in which two different forms differ.
func firstDifference(a, b string) (ofA, ofB string) {
	const end = "no more terms"
	as, bs := append(strings.Split(a, "; "), end), append(strings.Split(b, "; "), end)
	i := 0
	for as[i] == bs[i] {
		i++
	}
	return as[i], bs[i]
}

// lossForm says what a loss is made of, but for weights and pictures.
func (o *Options) lossForm() string {
	text := ""
	for _, term := range o.Terms {
		text += fmt.Sprintf("; %s: target %d, layers %v, %s, %s, %s, additive %t, masked %t %t", term.Name, term.Target, term.layers(),
			functionName(term.Describe), functionName(term.DescribeTarget), functionName(term.Compare), term.Additive, term.Mask != nil, term.targetMask() != nil)
	}
	return text
}

// Finalize frees what was compiled; the painter may be used again, with any options. The network's weights stay for others, see
// [vgg.Extractor.Finalize].
func (p *Stylizer) Finalize() {
	p.programs.finalize()
	p.sizes, p.compiled = nil, ""
}
