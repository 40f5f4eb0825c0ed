package hdf5

import (
	"bytes"
	"io"

	"stylenet/weights/internal/array"
)

// maxRatio is how much longer than its deflated form data can be.
const maxRatio = 1032

// chunks is an array cut in boxes of one shape, each packed on its own.
type chunks struct {
	file     *file
	shape    []int
	box      []int
	boxCount int // values in a box
	tree     uint64
	filters  []uint16
	size     int // bytes of a value
}

// chunked reads the layout of a chunked array.
func (f *file) chunked(a *array.Array, data []byte, messages []message) error {
	rank := int(data[2]) - 1 // the value's size counts as one more axis
	if rank != len(a.Shape) || rank < 1 || len(data) < 11+4*(rank+1) {
		return array.Bad("chunks of %d axes for shape %v", rank, a.Shape).In(a.Name)
	}
	c := &chunks{file: f, shape: a.Shape, tree: little.Uint64(data[3:]), size: a.Type.Size()}
	for i := range rank {
		side := int(little.Uint32(data[11+4*i:]))
		if side < 1 || side > max(1, a.Shape[i]) {
			return array.Unsupported("chunks with a side of %d for shape %v", side, a.Shape).In(a.Name)
		}
		c.box = append(c.box, side)
	}
	limit := f.size * maxRatio / int64(c.size)
	count, err := array.Count(a.Shape, limit)
	if err != nil {
		return array.Within(err, a.Name)
	}
	if c.boxCount, err = array.Count(c.box, limit); err != nil {
		return array.Within(err, a.Name)
	}
	if m := find(messages, msgFilters); m != nil {
		if c.filters, err = filters(m.data); err != nil {
			return array.Within(err, a.Name)
		}
	}
	a.Open = func() (io.ReadCloser, error) {
		values, err := c.assemble(count)
		return io.NopCloser(bytes.NewReader(values)), err
	}
	return nil
}

// assemble unpacks all chunks into an array of count values.
func (c *chunks) assemble(count int) ([]byte, error) {
	out := make([]byte, count*c.size)
	wanted := 1
	for i, side := range c.box {
		wanted *= (c.shape[i] + side - 1) / side
	}
	f := *c.file // each reading has its own limit on structures
	f.left = maxStructures
	u := &unpacker{chunks: c}
	seen := 0
	err := f.chunkTree(c.tree, len(c.shape), 0, func(key []byte, address uint64) error {
		if seen++; seen > wanted {
			return array.Bad("more than the %d chunks there should be", wanted)
		}
		return c.place(out, u, key, address)
	})
	if err == nil && seen < wanted {
		err = array.Bad("%d of %d chunks are missing", wanted-seen, wanted)
	}
	return out, err
}

// chunkTree calls visit for each chunk with its key: its packed size, a mask of filters left out, and its place along
// each axis and within a value.
func (f *file) chunkTree(address uint64, rank, depth int, visit func(key []byte, address uint64) error) error {
	start, err := f.at(address, 24)
	if err != nil {
		return err
	}
	if string(start[:4]) != "TREE" || start[4] != 1 || depth > maxDepth {
		return array.Bad("%q at %#x, want a tree of chunks", start[:4], address)
	}
	level, count, keySize := start[5], int(little.Uint16(start[6:])), 8+8*(rank+1)
	entries, err := f.at(address+24, count*(keySize+8))
	if err != nil {
		return err
	}
	for ; len(entries) > 0; entries = entries[keySize+8:] {
		child := little.Uint64(entries[keySize:])
		if level > 0 {
			err = f.chunkTree(child, rank, depth+1, visit)
		} else {
			err = visit(entries[:keySize], child)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// place unpacks a chunk and copies it to its place in the array, row by row. Chunks reach over the array's end.
func (c *chunks) place(out []byte, u *unpacker, key []byte, address uint64) error {
	packed, mask := little.Uint32(key), little.Uint32(key[4:])
	box, err := u.unpack(address, int64(packed), mask)
	if err != nil {
		return err
	}
	offset := make([]int, len(c.shape))
	for i := range offset {
		at := little.Uint64(key[8+8*i:])
		if at >= uint64(c.shape[i]) || at%uint64(c.box[i]) != 0 {
			return array.Bad("a chunk at %d of an axis of %d in steps of %d", at, c.shape[i], c.box[i])
		}
		offset[i] = int(at)
	}
	c.copyBox(out, box, offset, 0, 0)
	return nil
}

// copyBox copies the part of a chunk below one place on each axis before the given one; at counts the array's values
// up to there.
func (c *chunks) copyBox(out, box []byte, offset []int, axis, at int) {
	at *= c.shape[axis]
	part := len(box) / c.box[axis]
	inside := min(c.box[axis], c.shape[axis]-offset[axis])
	if axis == len(c.shape)-1 {
		copy(out[(at+offset[axis])*c.size:], box[:inside*c.size])
		return
	}
	for i := range inside {
		c.copyBox(out, box[i*part:(i+1)*part], offset, axis+1, at+offset[axis]+i)
	}
}
