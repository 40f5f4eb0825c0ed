//go:build cgo

package main

import (
	"image"
	"reflect"
	"strings"
	"testing"

	"stylenet/stylelib"
	"stylenet/stylelib/optim"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// optionsOf returns what a stylizer is told by these flags of stylize, with a content and a style picture unless they are taken away.
func optionsOf(t *testing.T, args ...string) (*settings, stylelib.Options) {
	t.Helper()
	s, _, err := parseSettings([]string{"-content", ourPicture("waves"), "-style", ourPicture("mosaic")}, args)
	if err != nil {
		t.Fatal(err)
	}
	p := &painting{asked: s}
	if p.preset, err = s.preset(); err != nil {
		t.Fatal(err)
	}
	p.in = pictures{content: image.NewGray(image.Rect(0, 0, 12, 8)), styles: []image.Image{image.NewGray(image.Rect(0, 0, 20, 20))}}
	o, err := p.options()
	if err != nil {
		t.Fatal(err)
	}
	return s, o
}

// Without flags stylize paints as the library does by default, coarse to fine.
func TestStylizeDefaults(t *testing.T) {
	s, o := optionsOf(t)
	want := stylelib.Defaults(true, true)
	if o.Steps != want.Steps || !reflect.DeepEqual(o.Optimizer, want.Optimizer) || o.Start != want.Start || len(o.Terms) != len(want.Terms) {
		t.Errorf("options %+v, want %+v", o, want)
	}
	for i, term := range o.Terms {
		if term.Weight != want.Terms[i].Weight || !reflect.DeepEqual(term.Layers, want.Terms[i].Layers) {
			t.Errorf("term %s is %+v, want %+v", term.Name, term, want.Terms[i])
		}
	}
	if s.pictures.Size != 512 || s.network.Pooling != "" {
		t.Errorf("%d pixels, pooling %q", s.pictures.Size, s.network.Pooling)
	}
	content, style, start := "-content "+ourPicture("waves"), " -style "+ourPicture("mosaic"), " -init "+ourPicture("meadow")
	for args, want := range map[string]bool{
		content + style: true, content + style + " -pyramid=false": false, content: false, style: true, content + style + " -init noise": true,
		content + style + " -preset gatys": false, content + style + start: false, content + style + start + " -pyramid": true,
	} {
		if s, _, err := parseSettings(strings.Fields(args)); err != nil || s.run.Pyramid != want {
			t.Errorf("%s: pyramid %t, error %v, want %t", args, s.run.Pyramid, err, want)
		}
	}
}

// The learning rate and its decay reach Adam.
func TestStylizeRate(t *testing.T) {
	for args, want := range map[string]optim.Optimizer{
		"":                            optim.LBFGS{},
		"-optimizer adam":             optim.Adam{LearningRate: 0.05, Decay: 0.995},
		"-optimizer adam -lr 0.2":     optim.Adam{LearningRate: 0.2, Decay: 0.995},
		"-optimizer adam -lr-decay 1": optim.Adam{LearningRate: 0.05, Decay: 1},
		"-lr-decay 0.9 -optimizer adam -preset gatys": optim.Adam{LearningRate: 0.05, Decay: 0.9},
	} {
		if _, o := optionsOf(t, strings.Fields(args)...); !reflect.DeepEqual(o.Optimizer, want) {
			t.Errorf("%q: %+v, want %+v", args, o.Optimizer, want)
		}
	}
	for args, want := range map[string]string{
		"-lr 0.1":                        "add -optimizer adam",
		"-lr-decay 0.9":                  "add -optimizer adam",
		"-preset seed -lr-decay 0.9":     "a preset's own optimiser has its own schedule",
		"-optimizer adam -lr-decay 0":    "-lr-decay is above 0 and at most 1, found 0",
		"-optimizer adam -lr-decay 1.01": "-lr-decay is above 0 and at most 1, found 1.01",
		"-optimizer adam -lr-decay NaN":  "-lr-decay is above 0 and at most 1, found NaN",
	} {
		_, _, err := parseSettings([]string{"-content", "a", "-style", "b"}, strings.Fields(args))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", args, err, want)
		}
	}
}

// Without -pooling a network is run with its own, by a preset too.
func TestStylizePooling(t *testing.T) {
	averaging := &weights.Network{AveragePooling: true}
	for args, want := range map[string]vgg.Pooling{
		"": vgg.AveragePooling, "-pooling max": vgg.MaxPooling, "-pooling avg-rescaled": vgg.RescaledPooling,
		"-preset gatys": vgg.AveragePooling, "-preset gatys -pooling=": vgg.AveragePooling, "-preset gatys -pooling max": vgg.MaxPooling,
	} {
		s, _ := optionsOf(t, strings.Fields(args)...)
		preset, err := s.preset()
		if err != nil {
			t.Fatal(err)
		}
		net, err := s.network.extractor(preset, averaging)
		if err != nil || net.Pooling != want {
			t.Errorf("%q: %v, error %v, want %v", args, net.Pooling, err, want)
		}
	}
}

// Every word of -init is a start; a file's picture is scaled to the content's size.
func TestStylizeInit(t *testing.T) {
	style := picture.Cover(image.NewGray(image.Rect(0, 0, 20, 20)), 12, 8)
	for args, want := range map[string]stylelib.Start{
		"":                                stylelib.FromColours(),
		"-init=":                          stylelib.FromColours(),
		"-init colour":                    stylelib.FromColours(),
		"-init content":                   stylelib.FromContent(),
		"-init noise -seed 4":             stylelib.FromNoise(4),
		"-init style":                     stylelib.FromPicture(style),
		"-init mixed -noise 0.25 -seed 4": stylelib.FromMixed(0.25, 4),
		"-init " + ourPicture("meadow"):   stylelib.FromPicture(picture.ResizeTo(mustOpen(t, ourPicture("meadow")), 12, 8)),
		"-preset gatys":                   stylelib.FromContent(),
		"-preset gatys -init colour":      stylelib.FromColours(),
	} {
		if _, o := optionsOf(t, strings.Fields(args)...); !reflect.DeepEqual(o.Start, want) {
			t.Errorf("%q: start %+v, want %+v", args, o.Start, want)
		}
	}
	if len(startWords) != 5 {
		t.Errorf("the words are %q; five are tested here", startWords)
	}
	for args, want := range map[string]string{"-content a -init colour": "-init colour needs a style picture", "-style b -init colour": "-init colour needs a content picture",
		"-style b -init content": "-init content needs a content picture"} {
		if _, _, err := parseSettings(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", args, err, want)
		}
	}
}

// The decay is in the recipe, and a run by it is repeated.
func TestRecipeOfDecay(t *testing.T) {
	painted := stylizeSmall(t, "-optimizer", "adam", "-lr-decay", "0.5", "-init", "content") + "/out.png"
	r, err := readRecipe(painted)
	if err != nil {
		t.Fatal(err)
	}
	if o := r.Options; o.run.Decay != 0.5 || o.run.Optimizer != "adam" || o.start.Init != "content" || r.Format != 3 {
		t.Errorf("recipe %+v of %+v", r, o)
	}
	other, err := readRecipe(stylizeSmall(t, "-optimizer", "adam", "-lr-decay", "1", "-init", "content") + "/out.png")
	if err != nil || other.Loss == r.Loss || other.Options.identity(r.SHA256) == r.Options.identity(r.SHA256) {
		t.Errorf("another decay: loss %g, error %v, want another than %g, and another identity", other.Loss, err, r.Loss)
	}
}
