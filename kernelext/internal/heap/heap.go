//go:build linux

// Package heap keeps the large arrays that XLA frees, for the next ones of their size. XLA takes the memory of a step anew for
// every step, glibc has it from Linux and gives it back, and Linux fills with zeros what it hands out. Without that a step
// takes 2 to 10 % less time, one of a large picture by a narrow network 30 %.
//
// A program that imports the package has the posix_memalign and free of heap.c before the C library's. It needs no more memory
// by them while arrays of the same sizes follow each other, as in a run: the first of another size gives back all that was
// kept. The environment variable STYLENET_KEEPARRAYS=0 switches it off.
package heap

// #cgo LDFLAGS: -ldl
import "C"
