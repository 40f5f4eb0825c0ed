// Package hdf5 reads the arrays of HDF5 files as h5py writes them by default: groups with symbol tables or compact
// links, data in one piece or in chunks that may be shuffled and packed by gzip. Names in comments are those of the
// "HDF5 File Format Specification".
package hdf5

import (
	"encoding/binary"
	"io"
	"math"

	"stylenet/weights/internal/array"
)

var little = binary.LittleEndian

// undefined is the address of what is not in the file.
const undefined = math.MaxUint64

// file is an open file.
type file struct {
	r    io.ReaderAt
	size int64
	base int64 // that all addresses count from
	left int   // bytes of structures that may still be read, so that a ring of them comes to an end
}

// The limits on structures, far above what any network needs: the file of a VGG-19 has some 60 kB of them.
const (
	maxStructures = 64 << 20 // bytes of all
	maxStructure  = 1 << 20  // bytes of one
	structureCost = 256      // that each counts at least
	maxDepth      = 8        // of groups and trees
)

// at returns n bytes of a structure.
func (f *file) at(address uint64, n int) ([]byte, error) {
	if f.left -= max(n, structureCost); f.left < 0 || n > maxStructure {
		return nil, array.Unsupported("more structures than a network needs, or structures that go round in a ring")
	}
	if address > math.MaxInt64/2 {
		return nil, array.Bad("a structure at %#x", address)
	}
	return array.Bytes(f.r, f.size, f.base+int64(address), int64(n))
}

// Read lists the arrays of a file of the given size, named by their path, such as "layer/kernel:0".
func Read(r io.ReaderAt, size int64) ([]array.Array, error) {
	f := &file{r: r, size: size, left: maxStructures}
	root, err := f.superblock()
	if err != nil {
		return nil, err
	}
	var arrays []array.Array
	err = f.walk(root, "", 0, &arrays)
	return arrays, err
}

// superblock reads the file's first structure and returns the address of the root group.
func (f *file) superblock() (uint64, error) {
	b, err := f.at(0, 48)
	if err != nil {
		return 0, err
	}
	offsetSize, lengthSize, base, root := b[13], b[14], 24, 24+32+8 // of version 0
	switch version := b[8]; version {
	case 0:
	case 1:
		base, root = base+4, root+4
	case 2, 3:
		offsetSize, lengthSize, base, root = b[9], b[10], 12, 12+24
	default:
		return 0, array.Unsupported("a superblock of version %d; 0 to 3 are read", version)
	}
	if offsetSize != 8 || lengthSize != 8 {
		return 0, array.Unsupported("addresses of %d and lengths of %d bytes; 8 are read", offsetSize, lengthSize)
	}
	if b, err = f.at(0, root+8); err != nil {
		return 0, err
	}
	start := little.Uint64(b[base:])
	if start > uint64(f.size) {
		return 0, array.Bad("a base address of %#x in a file of %d bytes", start, f.size)
	}
	f.base = int64(start)
	return little.Uint64(b[root:]), nil
}

// walk collects the arrays at and below the object at an address.
func (f *file) walk(address uint64, path string, depth int, arrays *[]array.Array) error {
	if depth > maxDepth {
		return array.Unsupported("groups more than %d deep", maxDepth).In(path)
	}
	messages, err := f.header(address)
	if err != nil {
		return err
	}
	if find(messages, msgLayout) != nil {
		a, err := f.dataset(path, messages)
		if err == nil {
			*arrays = append(*arrays, a)
		}
		return err
	}
	return f.links(messages, path, func(name string, address uint64) error {
		if path != "" {
			name = path + "/" + name
		}
		return f.walk(address, name, depth+1, arrays)
	})
}
