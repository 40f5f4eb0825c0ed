package link

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

// index knows the symbols of a base.
type index struct {
	file    *elf.File
	symbols map[string]elf.Symbol
	types   map[uint64]string // by the address of a pointer to a type: the type's symbol
	near    map[uint64]uint64 // by the address of another pointer: where it points to
	always  []string          // the symbols that every cell needs
	abi     []byte            // the note by which Go's linker and runtime tell that two libraries fit
}

// alwaysPrefixes begin the names of symbols that the linker asks for by itself.
var alwaysPrefixes = []string{"runtime.morestack", "runtime.gcWriteBarrier", "runtime.duff", "runtime.addmoduledata", "runtime.unreachableMethod",
	"runtime.tlsg", "runtime.lastmoduledatap", "runtime.mapinitnoop", "runtime.panic", "type:runtime.moduledata", "go:link.abihash"}

// readIndex reads the symbols of a library.
func readIndex(path string) (*index, error) {
	file, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	symbols, err := file.DynamicSymbols()
	if err != nil {
		return nil, err
	}
	x := &index{file: file, symbols: make(map[string]elf.Symbol, len(symbols)), types: map[uint64]string{}, near: map[uint64]uint64{}}
	for _, s := range symbols {
		x.symbols[s.Name] = s
		for _, prefix := range alwaysPrefixes {
			if strings.HasPrefix(s.Name, prefix) {
				x.always = append(x.always, s.Name)
			}
		}
	}
	if err := x.readPointers(symbols); err != nil {
		return nil, err
	}
	if note := file.Section(".note.go.abihash"); note != nil {
		x.abi, err = note.Data()
		return x, err
	}
	return nil, errors.New("the library has no ABI hash")
}

// readPointers reads which pointers in the data point where.
func (x *index) readPointers(symbols []elf.Symbol) error {
	section := x.file.SectionByType(elf.SHT_RELA)
	if section == nil {
		return errors.New("the library has no relocations")
	}
	data, err := section.Data()
	if err != nil {
		return err
	}
	for ; len(data) >= 24; data = data[24:] {
		at, info, addend := binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:]), binary.LittleEndian.Uint64(data[16:])
		symbol := info >> 32
		switch elf.R_X86_64(uint32(info)) {
		case elf.R_X86_64_RELATIVE:
			x.near[at] = addend
		case elf.R_X86_64_64:
			if addend == 0 && symbol > 0 && strings.HasPrefix(symbols[symbol-1].Name, "type:") {
				x.types[at] = symbols[symbol-1].Name
			}
		}
	}
	return nil
}

// read reads bytes of the library's data by their address.
func (x *index) read(address uint64, to []byte) bool {
	for _, s := range x.file.Sections {
		if s.Type == elf.SHT_PROGBITS && s.Addr > 0 && s.Addr <= address && address+uint64(len(to)) <= s.Addr+s.Size {
			_, err := s.ReadAt(to, int64(address-s.Addr))
			return err == nil
		}
	}
	return false
}

// forms returns the names under which the linker may have put a symbol into the library: of a function, with its calling
// convention; of a type, a hash of a long name, as typeSymbolMangle in cmd/link makes it.
func forms(name string) []string {
	all := []string{name, name + ".abiinternal", name + ".abi0"}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		sum[0] ^= 0xff // cmd/internal/hash
		return base64.StdEncoding.EncodeToString(sum[:6])
	}
	typ, isType := strings.CutPrefix(name, "type:")
	switch {
	case isType && !strings.HasPrefix(typ, "runtime.") && (len(name) > 14 || strings.Contains(name, "@")):
		prefix := "type:"
		if typ[0] == '.' {
			prefix = "type:."
		}
		return append(all, prefix+hash(typ))
	case !isType && strings.Contains(name, "@") && !strings.HasPrefix(name, "go:string."):
		i, j := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
		if j <= i {
			j = len(name)
		}
		return append(all, name[:i+1]+hash(name[i+1:j])+name[j:])
	}
	return all
}

// references returns the names that the object files in an archive of the compiler refer to. The format is that of
// cmd/internal/goobj.
func references(archive []byte) (names []string) {
	const (
		magic     = "\x00go120ld"
		blocks    = len(magic) + 8 + 4 // after the fingerprint and the flags
		nonPkgRef = 7                  // the block with the names
		entry     = 21                 // bytes of one
	)
	u32 := func(b []byte, at int) int {
		if at < 0 || at+4 > len(b) {
			return 0
		}
		return int(binary.LittleEndian.Uint32(b[at:]))
	}
	for {
		at := strings.Index(string(archive), magic)
		if at < 0 {
			return names
		}
		o := archive[at:]
		from, to := u32(o, blocks+4*nonPkgRef), u32(o, blocks+4*(nonPkgRef+1))
		for ; from+entry <= min(to, len(o)); from += entry {
			if n, offset := u32(o, from), u32(o, from+4); offset+n <= len(o) {
				names = append(names, string(o[offset:offset+n]))
			}
		}
		archive = archive[at+len(magic):]
	}
}
