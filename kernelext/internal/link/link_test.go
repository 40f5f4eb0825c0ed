package link

import (
	"bytes"
	"debug/elf"
	"slices"
	"testing"
)

// TestForms: the names are those of Go's linker, as go tool nm shows them of a library that it has made.
func TestForms(t *testing.T) {
	for name, want := range map[string]string{
		"fmt.Println":                  "fmt.Println.abiinternal",
		"runtime.memmove":              "runtime.memmove.abi0",
		"type:int":                     "type:int",
		"type:runtime.moduledata.long": "type:runtime.moduledata.long",
	} {
		if got := forms(name); !slices.Contains(got, want) {
			t.Errorf("%s: %q, want among them %s", name, got, want)
		}
	}
	if got := forms("type:int"); len(got) != 3 {
		t.Errorf("a short name is hashed: %q", got)
	}
	long := forms("type:map[string]*image/color.Palette")
	if last := long[len(long)-1]; len(last) != len("type:")+8 {
		t.Errorf("a long name becomes %q, want a hash of eight letters", last)
	}
}

// FuzzReferences: an object file is not trusted.
func FuzzReferences(f *testing.F) {
	f.Add([]byte("!<arch>\n\x00go120ld12345678\x00\x00\x00\x00"))
	f.Add(append([]byte("\x00go120ld"), bytes.Repeat([]byte{255}, 100)...))
	f.Fuzz(func(t *testing.T, archive []byte) { references(archive) })
}

// TestStub: a stub has the symbols that are asked for and that there are, and the mask of a type's pointers.
func TestStub(t *testing.T) {
	x := &index{file: &elf.File{}, symbols: map[string]elf.Symbol{"f.abiinternal": {Name: "f.abiinternal", Section: 1, Value: 64, Size: 8}}, types: map[uint64]string{}, near: map[uint64]uint64{}, abi: []byte("abi")}
	file, err := elf.NewFile(bytes.NewReader(x.stub([]string{"f", "g"})))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := file.DynamicSymbols()
	if err != nil || len(symbols) != 1 || symbols[0].Name != "f.abiinternal" || symbols[0].Size != 8 {
		t.Errorf("%+v, %v, want f alone", symbols, err)
	}
	if note, err := file.Section(".note.go.abihash").Data(); err != nil || string(note) != "abi" {
		t.Errorf("%q, %v", note, err)
	}
}
