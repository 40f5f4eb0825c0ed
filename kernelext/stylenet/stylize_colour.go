//go:build cgo

package main

import (
	"fmt"
	"image"
	"maps"
	"os"
	"slices"

	"stylenet/stylelib"
	"stylenet/stylelib/colour"
	"stylenet/stylelib/picture"
)

// What -colour does to the pictures, before and after.

// styleColours is the colour mode that changes nothing.
const styleColours = "style"

// colourModes are what -colour takes.
var colourModes = []string{styleColours, "keep", "match", "match-pca", "match-monge-kantorovich", "histogram", "transport"}

// colourSpaces are what -colour-space takes.
var colourSpaces = map[string]colour.Space{"srgb": colour.SRGB, "linear": colour.Linear}

// colourMatches are the modes that change the style picture's colours.
var colourMatches = map[string]colour.LinearMap{
	"match": colour.Cholesky, "match-pca": colour.PCA, "match-monge-kantorovich": colour.MongeKantorovich,
}

// before returns the content and the style pictures as they are painted from.
func (c colourSettings) before(content image.Image, styles []image.Image) (image.Image, []image.Image, error) {
	from, changed := content, slices.Clone(styles)
	var err error
	if c.Mode == "keep" {
		if from, err = colour.Grey(content); err != nil {
			return nil, nil, err
		}
	}
	for i, style := range styles {
		if changed[i], err = c.style(style, content); err != nil {
			return nil, nil, err
		}
	}
	return from, changed, nil
}

// style returns a style picture as it is painted from.
func (c colourSettings) style(style, content image.Image) (image.Image, error) {
	if how, ok := colourMatches[c.Mode]; ok {
		return colour.Match(style, content, how, colourSpaces[c.Space])
	}
	if _, ok := style.(*stylelib.SavedStyle); ok || c.Mode != "keep" {
		return style, nil // what a saved style's colours do to the painting is put right after
	}
	grey, err := colour.Grey(style)
	if err != nil {
		return nil, err
	}
	return colour.MatchLightness(grey, content)
}

// after returns a painted picture, finished or on its way, in the colours asked for. The content picture is the one that was
// opened, brought to the painted one's size.
func (c colourSettings) after(painted, content image.Image) (image.Image, error) {
	switch c.Mode {
	case "keep":
		size := painted.Bounds().Size()
		return colour.Keep(painted, picture.ResizeTo(content, size.X, size.Y))
	case "histogram":
		return colour.MatchHistograms(painted, content)
	case "transport":
		return colour.Transport(painted, content, colourSpaces[c.Space])
	}
	return painted, nil
}

// warnOfColours says what is doubtful about the colours of files; what cannot be read is for whoever opens it to say.
func warnOfColours(files map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if info, err := picture.Inspect(files[name]); err == nil && info.Warning != "" {
			fmt.Fprintf(os.Stderr, "warning: the %s picture, %s: %s\n", name, files[name], info.Warning)
		}
	}
}
