package stylelib

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"stylenet/stylelib/colour"
)

// StyleEnding is what the names of saved styles' files end in.
const StyleEnding = ".style"

// IsSavedStyle reports whether a file is a saved style by its name.
func IsSavedStyle(path string) bool { return strings.HasSuffix(strings.ToLower(path), StyleEnding) }

// styleHeader is all of a SavedStyle but its values.
type styleHeader struct {
	Network      string
	Descriptions []description
	Colours      colour.Moments
}

// styleKind is the kind of file that holds a SavedStyle; its header is read into h.
func styleKind(h *styleHeader) *arrayFile {
	return &arrayFile{magic: "StyleNet style 3\n", before: "StyleNet style 2\n", what: "style", lengths: func(text []byte, room int64) ([]int, error) {
		if err := json.Unmarshal(text, h); err != nil {
			return nil, err
		}
		return h.lengths(room)
	}}
}

// Save writes the saved style to a file, in place of what was there only once all is written.
func (s *SavedStyle) Save(path string) error {
	arrays := make([][]float32, len(s.descriptions))
	for i, d := range s.descriptions {
		arrays[i] = d.values
	}
	return styleKind(nil).save(path, styleHeader{s.network, s.descriptions, s.colours}, arrays)
}

// LoadStyle reads a file written by [SavedStyle.Save]. A file that is not one, or is damaged, is an error.
func LoadStyle(path string) (*SavedStyle, error) { return load(path, readStyle) }

func readStyle(r io.Reader, size int64) (*SavedStyle, error) {
	var header styleHeader
	arrays, err := styleKind(&header).read(r, size)
	if err != nil {
		return nil, err
	}
	for i := range header.Descriptions {
		header.Descriptions[i].values = arrays[i]
	}
	return &SavedStyle{header.Network, header.Descriptions, header.Colours}, nil
}

// lengths returns how many values each description has; there is room for so many bytes of them.
func (h *styleHeader) lengths(room int64) ([]int, error) {
	if len(h.Descriptions) == 0 {
		return nil, errors.New("its header describes no layer")
	}
	var list []int
	for _, d := range h.Descriptions {
		n := int64(1)
		for _, side := range d.Shape {
			if side < 1 || int64(side) > room/4/n {
				return nil, fmt.Errorf("%s of layer %s, %v, is too large for the file", d.Describe, d.Layer, d.Shape)
			}
			n *= int64(side)
		}
		list = append(list, int(n))
	}
	return list, nil
}
