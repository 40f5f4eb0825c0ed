//go:build cgo && (linux || darwin) && (amd64 || arm64)

// Package native has what XLA is too general for, written for a CPU, in C: 3x3 convolutions by Winograd's F(4x4, 3x3), and Gram
// matrices. They are done part by part, so that what lies between beginning and end stays in the processor's cache. XLA runs
// them as custom calls.
//
//	product.h        a few rows by a few columns, in registers; for each kind of processor: AVX-512, AVX2 with FMA, 64-bit ARM
//	winograd.h       some tiles of a convolution
//	gram.h           some positions of a Gram matrix
//	kernels.c        which parts there are, for each kind of processor
//	share.c          the threads that do them
//	ffi.c            how XLA calls the kernels
//	compile_hook.c   how a program comes to have such calls
//	xla.h            what these two know of XLA
//	call.go          how a graph calls them
package native

// #cgo CFLAGS: -O3 -std=gnu11 -D_GNU_SOURCE
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "compile_hook.h"
import "C"

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/pjrt"
)

var (
	mu     sync.Mutex
	opened = map[string]error{} // by the plugin's name
)

// Open gives the kernels to a backend's plugin, once. It returns why it could not; else programs for the backend may [Call] them.
func Open(backend compute.Backend) error {
	xla, ok := backend.(interface {
		IsCPU() bool
		PluginName() string
	})
	if !ok || !xla.IsCPU() {
		return fmt.Errorf("native: %s is not XLA on a CPU", backend.Name())
	}
	mu.Lock()
	defer mu.Unlock()
	name := xla.PluginName()
	if _, done := opened[name]; !done {
		opened[name] = installHook(name)
	}
	return opened[name]
}

func installHook(plugin string) error {
	p, err := pjrt.GetPlugin(plugin)
	if err != nil {
		return fmt.Errorf("native: %w", err)
	}
	path := C.CString(p.Path())
	defer C.free(unsafe.Pointer(path))
	if reason := C.install_hook(path); reason != nil {
		return fmt.Errorf("native: %s", C.GoString(reason))
	}
	return nil
}

// hookedEntry is the address of the entry of the plugin's table that has the hook, for a test.
func hookedEntry() uintptr { return uintptr(C.hooked_entry) }
