//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "compile_hook.h"
import "C"

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"sync/atomic"
	"unsafe"

	"stylenet/stylelib/programcache"
	"stylenet/weights"
)

// kept is where compiled programs are kept; nil: nowhere.
var kept atomic.Pointer[keptPrograms]

type keptPrograms struct {
	cache *programcache.Cache
	about []byte // what every program depends on: plugin, processor, settings, kernels
}

// keepPrograms makes the hook keep what this plugin compiles in StyleNet's own folder, and load from there what it has compiled before.
// Where it returns an error, each process compiles for itself.
func keepPrograms(plugin string) error {
	if programcache.Off() {
		return nil
	}
	home, err := weights.Home()
	if err != nil {
		return err
	}
	cache, err := programcache.Open(programcache.Folder(home))
	if err != nil {
		return err
	}
	machine, err := cache.Machine(plugin)
	if err != nil {
		return err
	}
	kernels, err := kernelsSum()
	if err != nil {
		return err
	}
	kept.Store(&keptPrograms{cache, append(machine, kernels...)})
	return nil
}

//go:embed *.c *.h
var sources embed.FS

// kernelsSum returns a checksum of our kernels: a program calls them by name, and expects of them what they did when it was compiled.
func kernelsSum() ([]byte, error) {
	files, err := sources.ReadDir(".")
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, f := range files {
		text, err := sources.ReadFile(f.Name())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %d\n%s", f.Name(), len(text), text)
	}
	return sum.Sum(nil), nil
}

// compiled and loaded count the programs of this process.
var compiled, loaded atomic.Int64

// Programs returns how many programs XLA has compiled in this process, and how many it has loaded in place of that.
func Programs() (compilations, loads int) { return int(compiled.Load()), int(loaded.Load()) }

//export stylenet_compile
func stylenet_compile(args *C.compile_args, code, options C.bytes) unsafe.Pointer {
	k := kept.Load()
	if k == nil {
		compiled.Add(1)
		return C.compile_program(args)
	}
	key := programcache.KeyOf(k.about, goBytes(options), withoutName(goBytes(code)))
	program := k.cache.Load(key)
	if program != nil && C.load_program(args, unsafe.Pointer(unsafe.SliceData(program)), C.size_t(len(program))) != 0 {
		loaded.Add(1)
		return nil
	}
	compiled.Add(1)
	if failure := C.compile_program(args); failure != nil {
		return failure
	}
	var made C.serialized
	if C.serialize_program(args, &made) != 0 {
		k.cache.Store(key, goBytes(made.bytes)) // where that fails, the next process compiles the program again
		C.free_serialized(&made)
	}
	return nil
}

// goBytes returns C's memory as Go sees it.
func goBytes(b C.bytes) []byte { return unsafe.Slice((*byte)(b.at), b.size) }

// withoutName returns a program's text without the module's name, which GoMLX numbers by what the process has done before.
func withoutName(code []byte) []byte {
	if named, ok := bytes.CutPrefix(code, []byte("module @")); ok {
		if _, rest, ok := bytes.Cut(named, []byte(" ")); ok {
			return rest
		}
	}
	return code
}
