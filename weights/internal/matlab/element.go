package matlab

import (
	"io"

	"stylenet/weights/internal/array"
)

// The types of data elements that are no numbers.
const (
	miMatrix     = 14
	miCompressed = 15
)

// numbers are the types of data elements that are.
var numbers = map[uint32]array.Type{
	1: array.Int8, 2: array.Uint8, 3: array.Int16, 4: array.Uint16, 5: array.Int32, 6: array.Uint32,
	7: array.Float32, 9: array.Float64, 12: array.Int64, 13: array.Uint64,
}

// element is a data element after its tag.
type element struct {
	kind    uint32
	length  int64  // bytes of data
	padding int64  // bytes after them
	small   []byte // the data of a small element, which lie in the tag
}

// element reads a tag, and takes the element off the bytes left in its parent.
func (w *walker) element(left *int64) (element, error) {
	var tag [8]byte
	if *left < 8 {
		return element{}, array.Bad("an element leaves the array it is in")
	}
	if _, err := io.ReadFull(w.in, tag[:]); err != nil {
		return element{}, array.Bad("an element: %v", err)
	}
	*left -= 8
	word := w.order.Uint32(tag[:])
	if length := int64(word >> 16); length != 0 {
		if length > 4 {
			return element{}, array.Bad("a small element of %d bytes", length)
		}
		return element{kind: word & 0xffff, length: length, small: tag[4 : 4+length]}, nil
	}
	e := element{kind: word, length: int64(w.order.Uint32(tag[4:]))}
	if e.length > *left {
		return e, array.Bad("an element of %d bytes with %d left in the array it is in", e.length, *left)
	}
	e.padding = min(-e.length&7, *left-e.length) // the last element of a variable may have none
	*left -= e.length + e.padding
	return e, nil
}

// header reads an element with facts about an array.
func (w *walker) header(left *int64) ([]byte, error) {
	e, err := w.element(left)
	if err != nil || e.small != nil {
		return e.small, err
	}
	if e.length > maxHeader {
		return nil, array.Bad("%d bytes for an array's name, shape or fields", e.length)
	}
	b := make([]byte, e.length)
	if _, err := io.ReadFull(w.in, b); err != nil {
		return nil, array.Bad("an array's header: %v", err)
	}
	return b, w.in.skip(e.padding)
}
