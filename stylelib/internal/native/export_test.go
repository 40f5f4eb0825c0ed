//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// HookedEntry is for tests.
var HookedEntry = hookedEntry
