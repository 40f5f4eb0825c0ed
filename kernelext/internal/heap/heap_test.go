//go:build linux

package heap

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestBlocks has a program in C take and free blocks.
func TestBlocks(t *testing.T) {
	program := filepath.Join(t.TempDir(), "heap_test")
	compile := exec.Command("cc", "-O2", "-fno-builtin", "-Wall", "-Werror", "-pthread", "-o", program, "heap.c", "testdata/heap_test.c", "-ldl")
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, c := range []struct {
		name, variable string
		args           []string
	}{
		{"on", "", nil},
		{"off", "0", []string{"off"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := exec.Command(program, c.args...)
			run.Env = append(os.Environ(), "STYLENET_KEEPARRAYS="+c.variable)
			if out, err := run.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// TestCommandOffersThem looks into our command as go build makes it: what it does not offer to the plugins that it opens, they
// have from the C library.
func TestCommandOffersThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stylenet")
	build := exec.Command("go", "build", "-o", path, "stylenet/kernelext/stylenet")
	build.Env = append(os.Environ(), "GOFLAGS=") // without the flags by which a notebook's cells are linked
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"posix_memalign", "free"} {
		offered := func(s elf.Symbol) bool { return s.Name == name && s.Section != elf.SHN_UNDEF }
		if !slices.ContainsFunc(symbols, offered) {
			t.Errorf("the command has no %s for others", name)
		}
	}
}
