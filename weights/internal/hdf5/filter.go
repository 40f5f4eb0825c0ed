package hdf5

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"slices"

	"stylenet/weights/internal/array"
)

// The filters that are undone.
const (
	filterDeflate = 1
	filterShuffle = 2
)

// filters reads which filters were applied, in order.
func filters(data []byte) ([]uint16, error) {
	short := array.Bad("a message of filters of %d bytes", len(data))
	if len(data) < 2 {
		return nil, short
	}
	version, count, at := data[0], int(data[1]), 2
	if version == 1 {
		at = 8
	}
	var list []uint16
	for range count {
		if at+8 > len(data) {
			return nil, short
		}
		filter, name, values := little.Uint16(data[at:]), 0, 0
		if version == 1 || filter >= 256 {
			name, values, at = int(little.Uint16(data[at+2:])), int(little.Uint16(data[at+6:])), at+8
		} else { // version 2 leaves the names of the format's own filters out
			values, at = int(little.Uint16(data[at+4:])), at+6
		}
		if version == 1 {
			name, values = (name+7)/8*8, values+values%2
		}
		at += name + 4*values
		if filter != filterDeflate && filter != filterShuffle {
			return nil, array.Unsupported("filter %d; gzip (1) and shuffle (2) are undone", filter)
		}
		list = append(list, filter)
	}
	return list, nil
}

// unpacker undoes the filters of one chunk after another, in the same memory.
type unpacker struct {
	*chunks
	packed     []byte
	last, next []byte // what the last filter has left, and room for what the next one will
	source     bytes.Reader
	zlib       io.ReadCloser
}

// unpack reads a chunk and undoes the filters, the last one first. What it returns holds until the next call.
func (u *unpacker) unpack(address uint64, packed int64, mask uint32) ([]byte, error) {
	if room := uint64(u.file.size - u.file.base); address > room || uint64(packed) > room-address {
		return nil, array.Bad("a chunk of %d bytes at %#x in a file of %d", packed, address, u.file.size)
	}
	want := u.boxCount * u.size
	u.packed = slices.Grow(u.packed[:0], int(packed))[:packed]
	data := u.packed
	if _, err := io.ReadFull(io.NewSectionReader(u.file.r, u.file.base+int64(address), packed), data); err != nil {
		return nil, array.Bad("a chunk at %#x: %v", address, err)
	}
	for i := len(u.filters) - 1; i >= 0; i-- {
		if mask>>i&1 != 0 {
			continue
		}
		if u.filters[i] == filterShuffle {
			data = u.unshuffle(data)
			continue
		}
		var err error
		if data, err = u.inflate(data, want); err != nil {
			return nil, array.Bad("a chunk: %v", err)
		}
	}
	if len(data) != want {
		return nil, array.Bad("a chunk of %d bytes, want %d", len(data), want)
	}
	return data, nil
}

// room returns n bytes that a filter may fill while it reads what the one before has left.
func (u *unpacker) room(n int) []byte {
	u.last, u.next = slices.Grow(u.next[:0], n)[:n], u.last
	return u.last
}

// inflate unpacks exactly as many bytes as are wanted, and compares the checksum at the end.
func (u *unpacker) inflate(data []byte, want int) ([]byte, error) {
	u.source.Reset(data)
	var err error
	if u.zlib == nil {
		u.zlib, err = zlib.NewReader(&u.source)
	} else {
		err = u.zlib.(zlib.Resetter).Reset(&u.source, nil)
	}
	if err != nil {
		return nil, err
	}
	out := u.room(want)
	if _, err := io.ReadFull(u.zlib, out); err != nil {
		return nil, err
	}
	var beyond [1]byte
	if n, err := u.zlib.Read(beyond[:]); n > 0 || err != io.EOF {
		return nil, fmt.Errorf("more than %d bytes, or a wrong checksum: %w", want, err)
	}
	return out, nil
}

// unshuffle puts the bytes of each value together again: first bytes of all, second bytes of all, … come in.
func (u *unpacker) unshuffle(data []byte) []byte {
	out, count := u.room(len(data)), len(data)/u.size
	for k := range u.size {
		lane := data[k*count : (k+1)*count]
		for i, at := 0, k; i < len(lane) && at < len(out); i, at = i+1, at+u.size {
			out[at] = lane[i]
		}
	}
	copy(out[count*u.size:], data[count*u.size:])
	return out
}
