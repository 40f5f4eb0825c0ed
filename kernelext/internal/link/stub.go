package link

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"slices"
)

// The stub's only data section. The address of a symbol that has no data there matters to nobody.
const (
	stubData    = 0x100000
	dataSection = 4
)

// stub is a shared library that is being written.
type stub struct {
	*index
	order   []string       // the symbols
	number  map[string]int // of a symbol in the table, from 1
	strings bytes.Buffer
	table   []elf.Sym64
	data    bytes.Buffer
	points  []pointer
}

// pointer is one in the data, to a type.
type pointer struct {
	at uint64
	to string
}

// stub returns a library with those of the named symbols that the base has.
func (x *index) stub(names []string) []byte {
	s := &stub{index: x, number: map[string]int{}, table: []elf.Sym64{{}}}
	s.strings.WriteByte(0)
	for _, name := range slices.Concat(names, x.always) {
		for _, form := range forms(name) {
			s.want(form)
		}
	}
	for n := 0; n < len(s.order); n++ { // writing a type may want others
		s.write(s.order[n])
	}
	return s.file(s.relocations())
}

// relocations returns the relocations of the pointers. A type that the stub does not have becomes an undefined symbol.
func (s *stub) relocations() (all []elf.Rela64) {
	for _, p := range s.points {
		if s.number[p.to] == 0 {
			s.number[p.to] = len(s.table)
			s.add(p.to, elf.Sym64{Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_NOTYPE)})
		}
		all = append(all, elf.Rela64{Off: p.at, Info: elf.R_INFO(uint32(s.number[p.to]), uint32(elf.R_X86_64_64))})
	}
	if all == nil { // Go's linker wants some
		all = append(all, elf.Rela64{Info: uint64(elf.R_X86_64_RELATIVE), Addend: 1})
	}
	return all
}

// add adds a symbol to the table.
func (s *stub) add(name string, e elf.Sym64) {
	e.Name = uint32(s.strings.Len())
	s.strings.WriteString(name)
	s.strings.WriteByte(0)
	s.table = append(s.table, e)
}

// want makes the stub have a symbol, if the base has it.
func (s *stub) want(name string) {
	if _, ok := s.symbols[name]; ok && s.number[name] == 0 {
		s.order = append(s.order, name)
		s.number[name] = len(s.order)
	}
}

// write writes a symbol into the table, and what the linker reads of a type.
func (s *stub) write(name string) {
	from := s.symbols[name]
	e := elf.Sym64{Info: from.Info, Other: from.Other, Shndx: dataSection, Value: stubData, Size: from.Size}
	if from.Section == elf.SHN_UNDEF {
		e.Shndx = 0
	} else if len(name) > 6 && name[:5] == "type:" && name[5] != '.' && from.Size >= typeSize {
		e.Value = s.writeType(from)
	}
	s.add(name, e)
}

// What the linker reads of a type, by the layout of internal/abi.Type: how much of it holds pointers, its kind, and the mask
// that says where they are.
const (
	typeSize   = 48
	ptrBytesAt = 8
	kindAt     = 23
	gcDataAt   = 32
	kindMask   = 31
	kindArray  = 17
	kindStruct = 25
)

// writeType copies a type with the mask of its pointers, without which the collector would free what cells hold. It returns
// its address.
func (s *stub) writeType(from elf.Symbol) uint64 {
	b := make([]byte, from.Size)
	if !s.read(from.Value, b) {
		return stubData
	}
	for s.data.Len()%8 != 0 {
		s.data.WriteByte(0)
	}
	at := stubData + uint64(s.data.Len())
	kind := b[kindAt] & kindMask
	for i := uint64(0); i < from.Size; i += 8 {
		to, ok := s.types[from.Value+i]
		if !ok {
			continue
		}
		if kind == kindArray || kind == kindStruct { // the linker looks for pointers in its parts
			s.want(to)
		}
		s.points = append(s.points, pointer{at + i, to})
	}
	pointers := binary.LittleEndian.Uint64(b[ptrBytesAt:]) / 8
	if mask, ok := s.near[from.Value+gcDataAt]; ok && pointers > 0 {
		bits := make([]byte, (pointers+7)/8)
		if s.read(mask, bits) {
			binary.LittleEndian.PutUint64(b[gcDataAt:], at+uint64(len(b)))
			b = append(b, bits...)
		}
	}
	s.data.Write(b)
	return at
}
