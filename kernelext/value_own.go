package kernelext

import (
	"fmt"
	"image"
	"reflect"
	"regexp"
	"strings"
)

// cellNames matches what the kernel adds to the names of types that cells declare, versions what it adds to those that are
// declared again.
var (
	cellNames = regexp.MustCompile(`\bcell\.|𐘀\d*`)
	versions  = regexp.MustCompile(`𐘀\d*`)
)

// typeText writes a type as a person does.
func typeText(t reflect.Type) string {
	return strings.ReplaceAll(cellNames.ReplaceAllString(t.String(), ""), "interface {}", "any")
}

var (
	stringerType = reflect.TypeFor[fmt.Stringer]()
	errorType    = reflect.TypeFor[error]()
)

// isStringer tells whether values of this type, or pointers to them, have a method String.
func isStringer(t reflect.Type) bool {
	return t.Implements(stringerType) || reflect.PointerTo(t).Implements(stringerType)
}

// ownText returns the text of a value whose type has methods that say it: a picture's size, an error's message, the shape
// of a node of a graph, what String returns.
func ownText(v reflect.Value) (text string, ok bool) {
	if !v.IsValid() || !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false
	}
	if v.NumMethod() == 0 {
		if !isStringer(v.Type()) {
			return "", false
		}
		v = pointerTo(v) // which has the method
	}
	value := v.Interface()
	defer func() {
		if r := recover(); r != nil {
			text, ok = panicText(value, r), true
		}
	}()
	if shape, ok := shapeText(v); ok {
		return typeText(v.Type()) + " " + shape, true
	}
	if p := pictureIn(v); p != nil {
		return describe(p), true
	}
	switch value := value.(type) {
	case error:
		return cut(value.Error(), maxText), true
	case fmt.Stringer:
		return cut(value.String(), maxText), true
	case image.Image:
		if isPicture(v.Type()) {
			b := value.Bounds()
			return fmt.Sprintf("%s of %dx%d pixels", typeText(v.Type()), b.Dx(), b.Dy()), true
		}
	}
	return "", false
}

// shapeText returns the shape of what a pointer points to, such as a node of a graph: what its method Shape returns. A type
// with a method String says more itself, but for those of GoMLX.
func shapeText(v reflect.Value) (text string, ok bool) {
	if v.Kind() != reflect.Pointer {
		return "", false
	}
	method := v.MethodByName("Shape")
	if !method.IsValid() || method.Type().NumIn() != 0 || method.Type().NumOut() != 1 {
		return "", false
	}
	if v.Type().Implements(stringerType) && method.Type().Out(0).String() != "shapes.Shape" {
		return "", false
	}
	return textOf(method.Call(nil)[0]), true
}

// panicText is the text of a value whose own method has panicked. If the text of the reason panics as well, it is the type
// of the reason.
func panicText(value, reason any) (text string) {
	start := typeText(reflect.TypeOf(value)) + ": panic: "
	defer func() {
		if recover() != nil {
			text = start + typeText(reflect.TypeOf(reason))
		}
	}()
	if err, ok := reason.(error); ok {
		return start + cut(err.Error(), maxQuoted)
	}
	switch v := reflect.ValueOf(reason); v.Kind() {
	case reflect.Pointer, reflect.Struct, reflect.Slice, reflect.Array, reflect.Map: // may hold themselves
		if stringer, ok := reason.(fmt.Stringer); ok {
			return start + cut(stringer.String(), maxQuoted)
		}
		return start + typeText(v.Type())
	}
	return start + cut(fmt.Sprint(reason), maxQuoted)
}

// pointerTo returns a pointer to a copy of a value.
func pointerTo(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}
