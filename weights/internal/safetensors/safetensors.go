// Package safetensors reads and writes Hugging Face's format: eight bytes with a length, a header of that length in
// JSON, then the data.
package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"maps"
	"slices"

	"stylenet/weights/internal/array"
)

// maxHeader is the longest header the format allows.
const maxHeader = 100_000_000

// entry is what the header says about an array.
type entry struct {
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"` // from the end of the header
}

var types = map[string]array.Type{
	"F16": array.Float16, "BF16": array.BFloat16, "F32": array.Float32, "F64": array.Float64,
	"I8": array.Int8, "I16": array.Int16, "I32": array.Int32, "I64": array.Int64,
	"U8": array.Uint8, "U16": array.Uint16, "U32": array.Uint32, "U64": array.Uint64,
}

// Read lists the arrays of a file of the given size, ordered by their place in it, and returns the file's metadata.
func Read(r io.ReaderAt, size int64) ([]array.Array, map[string]string, error) {
	header, start, err := readHeader(r, size)
	if err != nil {
		return nil, nil, err
	}
	var metadata map[string]string
	if raw, ok := header["__metadata__"]; ok {
		if err := json.Unmarshal(raw, &metadata); err != nil {
			return nil, nil, array.Bad("metadata: %v", err)
		}
		delete(header, "__metadata__")
	}
	entries := map[string]entry{}
	for name, raw := range header {
		var e entry
		if err := json.Unmarshal(raw, &e); err != nil {
			return nil, nil, array.Within(err, name)
		}
		entries[name] = e
	}
	names := slices.SortedFunc(maps.Keys(entries), func(a, b string) int {
		return int(min(1, max(-1, entries[a].Offsets[0]-entries[b].Offsets[0])))
	})
	var arrays []array.Array
	for _, name := range names {
		a, err := locate(r, size-start, start, name, entries[name])
		if err != nil {
			return nil, nil, err
		}
		arrays = append(arrays, a)
	}
	return arrays, metadata, nil
}

// readHeader returns the header and the place where the data starts.
func readHeader(r io.ReaderAt, size int64) (map[string]json.RawMessage, int64, error) {
	b, err := array.Bytes(r, size, 0, 8)
	if err != nil {
		return nil, 0, err
	}
	length := binary.LittleEndian.Uint64(b)
	if length > maxHeader {
		return nil, 0, array.Bad("a header of %d bytes; the format allows %d", length, maxHeader)
	}
	if b, err = array.Bytes(r, size, 8, int64(length)); err != nil {
		return nil, 0, err
	}
	var header map[string]json.RawMessage
	if err := json.Unmarshal(b, &header); err != nil {
		return nil, 0, array.Bad("header: %v", err)
	}
	return header, 8 + int64(length), nil
}

// locate checks one entry against the size of the data and returns its array.
func locate(r io.ReaderAt, dataSize, start int64, name string, e entry) (array.Array, error) {
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin || end > dataSize {
		return array.Array{}, array.Bad("data at %v, but the file has %d bytes of it", e.Offsets, dataSize).In(name)
	}
	a := array.Array{Name: name, Shape: e.Shape, Type: types[e.Type], Open: array.At(r, start+begin, end-begin)}
	valueSize := int64(a.Type.Size())
	if valueSize == 0 { // a type that is not read here does no harm until somebody asks for the array
		return a, nil
	}
	count, err := array.Count(e.Shape, (end-begin)/valueSize)
	if err != nil || int64(count)*valueSize != end-begin {
		return array.Array{}, array.Bad("shape %v of %s does not fill the %d bytes given", e.Shape, e.Type, end-begin).In(name)
	}
	return a, nil
}
