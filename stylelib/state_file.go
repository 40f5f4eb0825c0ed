package stylelib

import (
	"encoding/json"
	"fmt"
	"io"

	"stylenet/stylelib/picture"
)

// stateHeader is all of a State but its values.
type stateHeader struct {
	State
	Values []int // how many the picture has, then each array of memory
}

const stateMagic = "StyleNet state 2\n"

// stateKind is the kind of file that holds a State; its header is read into h.
func stateKind(h *stateHeader) *arrayFile {
	return &arrayFile{magic: stateMagic, before: "StyleNet state 1\n", what: "state", lengths: func(text []byte, _ int64) ([]int, error) {
		if err := json.Unmarshal(text, h); err != nil {
			return nil, err
		}
		return h.Values, h.check()
	}}
}

// Save writes the state to a file, in place of what was there only once all is written.
func (s *State) Save(path string) error {
	header, arrays := s.apart()
	return stateKind(nil).save(path, header, arrays)
}

// apart returns a state's header and its values.
func (s *State) apart() (stateHeader, [][]float32) {
	header := stateHeader{State: *s}
	header.Picture, header.Memory = nil, nil
	arrays := append([][]float32{s.Picture}, s.Memory...)
	for _, values := range arrays {
		header.Values = append(header.Values, len(values))
	}
	return header, arrays
}

// LoadState reads a file written by [State.Save]. A file that is not one, or is damaged, is an error.
func LoadState(path string) (*State, error) { return load(path, readState) }

func readState(r io.Reader, size int64) (*State, error) {
	var header stateHeader
	arrays, err := stateKind(&header).read(r, size)
	if err != nil {
		return nil, err
	}
	state := &header.State
	state.Picture = arrays[0]
	if len(arrays) > 1 {
		state.Memory = arrays[1:]
	}
	return state, nil
}

// check returns an error if the header does not describe a state.
func (h *stateHeader) check() error {
	if h.Step < 0 || h.Height < 1 || h.Width < 1 || h.Height > picture.MaxPixels || h.Width > picture.MaxPixels || h.Picture != nil || h.Memory != nil {
		return fmt.Errorf("its header describes step %d of a %dx%d picture", h.Step, h.Width, h.Height)
	}
	if len(h.Values) == 0 || int64(h.Values[0]) != 3*int64(h.Height)*int64(h.Width) {
		return fmt.Errorf("a %dx%d picture does not have %d values", h.Width, h.Height, h.Values)
	}
	return nil
}
