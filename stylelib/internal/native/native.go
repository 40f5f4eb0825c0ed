//go:build cgo && (linux || darwin) && (amd64 || arm64)

// Package native has kernels in C, written for a CPU, where XLA's own are too general: 3x3 convolutions by Winograd's F(4x4, 3x3), and
// Gram matrices. The work is cut into tasks, so that what a task makes on the way stays in the processor's cache. XLA runs a kernel as
// a custom call.
//
//	product.h        the product of a few rows with a panel, in registers; for AVX-512, for AVX2 with FMA, for 64-bit ARM
//	winograd.h       the convolution of some tiles: input transform, products, output transform
//	gram.h           the Gram matrix of some positions, and its gradient
//	kernels.c        the kernels: how each is cut into tasks
//	parallel.c       tasks on a thread pool
//	ffi.c            how XLA calls a kernel
//	compile_hook.c   how a program comes to have custom calls
//	programs.go      how a program that was compiled before is loaded
//	xla.h            what ffi.c and compile_hook.c need of XLA's interfaces
//	call.go          how a graph calls a kernel
package native

// #cgo CFLAGS: -O3 -std=gnu11 -D_GNU_SOURCE
// #cgo LDFLAGS: -ldl
// #include <dlfcn.h>
// #include <stdlib.h>
// #include "compile_hook.h"
// #include "kernels.h"
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

// Open gives the kernels to a backend's plugin, once, and has its programs kept. It returns nil, and then graphs for the backend may
// [Call] the kernels; or it returns why it could not. Programs that were compiled before the first Open are not kept.
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
	keepPrograms(p.Path()) // where that fails, each process compiles for itself
	return nil
}

// Preload loads a plugin's library, or does nothing where it cannot. go-xla looks for a plugin by opening and closing its library twice
// before it opens it for good; while somebody has it open, that takes no time.
func Preload(plugin string) {
	path := C.CString(plugin)
	defer C.free(unsafe.Pointer(path))
	C.dlopen(path, C.RTLD_LAZY|C.RTLD_LOCAL)
}

// hookedEntry returns the address of the entry of the plugin's table that has the hook, for a test.
func hookedEntry() uintptr { return uintptr(C.hooked_entry) }

// constants are those that C and Go both have, C's value and Go's, for a test.
func constants() map[string][2]int {
	return map[string][2]int{"Panel": {C.PANEL, Panel}, "Step": {C.STEP, Step}, "Points": {C.POINTS, Points}}
}
