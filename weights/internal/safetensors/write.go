package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
)

// Values is an array to be written.
type Values struct {
	Name  string
	Shape []int
	Data  []float32
}

// alignment is that of the data's start in the file, which XLA likes for its buffers.
const alignment = 64

// Write writes arrays and metadata. The data start at a multiple of 64 bytes.
func Write(w io.Writer, arrays []Values, metadata map[string]string) error {
	header := map[string]any{"__metadata__": metadata}
	at := int64(0)
	for _, a := range arrays {
		end := at + 4*int64(len(a.Data))
		header[a.Name] = entry{Type: "F32", Shape: a.Shape, Offsets: [2]int64{at, end}}
		at = end
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	text = append(text, bytes.Repeat([]byte(" "), -(8+len(text))&(alignment-1))...)
	if _, err := w.Write(append(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text...)); err != nil {
		return err
	}
	chunk := make([]byte, 0, 1<<18)
	for _, a := range arrays {
		for rest := a.Data; len(rest) > 0; {
			n := min(len(rest), cap(chunk)/4)
			if chunk, err = binary.Append(chunk[:0], binary.LittleEndian, rest[:n]); err != nil {
				return err
			}
			if _, err := w.Write(chunk); err != nil {
				return err
			}
			rest = rest[n:]
		}
	}
	return nil
}
