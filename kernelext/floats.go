package kernelext

import (
	"bufio"
	"encoding"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
)

// marshalers are what gob asks first.
var marshalers = []reflect.Type{reflect.TypeFor[gob.GobEncoder](), reflect.TypeFor[encoding.BinaryMarshaler](), reflect.TypeFor[encoding.TextMarshaler]()}

// takeFloats returns a copy of a value in which the slices of float32 are nil, and those slices in the order in which
// sites finds them: gob writes floats one by one, and a network has twenty million. What is not a struct, a pointer, a
// slice or an array is left as it is, and so is a type that writes itself.
func takeFloats(value reflect.Value) (bare reflect.Value, floats [][]float32) {
	bare = reflect.New(value.Type()).Elem()
	bare.Set(value)
	sites(bare, true, func(site *[]float32) {
		floats = append(floats, *site)
		*site = nil
	})
	return bare, floats
}

// sites calls visit for every slice of float32 in a value that can be set. Where copies is true, it first puts copies
// in place of the pointers and slices on the way, so that visit may change what it finds.
func sites(v reflect.Value, copies bool, visit func(*[]float32)) {
	t := v.Type()
	if !mayHold(t, nil) {
		return
	}
	if t == reflect.TypeFor[[]float32]() {
		visit(v.Addr().Interface().(*[]float32))
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if copies {
			pointed := reflect.New(t.Elem())
			pointed.Elem().Set(v.Elem())
			v.Set(pointed)
		}
		sites(v.Elem(), copies, visit)
	case reflect.Slice, reflect.Array:
		if copies && t.Kind() == reflect.Slice && v.Len() > 0 {
			list := reflect.MakeSlice(t, v.Len(), v.Len())
			reflect.Copy(list, v)
			v.Set(list)
		}
		for i := range v.Len() {
			sites(v.Index(i), copies, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if t.Field(i).IsExported() {
				sites(v.Field(i), copies, visit)
			}
		}
	}
}

// mayHold tells whether values of a type may hold slices of float32 where sites looks for them. The types on the way
// there are in above: one that holds itself is left to gob.
func mayHold(t reflect.Type, above []reflect.Type) bool {
	if t == reflect.TypeFor[[]float32]() {
		return true
	}
	writesItself := func(marshaler reflect.Type) bool {
		return t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler)
	}
	if slices.Contains(above, t) || slices.ContainsFunc(marshalers, writesItself) {
		return false
	}
	above = append(above, t)
	switch t.Kind() {
	case reflect.Pointer: // gob forgets pointers to empty slices
		return t.Elem().Kind() == reflect.Struct && mayHold(t.Elem(), above)
	case reflect.Slice, reflect.Array:
		return mayHold(t.Elem(), above)
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && mayHold(t.Field(i).Type, above) {
				return true
			}
		}
	}
	return false
}

// readBare reads the slices of float32 and what gob wrote, and puts the slices into their places.
func readBare[T any](r *bufio.Reader, h header, value *T) error {
	var floats [][]float32
	left := h.size
	for _, n := range h.Floats {
		if n == -1 {
			floats = append(floats, nil)
			continue
		}
		if n < 0 || int64(n) > left/4 {
			return fmt.Errorf("it has %d bytes, and should have %d numbers", h.size, n)
		}
		left -= 4 * int64(n)
		slice := make([]float32, n)
		if _, err := io.ReadFull(r, raw(slice)); err != nil {
			return err
		}
		floats = append(floats, slice)
	}
	if err := gob.NewDecoder(r).Decode(value); err != nil {
		return err
	}
	missing := 0
	sites(reflect.ValueOf(value).Elem(), false, func(site *[]float32) {
		if len(floats) == 0 {
			missing++
			return
		}
		*site, floats = floats[0], floats[1:]
	})
	if missing+len(floats) > 0 {
		return errors.New("it does not fit its type: the type has changed since")
	}
	return nil
}
