package stylelib

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
)

// A state file is stateMagic, the length of the header (4 bytes), the header (JSON), the arrays' float32 values one
// after the other, and the SHA-256 of all that. Numbers are little-endian.
const (
	stateMagic      = "StyleNet state 1\n"
	maxStateHeader  = 1 << 20
	stateHeaderRoom = len(stateMagic) + 4
)

// stateHeader is all of a State but its values.
type stateHeader struct {
	State
	Values []int // how many the picture has, then each array of memory
}

// Save writes the state to a file, in place of what was there only once all is written.
func (s *State) Save(path string) error {
	if err := writeWhole(path, s.write); err != nil {
		return fmt.Errorf("stylelib: saving the state: %w", err)
	}
	return nil
}

// write writes a state file.
func (s *State) write(w io.Writer) error {
	header := stateHeader{State: *s}
	header.Picture, header.Memory = nil, nil
	arrays := append([][]float32{s.Picture}, s.Memory...)
	for _, values := range arrays {
		header.Values = append(header.Values, len(values))
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	if len(text) > maxStateHeader {
		return fmt.Errorf("the description of the loss has %d bytes; a state file has room for %d", len(text), maxStateHeader)
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	out.WriteString(stateMagic) // out keeps the first error for Flush
	binary.Write(out, binary.LittleEndian, uint32(len(text)))
	out.Write(text)
	for _, values := range arrays {
		for _, v := range values {
			out.Write(binary.LittleEndian.AppendUint32(out.AvailableBuffer(), math.Float32bits(v)))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// LoadState reads a file written by [State.Save]. A file that is not one, or is damaged, is an error.
func LoadState(path string) (*State, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("stylelib: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("stylelib: %w", err)
	}
	state, err := readState(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("stylelib: %s: %w", path, err)
	}
	return state, nil
}

// readState reads a state file of size bytes. No more is allocated than the size allows.
func readState(r io.Reader, size int64) (*State, error) {
	damaged := func(what string) error { return errors.New("the state is damaged: " + what) }
	sum := sha256.New()
	in := bufio.NewReaderSize(r, 1<<16)
	start := make([]byte, stateHeaderRoom)
	if _, err := io.ReadFull(in, start); err != nil || !bytes.HasPrefix(start, []byte(stateMagic)) {
		return nil, errors.New("not a state saved by StyleNet")
	}
	sum.Write(start)
	length := int64(binary.LittleEndian.Uint32(start[len(stateMagic):]))
	rest := size - int64(stateHeaderRoom) - length - sha256.Size // for the values
	if length > maxStateHeader || rest < 0 {
		return nil, damaged(fmt.Sprintf("its header claims %d bytes of a file of %d", length, size))
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(in, text); err != nil {
		return nil, damaged("it ends early")
	}
	sum.Write(text)
	var header stateHeader
	if err := json.Unmarshal(text, &header); err != nil {
		return nil, damaged(err.Error())
	}
	if err := header.check(rest); err != nil {
		return nil, damaged(err.Error())
	}
	state := &header.State
	for i, n := range header.Values {
		values, err := readValues(in, sum, n)
		if err != nil {
			return nil, damaged("it ends early")
		}
		if i == 0 {
			state.Picture = values
		} else {
			state.Memory = append(state.Memory, values)
		}
	}
	end := make([]byte, sha256.Size)
	if _, err := io.ReadFull(in, end); err != nil || !bytes.Equal(end, sum.Sum(nil)) {
		return nil, damaged("its checksum is wrong")
	}
	return state, nil
}

// check returns an error if the header does not describe a state whose values fill so many bytes.
func (h *stateHeader) check(bytes int64) error {
	total := bytes / 4
	if h.Step < 0 || h.Height < 1 || h.Width < 1 || h.Height > maxPixels || h.Width > maxPixels || h.Picture != nil || h.Memory != nil {
		return fmt.Errorf("its header describes step %d of a %dx%d picture", h.Step, h.Width, h.Height)
	}
	if len(h.Values) == 0 || int64(h.Values[0]) != 3*int64(h.Height)*int64(h.Width) {
		return fmt.Errorf("a %dx%d picture does not have %d values", h.Width, h.Height, h.Values)
	}
	for _, n := range h.Values {
		if n < 0 || int64(n) > total {
			return fmt.Errorf("an array of %d values is too long for the file", n)
		}
		total -= int64(n)
	}
	if total != 0 || bytes%4 != 0 {
		return fmt.Errorf("its values do not fill the file's %d bytes for them", bytes)
	}
	return nil
}

// readValues reads n values and adds their bytes to a checksum.
func readValues(r io.Reader, sum hash.Hash, n int) ([]float32, error) {
	values := make([]float32, n)
	chunk := make([]byte, 1<<16)
	for left := values; len(left) > 0; {
		part := chunk[:4*min(len(left), len(chunk)/4)]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		sum.Write(part)
		for i := range len(part) / 4 {
			left[i] = math.Float32frombits(binary.LittleEndian.Uint32(part[4*i:]))
		}
		left = left[len(part)/4:]
	}
	return values, nil
}
