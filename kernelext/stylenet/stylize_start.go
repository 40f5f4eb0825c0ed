//go:build cgo

package main

import (
	"fmt"
	"image"
	"os"
	"slices"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

const (
	initUsage = "start from content, noise, style (the first style picture, cut to size), mixed (content and noise, see -noise), or a " +
		"picture `FILE`; none: content, or noise where one of content and style is missing"
	noiseUsage = "`SHARE` of the noise that -init mixed starts from, 0 to 1"
)

// starts are the words that -init takes beside files.
var starts = []string{"content", "noise", "style", "mixed"}

// settle gives what is asked for its defaults: a style alone becomes a texture, a content alone what its layers have kept.
func (p *painting) settle() {
	alone := p.Content == "" || len(p.Style) == 0
	if p.Init == "" {
		p.Init = "content"
		if alone {
			p.Init = "noise"
		}
	}
	if p.Content == "" {
		p.ContentLayers = nil
	}
	if len(p.Style) == 0 {
		p.StyleLayers = nil
	}
	if !alone || p.again != "" || p.Preset != "" {
		return
	}
	if !p.given["optimizer"] {
		p.Optimizer = "lbfgs"
	}
	if len(p.Style) == 0 && !p.given["content-weight"] {
		p.ContentWeight = 100
	}
}

// findSample puts its file in the place of a sample photograph's name.
func (p *painting) findSample() {
	if _, err := os.Stat(p.Content); p.Content == "" || err == nil {
		return
	}
	if file, err := picture.Sample(p.Content); err == nil {
		p.Content = file
	}
}

// complete gives the picture that a recipe did without, where flags name one now, the layers and the start that it would have
// had.
func (p *painting) complete(recipe *painting) error {
	content, style := recipe.Content == "" && p.Content != "", len(recipe.Style) == 0 && len(p.Style) > 0
	if !content && !style {
		return nil
	}
	usual := standardPainting()
	if usual.Preset = p.Preset; p.Preset != "" {
		if err := usual.usePreset(); err != nil {
			return err
		}
	}
	if content && !p.given["content-layers"] {
		p.ContentLayers = usual.ContentLayers
	}
	if style && !p.given["style-layers"] {
		p.StyleLayers = usual.StyleLayers
	}
	if style && !p.given["content-weight"] {
		p.ContentWeight = usual.ContentWeight
	}
	if !p.given["init"] {
		p.Init = usual.Init
	}
	return nil
}

// checkStart finds what is wrong with -init.
func (p *painting) checkStart() error {
	switch {
	case p.Content == "" && (p.Init == "content" || p.Init == "mixed"):
		return fmt.Errorf("-init %s needs a content picture", p.Init)
	case p.Init == "style" && len(p.Style) == 0:
		return fmt.Errorf("-init style needs a style picture")
	case p.Content == "" && p.Size < 1:
		return fmt.Errorf("a texture is as large as -size says; it must be at least 1, found %d", p.Size)
	case p.Content == "" && p.Colour != ownColours:
		return fmt.Errorf("-colour %s is about the content picture; there is none", p.Colour)
	}
	if p.OwnPadding != "" {
		_, err := weights.ParsePadding(p.OwnPadding)
		return err
	}
	return nil
}

// openContent opens the content picture; where there is none it is empty, a square.
func (p *painting) openContent() (image.Image, error) {
	if p.Content == "" {
		size := image.Pt(p.Size, p.Size)
		if err := picture.CheckSize(size); err != nil {
			return nil, err
		}
		return image.NewGray(image.Rectangle{Max: size}), nil
	}
	return picture.Open(p.Content, p.Size)
}

// start returns the picture to start from; a file's is scaled to the content's size.
func (p *painting) start(preset *preset.Preset, in pictures) (stylelib.Start, error) {
	size := in.content.Bounds().Size()
	switch p.Init {
	case "content":
		return stylelib.Start{}, nil
	case "style":
		return stylelib.FromPicture(picture.Cover(in.styles[0], size.X, size.Y)), nil
	case "mixed":
		return stylelib.FromMixed(p.Noise, p.Seed), nil
	case "noise":
		if preset != nil {
			return preset.Noise(p.Seed), nil
		}
		return stylelib.FromNoise(p.Seed), nil
	}
	img, err := picture.Open(p.Init, 0)
	if err != nil {
		return stylelib.Start{}, err
	}
	return stylelib.FromPicture(picture.ResizeTo(img, size.X, size.Y)), nil
}

// pad gives the network the padding asked for.
func (p *painting) pad(net *vgg.Extractor) error {
	if p.OwnPadding == "" {
		return nil
	}
	padding, err := weights.ParsePadding(p.OwnPadding)
	if padding != net.Padding {
		net.Padding, net.Paddings = padding, nil
	}
	return err
}

// startsFromFile reports whether -init names a file.
func (p *painting) startsFromFile() bool { return !slices.Contains(starts, p.Init) }
