// Package codec has the ways to write, read and show values of types that encoding/gob and kernelext cannot.
package codec

import (
	"io"
	"reflect"
)

// Codec writes, reads and shows the values of one type.
type Codec struct {
	Write func(w io.Writer, value any) error
	Read  func(r io.Reader, size int64) (value any, err error) // size: of what was written, in bytes

	// Display says how a value is shown, as kernelext.Displayer does; nil: as any other value.
	Display func(value any) []any
}

var codecs = map[reflect.Type]Codec{}

// Register makes the codec for values of type T known. It is for init functions.
func Register[T any](c Codec) { codecs[reflect.TypeFor[T]()] = c }

// For returns the codec for a type.
func For(t reflect.Type) (c Codec, ok bool) {
	c, ok = codecs[t]
	return c, ok
}
