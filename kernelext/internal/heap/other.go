//go:build !linux || !cgo

// Package heap is empty on this system, or without cgo.
package heap
