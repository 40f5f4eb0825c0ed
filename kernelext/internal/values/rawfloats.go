package values

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

// marshalers are the interfaces by which gob lets a type write itself.
var marshalers = []reflect.Type{reflect.TypeFor[gob.GobEncoder](), reflect.TypeFor[encoding.BinaryMarshaler](), reflect.TypeFor[encoding.TextMarshaler]()}

// Slices of float32 are written as they lie in memory, because gob encodes floats one by one, and a network has twenty
// million.

// extractFloats returns a copy of a value without its slices of float32, and those slices in the order of walkFloats. It
// looks for them in structs, pointers, slices and arrays, but not in types that marshal themselves.
func extractFloats(value reflect.Value) (rest reflect.Value, floats [][]float32) {
	rest = reflect.New(value.Type()).Elem()
	rest.Set(value)
	walkFloats(rest, true, func(field *[]float32) {
		floats = append(floats, *field)
		*field = nil
	})
	return rest, floats
}

// walkFloats calls visit for every slice of float32 in a settable value. If copies is true, it first copies the pointers
// and slices above it, so that visit may change the slice.
func walkFloats(v reflect.Value, copies bool, visit func(*[]float32)) {
	t := v.Type()
	if !mayHoldFloats(t, nil) {
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
		walkFloats(v.Elem(), copies, visit)
	case reflect.Slice, reflect.Array:
		if copies && t.Kind() == reflect.Slice && v.Len() > 0 {
			list := reflect.MakeSlice(t, v.Len(), v.Len())
			reflect.Copy(list, v)
			v.Set(list)
		}
		for i := range v.Len() {
			walkFloats(v.Index(i), copies, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if t.Field(i).IsExported() {
				walkFloats(v.Field(i), copies, visit)
			}
		}
	}
}

// mayHoldFloats tells whether values of a type may hold slices of float32 that walkFloats finds. The types around it are in
// above: gob alone writes a type that contains itself.
func mayHoldFloats(t reflect.Type, above []reflect.Type) bool {
	if t == reflect.TypeFor[[]float32]() {
		return true
	}
	marshalsItself := func(marshaler reflect.Type) bool {
		return t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler)
	}
	if slices.Contains(above, t) || slices.ContainsFunc(marshalers, marshalsItself) {
		return false
	}
	above = append(above, t)
	switch t.Kind() {
	case reflect.Pointer: // gob forgets pointers to empty slices
		return t.Elem().Kind() == reflect.Struct && mayHoldFloats(t.Elem(), above)
	case reflect.Slice, reflect.Array:
		return mayHoldFloats(t.Elem(), above)
	case reflect.Struct:
		for i := range t.NumField() {
			if t.Field(i).IsExported() && mayHoldFloats(t.Field(i).Type, above) {
				return true
			}
		}
	}
	return false
}

// readRest reads the slices of float32 and what gob wrote, and puts the slices back into the value.
func readRest[T any](r *bufio.Reader, h Header, value *T) error {
	var floats [][]float32
	left := h.Size
	for _, n := range h.Floats {
		if n == -1 {
			floats = append(floats, nil)
			continue
		}
		if n < 0 || int64(n) > left/4 {
			return fmt.Errorf("it has %d bytes, and should have %d numbers", h.Size, n)
		}
		left -= 4 * int64(n)
		slice := make([]float32, n)
		if _, err := io.ReadFull(r, floatBytes(slice)); err != nil {
			return err
		}
		floats = append(floats, slice)
	}
	if err := gob.NewDecoder(r).Decode(value); err != nil {
		return err
	}
	missing := 0
	walkFloats(reflect.ValueOf(value).Elem(), false, func(field *[]float32) {
		if len(floats) == 0 {
			missing++
			return
		}
		*field, floats = floats[0], floats[1:]
	})
	if missing+len(floats) > 0 {
		return errors.New("it does not fit its type: the type has changed since")
	}
	return nil
}
