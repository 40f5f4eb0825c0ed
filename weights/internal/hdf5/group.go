package hdf5

import (
	"bytes"

	"stylenet/weights/internal/array"
)

// links calls visit for each hard link of a group.
func (f *file) links(messages []message, path string, visit func(name string, address uint64) error) error {
	for _, m := range messages {
		var err error
		switch m.kind {
		case msgSymbolTable:
			if len(m.data) < 16 {
				return array.Bad("a symbol table of %d bytes", len(m.data)).In(path)
			}
			err = f.symbols(little.Uint64(m.data), little.Uint64(m.data[8:]), 0, visit)
		case msgLink:
			err = link(m.data, visit)
		case msgLinkInfo:
			if denseLinks(m.data) {
				err = array.Unsupported("a group of many links in a fractal heap; h5py writes simple ones unless libver is 'latest'").In(path)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// link reads a link message. Soft and external links are passed over.
func link(data []byte, visit func(name string, address uint64) error) error {
	short := array.Bad("a link of %d bytes", len(data))
	if len(data) < 2 {
		return short
	}
	flags, at, hard := data[1], 2, true
	if flags&0x08 != 0 {
		hard = len(data) > at && data[at] == 0
		at++
	}
	if flags&0x04 != 0 {
		at += 8 // the order of creation
	}
	if flags&0x10 != 0 {
		at++ // the character set
	}
	width := 1 << (flags & 3)
	if at+width > len(data) {
		return short
	}
	length := number(data[at : at+width])
	at += width
	if !hard {
		return nil
	}
	if length > uint64(len(data)) || at+int(length)+8 > len(data) {
		return short
	}
	name := data[at : at+int(length)]
	return visit(string(name), little.Uint64(data[at+len(name):]))
}

// denseLinks tells whether a link info message points to a fractal heap.
func denseLinks(data []byte) bool {
	at := 2
	if len(data) > 1 && data[1]&1 != 0 {
		at += 8 // the highest order of creation
	}
	return len(data) >= at+8 && little.Uint64(data[at:]) != undefined
}

// symbols walks a tree of symbol tables, whose names lie in a heap.
func (f *file) symbols(address, heap uint64, depth int, visit func(name string, address uint64) error) error {
	if depth > maxDepth {
		return array.Unsupported("a tree more than %d deep", maxDepth)
	}
	start, err := f.at(address, 24)
	if err != nil {
		return err
	}
	count := int(little.Uint16(start[6:]))
	switch string(start[:4]) {
	case "SNOD":
		return f.symbolTable(address+8, count, heap, visit)
	case "TREE":
		entries, err := f.at(address+24, 16*count+8) // key, child, key, child, …, key
		if err != nil {
			return err
		}
		for i := range count {
			if err := f.symbols(little.Uint64(entries[16*i+8:]), heap, depth+1, visit); err != nil {
				return err
			}
		}
		return nil
	}
	return array.Bad("%q at %#x, want a symbol table or a tree of them", start[:4], address)
}

// symbolTable reads a table's entries of 40 bytes each.
func (f *file) symbolTable(address uint64, count int, heap uint64, visit func(name string, address uint64) error) error {
	entries, err := f.at(address, 40*count)
	if err != nil {
		return err
	}
	names, err := f.heap(heap)
	if err != nil {
		return err
	}
	const softLink = 2
	for ; len(entries) > 0; entries = entries[40:] {
		if little.Uint32(entries[16:]) == softLink {
			continue
		}
		at := little.Uint64(entries)
		if at >= uint64(len(names)) {
			return array.Bad("a name at %d in a heap of %d bytes", at, len(names))
		}
		name, _, _ := bytes.Cut(names[at:], []byte{0})
		if err := visit(string(name), little.Uint64(entries[8:])); err != nil {
			return err
		}
	}
	return nil
}

// heap returns the contents of a local heap.
func (f *file) heap(address uint64) ([]byte, error) {
	b, err := f.at(address, 32)
	if err != nil {
		return nil, err
	}
	if string(b[:4]) != "HEAP" {
		return nil, array.Bad("%q at %#x, want a heap", b[:4], address)
	}
	return f.at(little.Uint64(b[24:]), int(min(little.Uint64(b[8:]), maxStructure+1)))
}
