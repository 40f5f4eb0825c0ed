//go:build linux

// Package heap keeps the large arrays that XLA frees, for the next ones of their size. XLA takes the memory of a step anew for
// every step, glibc has it from Linux and gives it back, and Linux fills with zeros what it hands out. Without that a step of
// VGG-19 takes 2 to 9 % less time, one of a narrow network's large picture about 10 %.
//
// A program that imports the package and is linked by the C compiler, as our command is, has the posix_memalign and free of
// heap.c before the C library's, and so have the plugins that it opens. A notebook's cells are linked by Go's own linker, which
// is sooner done but offers nothing to plugins: they are without.
//
// The peak stays about the same: of each size one block is kept, and all are given back when one is asked for of a size that
// was not in use. The environment variable STYLENET_KEEPARRAYS=0 switches it off.
package heap

// #cgo LDFLAGS: -ldl
import "C"
