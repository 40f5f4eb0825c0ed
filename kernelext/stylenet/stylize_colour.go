//go:build cgo

package main

import (
	"fmt"
	"image"
	"maps"
	"os"
	"slices"
	"strings"

	"stylenet/stylelib"
	"stylenet/stylelib/colour"
	"stylenet/stylelib/picture"
)

// ownColours is the colour mode that changes nothing.
const ownColours = "style"

// colourModes are what -colour takes.
var colourModes = []string{ownColours, "keep", "match", "match-pca", "match-symmetric", "histogram", "transport"}

// colourUsage explains them.
const colourUsage = "`MODE` of colours: style, the style picture's; keep, the content's, painted in lightness alone (L* of CIELAB); " +
	"match, match-pca and match-symmetric, the style picture takes mean and covariance of the content's before, by Cholesky, " +
	"principal axes or the map that moves colours least; histogram, the result takes the content's histograms of red, green and " +
	"blue after; transport, it takes the content's colours after by optimal transport"

// colourSpaceUsage explains in what numbers they are matched.
const colourSpaceUsage = "`SPACE` in which -colour match… and transport work: codes (of sRGB) or light (linear)"

// colourSpaces are what -colour-space takes.
var colourSpaces = map[string]colour.Space{"codes": colour.SRGB, "light": colour.Linear}

// colourMatches are the modes that change the style picture's colours.
var colourMatches = map[string]colour.LinearMap{
	"match": colour.Cholesky, "match-pca": colour.PCA, "match-symmetric": colour.MongeKantorovich,
}

// checkColour finds what is wrong with -colour and -colour-space.
func (p *painting) checkColour() error {
	if !slices.Contains(colourModes, p.Colour) {
		return fmt.Errorf("no colour mode %q; there are %s", p.Colour, strings.Join(colourModes, ", "))
	}
	if _, ok := colourSpaces[p.ColourSpace]; !ok {
		return fmt.Errorf("no colour space %q; there are codes and light", p.ColourSpace)
	}
	return nil
}

// warn says what is doubtful about the colours of the input pictures; what cannot be read is for whoever opens it to say.
func (p *painting) warn() {
	files := p.files()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if info, err := picture.Inspect(files[name]); err == nil && info.Warning != "" {
			fmt.Fprintf(os.Stderr, "warning: the %s picture, %s: %s\n", name, files[name], info.Warning)
		}
	}
}

// colourBefore returns the content and the style pictures as they are painted from.
func (p *painting) colourBefore(content image.Image, styles []image.Image) (image.Image, []image.Image, error) {
	p.warn()
	from, changed := content, slices.Clone(styles)
	var err error
	if p.Colour == "keep" {
		if from, err = colour.Grey(content); err != nil {
			return nil, nil, err
		}
	}
	for i, style := range styles {
		if changed[i], err = p.colourStyle(style, content); err != nil {
			return nil, nil, err
		}
	}
	return from, changed, nil
}

// colourStyle returns a style picture as it is painted from.
func (p *painting) colourStyle(style, content image.Image) (image.Image, error) {
	if how, ok := colourMatches[p.Colour]; ok {
		return colour.Match(style, content, how, colourSpaces[p.ColourSpace])
	}
	if _, ok := style.(*stylelib.SavedStyle); ok || p.Colour != "keep" {
		return style, nil // what a palette's colours do to the painting is put right after
	}
	grey, err := colour.Grey(style)
	if err != nil {
		return nil, err
	}
	return colour.MatchLightness(grey, content)
}

// colourAfter returns a painted picture, finished or on its way, in the colours asked for. The content picture is the
// one that was opened, brought to the painted one's size.
func (p *painting) colourAfter(painted, content image.Image) (image.Image, error) {
	switch p.Colour {
	case "keep":
		size := painted.Bounds().Size()
		return colour.Keep(painted, picture.ResizeTo(content, size.X, size.Y))
	case "histogram":
		return colour.MatchHistograms(painted, content)
	case "transport":
		return colour.Transport(painted, content, colourSpaces[p.ColourSpace])
	}
	return painted, nil
}
