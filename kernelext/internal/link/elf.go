package link

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
)

// file returns the stub as an ELF file.
func (s *stub) file(relocations []elf.Rela64) []byte {
	if s.data.Len() == 0 {
		s.data.WriteByte(0)
	}
	var names bytes.Buffer
	names.WriteByte(0)
	name := func(text string) uint32 {
		at := names.Len()
		names.WriteString(text + "\x00")
		return uint32(at)
	}
	table, relas := binaryOf(s.table), binaryOf(relocations)
	parts := [][]byte{nil, table, s.strings.Bytes(), relas, s.data.Bytes(), s.abi, nil}
	headers := []elf.Section64{{},
		{Name: name(".dynsym"), Type: uint32(elf.SHT_DYNSYM), Link: 2, Info: 1, Addralign: 8, Entsize: elf.Sym64Size, Flags: uint64(elf.SHF_ALLOC)},
		{Name: name(".dynstr"), Type: uint32(elf.SHT_STRTAB), Addralign: 1, Flags: uint64(elf.SHF_ALLOC)},
		{Name: name(".rela.dyn"), Type: uint32(elf.SHT_RELA), Link: 1, Addralign: 8, Entsize: 24, Flags: uint64(elf.SHF_ALLOC)},
		{Name: name(".data"), Type: uint32(elf.SHT_PROGBITS), Addr: stubData, Addralign: 8, Flags: uint64(elf.SHF_ALLOC | elf.SHF_WRITE)},
		{Name: name(".note.go.abihash"), Type: uint32(elf.SHT_NOTE), Addralign: 4, Flags: uint64(elf.SHF_ALLOC)},
		{Name: name(".shstrtab"), Type: uint32(elf.SHT_STRTAB), Addralign: 1},
	}
	parts[6] = names.Bytes()
	const headerSize, sectionSize, align = 64, 64, 16
	var body bytes.Buffer
	pad := func() {
		for body.Len()%align != 0 {
			body.WriteByte(0)
		}
	}
	for n := 1; n < len(parts); n++ {
		pad()
		headers[n].Off, headers[n].Size = uint64(headerSize+body.Len()), uint64(len(parts[n]))
		body.Write(parts[n])
	}
	pad()
	header := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Shoff: uint64(headerSize + body.Len()),
		Ehsize: headerSize, Shentsize: sectionSize, Shnum: uint16(len(headers)), Shstrndx: 6}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	return bytes.Join([][]byte{binaryOf(header), body.Bytes(), binaryOf(headers)}, nil)
}

func binaryOf(value any) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, value)
	if err != nil {
		panic(err) // of a type without a fixed size: there is none here
	}
	return b
}
