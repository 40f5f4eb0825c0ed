package stylelib

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// PaletteEnding is what the names of palettes' files end in.
const StyleEnding = ".palette"

// IsPalette reports whether a file is a palette by its name.
func IsSavedStyle(path string) bool { return strings.HasSuffix(strings.ToLower(path), StyleEnding) }

// paletteHeader is all of a Palette but its values.
type styleHeader struct {
	Sight, Sum string
	Parts      []description
}

// paletteKind is the kind of file that holds a Palette; its header is read into h.
func styleKind(h *styleHeader) *arrayFile {
	return &arrayFile{magic: "StyleNet palette 1\n", what: "palette", lengths: func(text []byte, room int64) ([]int, error) {
		if err := json.Unmarshal(text, h); err != nil {
			return nil, err
		}
		return h.lengths(room)
	}}
}

// Save writes the palette to a file, in place of what was there only once all is written.
func (p *SavedStyle) Save(path string) error {
	arrays := make([][]float32, len(p.parts))
	for i, part := range p.parts {
		arrays[i] = part.values
	}
	return styleKind(nil).save(path, styleHeader{p.sight, p.sum, p.parts}, arrays)
}

// LoadPalette reads a file written by [SavedStyle.Save]. A file that is not one, or is damaged, is an error.
func LoadStyle(path string) (*SavedStyle, error) { return load(path, readStyle) }

func readStyle(r io.Reader, size int64) (*SavedStyle, error) {
	var header styleHeader
	arrays, err := styleKind(&header).read(r, size)
	if err != nil {
		return nil, err
	}
	for i := range header.Parts {
		header.Parts[i].values = arrays[i]
	}
	return &SavedStyle{header.Sight, header.Sum, header.Parts}, nil
}

// lengths returns how many values each description has; there is room for so many bytes of them.
func (h *styleHeader) lengths(room int64) ([]int, error) {
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
