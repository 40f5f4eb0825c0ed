//go:build !linux

// Package heap is empty on this system: how a program's C library is replaced differs.
package heap
