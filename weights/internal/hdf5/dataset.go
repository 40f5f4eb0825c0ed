package hdf5

import (
	"bytes"
	"io"
	"math"

	"stylenet/weights/internal/array"
)

// dataset reads what the messages of an array say about it.
func (f *file) dataset(path string, messages []message) (array.Array, error) {
	a := array.Array{Name: path}
	for _, kind := range []int{msgDataspace, msgDatatype, msgLayout} {
		if m := find(messages, kind); m == nil || m.shared {
			return a, array.Unsupported("no message of kind %d, or a shared one", kind).In(path)
		}
	}
	var err error
	if a.Shape, err = shape(find(messages, msgDataspace).data); err != nil {
		return a, array.Within(err, path)
	}
	if a.Type, a.BigEndian, err = datatype(find(messages, msgDatatype).data); err != nil {
		return a, array.Within(err, path)
	}
	unread := array.Unsupported("values that are no plain numbers").In(path)
	a.Open = func() (io.ReadCloser, error) { return nil, unread }
	if a.Type != array.Unknown { // texts and the like are an error once somebody asks for them
		err = f.layout(&a, messages)
	}
	return a, err
}

// shape reads a dataspace message.
func shape(data []byte) ([]int, error) {
	if len(data) < 4 {
		return nil, array.Bad("a dataspace of %d bytes", len(data))
	}
	rank, at := int(data[1]), 8
	if data[0] == 2 {
		at = 4
	}
	if rank > 32 || len(data) < at+8*rank {
		return nil, array.Bad("a dataspace of %d axes in %d bytes", rank, len(data))
	}
	sizes := make([]int, rank)
	for i := range sizes {
		size := little.Uint64(data[at+8*i:])
		if size > math.MaxInt32 {
			return nil, array.Bad("an axis of %d", size)
		}
		sizes[i] = int(size)
	}
	return sizes, nil
}

// The types of numbers by their size in bytes, those with a point by the bits of their exponent too.
var (
	floats = map[[2]uint32]array.Type{
		{2, 5}: array.Float16, {2, 8}: array.BFloat16, {4, 8}: array.Float32, {8, 11}: array.Float64}
	signeds   = map[uint32]array.Type{1: array.Int8, 2: array.Int16, 4: array.Int32, 8: array.Int64}
	unsigneds = map[uint32]array.Type{1: array.Uint8, 2: array.Uint16, 4: array.Uint32, 8: array.Uint64}
)

// datatype reads a datatype message. Other types than IEEE 754 numbers and whole numbers are unknown.
func datatype(data []byte) (t array.Type, bigEndian bool, err error) {
	if len(data) < 8 {
		return 0, false, array.Bad("a datatype of %d bytes", len(data))
	}
	const fixedPoint, floatingPoint, signed = 0, 1, 0x08
	size, bigEndian := little.Uint32(data[4:]), data[1]&1 != 0
	switch class := data[0] & 0x0f; {
	case class == floatingPoint && len(data) >= 16:
		t = floats[[2]uint32{size, uint32(data[13])}]
	case class == fixedPoint && data[1]&signed != 0:
		t = signeds[size]
	case class == fixedPoint:
		t = unsigneds[size]
	}
	return t, bigEndian, nil
}

// layout finds out where the values lie and lets the array open them.
func (f *file) layout(a *array.Array, messages []message) error {
	data := find(messages, msgLayout).data
	if len(data) < 4 {
		return array.Bad("a layout of %d bytes", len(data)).In(a.Name)
	}
	const compact, contiguous, chunked = 0, 1, 2
	version, class := data[0], data[1]
	switch {
	case version == 3 && class == chunked:
		return f.chunked(a, data, messages)
	case version != 3 && version != 4 || class > contiguous:
		return array.Unsupported("a layout of version %d and class %d; h5py writes version 3 unless libver is 'latest'", version, class).In(a.Name)
	}
	bytesOf := func(n int64) error {
		size := int64(a.Type.Size())
		count, err := array.Count(a.Shape, n/size)
		if err != nil || int64(count)*size != n {
			return array.Bad("shape %v of %v in %d bytes", a.Shape, a.Type, n).In(a.Name)
		}
		return nil
	}
	if class == compact {
		n := int(little.Uint16(data[2:]))
		if n > len(data)-4 {
			return array.Bad("%d bytes in a layout of %d", n, len(data)).In(a.Name)
		}
		a.Open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data[4 : 4+n])), nil }
		return bytesOf(int64(n))
	}
	if len(data) < 18 {
		return array.Bad("a layout of %d bytes", len(data)).In(a.Name)
	}
	address, n := little.Uint64(data[2:]), little.Uint64(data[10:])
	if room := uint64(f.size - f.base); n > room || address > room-n {
		return array.Bad("%d bytes at %#x in a file of %d", n, address, f.size).In(a.Name)
	}
	a.Open = array.At(f.r, f.base+int64(address), int64(n))
	return bytesOf(int64(n))
}
