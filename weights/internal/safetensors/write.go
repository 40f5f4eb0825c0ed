package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
)

// Values is an array to be written.
type Values struct {
	Name  string
	Shape []int
	Data  []float32
	Half  bool // as float16, rounded to the nearest; else as it is
}

// size returns how many bytes a value takes, and the name of its type.
func (v Values) size() (int64, string) {
	if v.Half {
		return 2, "F16"
	}
	return 4, "F32"
}

// Encode writes the array's bytes.
func (v Values) Encode(w io.Writer) error {
	chunk := make([]byte, 0, 1<<18)
	for rest := v.Data; len(rest) > 0; {
		n := min(len(rest), cap(chunk)/4)
		chunk = chunk[:0]
		for _, x := range rest[:n] {
			if v.Half {
				chunk = binary.LittleEndian.AppendUint16(chunk, half(x))
			} else {
				chunk = binary.LittleEndian.AppendUint32(chunk, math.Float32bits(x))
			}
		}
		if _, err := w.Write(chunk); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// half returns the float16 nearest to a number, of two equally near the even one.
func half(x float32) uint16 {
	sign := uint16(math.Float32bits(x) >> 16 & 0x8000)
	switch size := math.Abs(float64(x)); {
	case x != x:
		return 0x7e00
	case size >= 65520: // nearer to 65536 than to the largest, 65504
		return sign | 0x7c00
	case size < 1./(1<<14): // a multiple of the smallest, 2^-24
		return sign | uint16(math.RoundToEven(size*(1<<24)))
	}
	bits := math.Float32bits(x) & 0x7fffffff
	bits += 0xfff + bits>>13&1 // rounds the 13 bits that go
	return sign | uint16((bits-112<<23)>>13)
}

// alignment is that of the data's start in the file, which XLA likes for its buffers.
const alignment = 64

// Write writes arrays and metadata. The data start at a multiple of 64 bytes.
func Write(w io.Writer, arrays []Values, metadata map[string]string) error {
	header := map[string]any{"__metadata__": metadata}
	at := int64(0)
	for _, a := range arrays {
		size, name := a.size()
		end := at + size*int64(len(a.Data))
		header[a.Name] = entry{Type: name, Shape: a.Shape, Offsets: [2]int64{at, end}}
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
	for _, a := range arrays {
		if err := a.Encode(w); err != nil {
			return err
		}
	}
	return nil
}
