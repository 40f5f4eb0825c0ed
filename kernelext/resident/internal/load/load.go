// Package load opens libraries, each made of a cell, in the running program. It calls three functions of Go's runtime that
// the runtime keeps for plugins, and reads the layout of an initialisation task: see package link for the version of Go that
// this fits.
package load

/*
#cgo LDFLAGS: -ldl
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

static uintptr_t open_library(const char *path, char **message) {
	void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (!library) *message = dlerror();
	return (uintptr_t)library;
}

static void *find(uintptr_t library, const char *name) { return dlsym((void *)library, name); }
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

//go:linkname modulesinit runtime.modulesinit
func modulesinit()

//go:linkname typelinksinit runtime.typelinksinit
func typelinksinit()

//go:linkname itabsinit runtime.itabsinit
func itabsinit()

//go:linkname doInit1 runtime.doInit1
func doInit1(task unsafe.Pointer)

// initTask is the head of runtime.initTask.
type initTask struct{ state, functions uint32 }

// Open opens a library, initialises the packages that came with it, in this order, and returns its function.
func Open(path, symbol string, packages []string) (func(), error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message *C.char
	library := C.open_library(name, &message)
	if library == 0 {
		return nil, errors.New(C.GoString(message))
	}
	modulesinit()
	typelinksinit()
	itabsinit()
	for _, p := range packages {
		if task := (*initTask)(find(library, p+"..inittask")); task != nil && task.functions > 0 {
			doInit1(unsafe.Pointer(task))
		}
	}
	code := find(library, symbol)
	if code == nil {
		return nil, fmt.Errorf("%s has no %s", path, symbol)
	}
	function := &code // a func value is a pointer to a pointer to code
	return *(*func())(unsafe.Pointer(&function)), nil
}

func find(library C.uintptr_t, name string) unsafe.Pointer {
	symbol := C.CString(name)
	defer C.free(unsafe.Pointer(symbol))
	return C.find(library, symbol)
}
