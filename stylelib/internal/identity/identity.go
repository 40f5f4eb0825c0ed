// Package identity decides whether two values are the same for an aspect: whether a compiled program, a loss or a saved style made from one
// may be used for the other.
//
// The canonical description of a value is made from its type by reflection, so a new field counts for everything until its tag
// says otherwise. The tag `identity:"…"` of a field holds
//
//   - it never counts
//     -program    it does not count for the aspect "program"; several are separated by commas
//     presence    only whether it is there counts; its content is compared elsewhere
package identity

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Aspect is what values are compared for.
type Aspect string

// The aspects.
const (
	Program Aspect = "program" // what a compiled program is made from, without what it is given when it runs
	Loss    Aspect = "loss"    // the loss as a function of the picture
	Style   Aspect = "style"   // the saved description of a style picture
)

// Of returns the canonical description of a value for one aspect: its fields as "Name: value", with semicolons between them.
//
// Types may describe themselves: by a method Identity() string, such as a function's name, or Sum() string, a checksum; numbers
// with names by String.
func Of(aspect Aspect, value any) string { return describe(aspect, reflect.ValueOf(value)) }

// Difference returns the first field in which two descriptions differ, of each of them.
func Difference(a, b string) (ofA, ofB string) {
	as, bs := append(strings.Split(a, "; "), "nothing more"), append(strings.Split(b, "; "), "nothing more")
	i := 0
	for i < min(len(as), len(bs))-1 && as[i] == bs[i] {
		i++
	}
	return as[i], bs[i]
}

// describe returns the canonical description of a value.
func describe(aspect Aspect, v reflect.Value) string {
	if !v.IsValid() {
		return "none"
	}
	if text, ok := own(v); ok {
		return text
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return "none"
		}
		if v.Kind() == reflect.Interface {
			return v.Elem().Type().String() + " " + describe(aspect, v.Elem())
		}
		return describe(aspect, v.Elem())
	case reflect.Struct:
		return "{" + strings.Join(fields(aspect, v), "; ") + "}"
	case reflect.Slice, reflect.Array:
		var list []string
		for i := range v.Len() {
			list = append(list, describe(aspect, v.Index(i)))
		}
		return "[" + strings.Join(list, "; ") + "]"
	case reflect.Map:
		var list []string
		for _, key := range v.MapKeys() {
			list = append(list, describe(aspect, key)+": "+describe(aspect, v.MapIndex(key)))
		}
		slices.Sort(list)
		return "[" + strings.Join(list, "; ") + "]"
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return fmt.Sprintf("present %t", !v.IsNil())
	}
	return fmt.Sprintf("%#v", v) // fmt formats the value that a reflect.Value holds, of unexported fields too
}

// own returns how a value describes itself, if it does.
func own(v reflect.Value) (text string, ok bool) {
	if !v.CanInterface() || v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	switch v := v.Interface().(type) {
	case interface{ Identity() string }:
		return v.Identity(), true
	case interface{ Sum() string }:
		return v.Sum(), true
	case fmt.Stringer:
		if kind := reflect.TypeOf(v).Kind(); kind >= reflect.Int && kind <= reflect.Uint64 { // a number with a name
			return v.String(), true
		}
	}
	return "", false
}

// fields describes the fields of a struct that count.
func fields(aspect Aspect, v reflect.Value) (list []string) {
	for i := range v.NumField() {
		field, tags := v.Type().Field(i), strings.Split(v.Type().Field(i).Tag.Get("identity"), ",")
		if slices.Contains(tags, "-") || slices.Contains(tags, "-"+string(aspect)) {
			continue
		}
		text := ""
		if slices.Contains(tags, "presence") {
			text = fmt.Sprintf("present %t", !v.Field(i).IsZero())
		} else {
			text = describe(aspect, v.Field(i))
		}
		list = append(list, field.Name+": "+text)
	}
	return list
}
