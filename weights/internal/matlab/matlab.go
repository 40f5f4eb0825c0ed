// Package matlab reads the arrays of MATLAB's files of version 5, compressed or not, as MATLAB itself and SciPy write
// them. (MATLAB's "MAT-File Format" describes them.) A compressed variable can be read from its start only, so the
// caller says on the way what is wanted and when to stop. Where it stops before the end, the checksum that is there is not
// compared.
package matlab

import (
	"bufio"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"

	"stylenet/weights/internal/array"
)

// Verdict is what the caller wants done with an array it is told about.
type Verdict int

// The verdicts.
const (
	Skip  Verdict = iota // pass over it and all in it
	Keep                 // return it; look into it where it is a cell or a struct
	Leave                // nothing more of the variable it lies in is wanted
)

// maxInflated is how much of a file's compressed variables is unpacked at most, so that a small file cannot keep us busy.
const maxInflated = 512 << 20

var errLeave = errors.New("leave")

// Read lists the arrays of numbers that are wanted, named by their path, such as "layers{3}.weights{1}". It asks
// want about every variable and whatever is in a variable, cell or struct that it wants. The values of compressed
// arrays are in memory afterwards, others are read from the file when they are asked for.
func Read(r io.ReaderAt, size int64, want func(name string, shape []int) Verdict) ([]array.Array, error) {
	order, err := byteOrder(r, size)
	if err != nil {
		return nil, err
	}
	var arrays []array.Array
	names, room := map[string]bool{}, int64(maxInflated)
	for position := int64(128); position < size; {
		tag, err := array.Bytes(r, size, position, 8)
		if err != nil {
			return nil, err
		}
		position += 8
		kind, length := order.Uint32(tag), int64(order.Uint32(tag[4:]))
		if length > size-position {
			return nil, array.Bad("a variable of %d bytes with %d left in the file", length, size-position)
		}
		w := &walker{want: want, order: order}
		switch kind {
		case miCompressed:
			room, err = w.compressed(io.NewSectionReader(r, position, length), room)
		case miMatrix:
			w.in = newPlain(r, position, length)
			err = w.matrix(length, "", 0)
		default:
			err = array.Bad("a variable of type %d, want %d or %d", kind, miMatrix, miCompressed)
		}
		if err != nil && err != errLeave {
			return nil, err
		}
		for _, a := range w.found {
			if names[a.Name] {
				return nil, array.Bad("there are two of them").In(a.Name)
			}
			names[a.Name] = true
		}
		arrays = append(arrays, w.found...)
		position += length
	}
	return arrays, nil
}

// byteOrder reads the file's header.
func byteOrder(r io.ReaderAt, size int64) (binary.ByteOrder, error) {
	header, err := array.Bytes(r, size, 0, 128)
	if err != nil {
		return nil, err
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(header[126:]) {
	case "IM":
	case "MI":
		order = binary.BigEndian
	default:
		return nil, array.Bad("no mark of the byte order: %q", header[126:])
	}
	if version := order.Uint16(header[124:]); version != 0x0100 {
		return nil, array.Unsupported("version %#x; 0x100 is read, which MATLAB's save writes with -v7", version)
	}
	return order, nil
}

// compressed walks a variable packed by zlib. There is room for so many bytes of it, and for so many less of the next one.
func (w *walker) compressed(r io.Reader, room int64) (left int64, err error) {
	unpacked, err := zlib.NewReader(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return room, array.Bad("a compressed variable: %v", err)
	}
	defer unpacked.Close()
	limited := &io.LimitedReader{R: unpacked, N: room}
	w.in = &packed{r: bufio.NewReaderSize(limited, 1<<16)}
	length := int64(8 + 1<<32) // the stream has no length of its own, its one element has
	e, err := w.element(&length)
	if err != nil {
		return limited.N, err
	}
	if e.kind != miMatrix {
		return limited.N, array.Bad("a compressed variable of type %d, want %d", e.kind, miMatrix)
	}
	err = w.matrix(e.length, "", 0)
	return limited.N, err
}
