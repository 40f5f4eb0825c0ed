package kernelext

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"stylenet/kernelext/internal/values"
)

// hash returns a hash of the types and the contents of values, with their unexported fields. It is the same in every
// program. Once compares its deps by it.
func hash(deps []any) (string, error) {
	sum := sha256.New()
	for i, v := range deps {
		v = values.Storable(v)
		fmt.Fprintf(sum, "%d %T ", i, v)
		err := hashValue(sum, reflect.ValueOf(v), 0)
		if errors.Is(err, errTooDeep) {
			err = errTooDeep // without the names of a hundred fields
		}
		if err != nil {
			return "", fmt.Errorf("what the value depends on, number %d of type %T, cannot be compared: %w", i+1, v, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// maxDepth is how deep values may be nested. One that contains itself would never end.
const maxDepth = 100

var errTooDeep = fmt.Errorf("it is more than %d levels deep, or holds itself", maxDepth)

// hashValue writes a value to w, so that different values of one type give different bytes.
func hashValue(w io.Writer, v reflect.Value, depth int) error {
	if depth > maxDepth {
		return errTooDeep
	}
	switch kind := v.Kind(); {
	case kind == reflect.Invalid:
		io.WriteString(w, "nil ")
	case kind == reflect.Bool:
		fmt.Fprint(w, v.Bool(), " ")
	case v.CanInt():
		fmt.Fprint(w, v.Int(), " ")
	case v.CanUint():
		fmt.Fprint(w, v.Uint(), " ")
	case v.CanFloat():
		fmt.Fprintf(w, "%x ", v.Float())
	case v.CanComplex():
		fmt.Fprintf(w, "%x ", v.Complex())
	case kind == reflect.String:
		fmt.Fprintf(w, "%q ", v.String())
	case kind == reflect.Slice || kind == reflect.Array:
		return hashList(w, v, depth)
	case kind == reflect.Map:
		return hashMap(w, v, depth)
	case kind == reflect.Struct:
		for i := range v.NumField() {
			if err := hashValue(w, v.Field(i), depth+1); err != nil {
				return fmt.Errorf("field %s: %w", v.Type().Field(i).Name, err)
			}
		}
	case (kind == reflect.Pointer || kind == reflect.Interface) && !v.IsNil():
		fmt.Fprintf(w, "%s ", v.Elem().Type())
		return hashValue(w, v.Elem(), depth+1)
	case kind == reflect.UnsafePointer || !v.IsNil():
		return fmt.Errorf("a %s has no contents to compare; hand over what it was made from", kind)
	default: // a nil pointer, interface, function or channel
		io.WriteString(w, "nil ")
	}
	return nil
}

// hashList writes a slice or an array; slices of numbers, as pictures have, as they lie in memory.
func hashList(w io.Writer, v reflect.Value, depth int) error {
	fmt.Fprintf(w, "%d[", v.Len())
	element := v.Type().Elem()
	if v.Kind() == reflect.Slice && element.Kind() >= reflect.Bool && element.Kind() <= reflect.Complex128 && v.Len() > 0 {
		_, err := w.Write(unsafe.Slice((*byte)(v.UnsafePointer()), v.Len()*int(element.Size())))
		return err
	}
	for i := range v.Len() {
		if err := hashValue(w, v.Index(i), depth+1); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// hashMap writes a map, its entries sorted.
func hashMap(w io.Writer, v reflect.Value, depth int) error {
	var entries []string
	for key, value := range v.Seq2() {
		var entry strings.Builder
		if err := hashValue(&entry, key, depth+1); err != nil {
			return fmt.Errorf("a key: %w", err)
		}
		if err := hashValue(&entry, value, depth+1); err != nil {
			return fmt.Errorf("the value of key %v: %w", key, err)
		}
		entries = append(entries, entry.String())
	}
	slices.Sort(entries)
	fmt.Fprintf(w, "%d{%q} ", len(entries), entries)
	return nil
}
