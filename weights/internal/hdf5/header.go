package hdf5

import "stylenet/weights/internal/array"

// The kinds of messages that are looked at.
const (
	msgDataspace    = 0x01
	msgLinkInfo     = 0x02
	msgDatatype     = 0x03
	msgLink         = 0x06
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgContinuation = 0x10
	msgSymbolTable  = 0x11
)

// message is one fact about an object.
type message struct {
	kind   int
	shared bool // its data lie elsewhere
	data   []byte
}

// find returns the first message of a kind, nil where there is none.
func find(messages []message, kind int) *message {
	for i := range messages {
		if messages[i].kind == kind {
			return &messages[i]
		}
	}
	return nil
}

// block is a run of messages.
type block struct {
	address uint64
	size    uint64
}

// header reads the messages of the object at an address.
func (f *file) header(address uint64) ([]message, error) {
	start, err := f.at(address, 16)
	if err != nil {
		return nil, err
	}
	version, first, tag := int(start[0]), block{address + 16, uint64(little.Uint32(start[8:]))}, 8
	if string(start[:4]) == "OHDR" {
		version = int(start[4])
		if first, tag, err = f.secondHeader(address, start[5]); err != nil {
			return nil, err
		}
	}
	if version != 1 && version != 2 {
		return nil, array.Bad("an object header of version %d at %#x", version, address)
	}
	var messages []message
	for blocks := []block{first}; len(blocks) > 0; blocks = blocks[1:] {
		data, err := f.at(blocks[0].address, int(min(blocks[0].size, maxStructure+1)))
		if err != nil {
			return nil, err
		}
		for len(data) >= tag {
			m := firstMessage(data, tag)
			end := tag + len(m.data)
			if m.data == nil {
				break // a gap too short for a message, or one that leaves the block
			}
			if m.kind == msgContinuation && len(m.data) >= 16 {
				blocks = append(blocks, continuation(m.data, version))
			}
			messages = append(messages, m)
			data = data[end:]
		}
	}
	return messages, nil
}

// secondHeader reads the rest of the start of a header of version 2. It returns the first run of messages and the
// bytes each has before its data.
func (f *file) secondHeader(address uint64, flags byte) (block, int, error) {
	at, tag := address+6, 4
	if flags&0x20 != 0 {
		at += 16 // times
	}
	if flags&0x10 != 0 {
		at += 4 // bounds for attributes
	}
	if flags&0x04 != 0 {
		tag += 2 // the order of creation
	}
	width := 1 << (flags & 3)
	size, err := f.at(at, width)
	return block{at + uint64(width), number(size)}, tag, err
}

// number reads a little-endian number of up to 8 bytes.
func number(b []byte) uint64 {
	var wide [8]byte
	copy(wide[:], b)
	return little.Uint64(wide[:])
}

// firstMessage reads the first of a run of messages, each with a tag of the given length. Without room for it there
// are no data.
func firstMessage(run []byte, tag int) message {
	m, size := message{kind: int(run[0]), shared: run[3]&2 != 0}, int(little.Uint16(run[1:]))
	if tag == 8 { // version 1
		m, size = message{kind: int(little.Uint16(run)), shared: run[4]&2 != 0}, int(little.Uint16(run[2:]))
	}
	if size <= len(run)-tag {
		m.data = run[tag : tag+size]
	}
	return m
}

// continuation returns the run of messages that another one points to.
func continuation(data []byte, version int) block {
	b := block{little.Uint64(data), little.Uint64(data[8:])}
	if version == 2 && b.size >= 8 { // between the signature OCHK and a checksum
		b.address, b.size = b.address+4, b.size-8
	}
	return b
}
