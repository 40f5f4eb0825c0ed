package stylelib

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// PaletteEnding is what the names of palettes' files end in.
const PaletteEnding = ".palette"

// IsPalette reports whether a file is a palette by its name.
func IsPalette(path string) bool { return strings.HasSuffix(strings.ToLower(path), PaletteEnding) }

// paletteHeader is all of a Palette but its values.
type paletteHeader struct {
	Sight, Sum string
	Parts      []palettePart
}

// paletteKind is the kind of file that holds a Palette; its header is read into h.
func paletteKind(h *paletteHeader) *arrayFile {
	return &arrayFile{magic: "StyleNet palette 1\n", what: "palette", lengths: func(text []byte, room int64) ([]int, error) {
		if err := json.Unmarshal(text, h); err != nil {
			return nil, err
		}
		return h.lengths(room)
	}}
}

// Save writes the palette to a file, in place of what was there only once all is written.
func (p *Palette) Save(path string) error {
	arrays := make([][]float32, len(p.parts))
	for i, part := range p.parts {
		arrays[i] = part.values
	}
	return paletteKind(nil).save(path, paletteHeader{p.sight, p.sum, p.parts}, arrays)
}

// LoadPalette reads a file written by [Palette.Save]. A file that is not one, or is damaged, is an error.
func LoadPalette(path string) (*Palette, error) { return load(path, readPalette) }

func readPalette(r io.Reader, size int64) (*Palette, error) {
	var header paletteHeader
	arrays, err := paletteKind(&header).read(r, size)
	if err != nil {
		return nil, err
	}
	for i := range header.Parts {
		header.Parts[i].values = arrays[i]
	}
	return &Palette{header.Sight, header.Sum, header.Parts}, nil
}

// lengths returns how many values each description has; there is room for so many bytes of them.
func (h *paletteHeader) lengths(room int64) ([]int, error) {
	if len(h.Parts) == 0 {
		return nil, errors.New("its header describes no layer")
	}
	var list []int
	for _, part := range h.Parts {
		n := int64(1)
		for _, side := range part.Shape {
			if side < 1 || int64(side) > room/4/n {
				return nil, fmt.Errorf("%s of layer %s, %v, is too large for the file", part.Describe, part.Layer, part.Shape)
			}
			n *= int64(side)
		}
		list = append(list, int(n))
	}
	return list, nil
}
