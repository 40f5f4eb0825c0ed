package resident

import (
	"encoding"
	"encoding/gob"
	"fmt"
	"image"
	"io"
	"maps"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"stylenet/kernelext/internal/codec"
	"stylenet/kernelext/internal/program"
	"stylenet/kernelext/internal/values"
)

// beside is the store of the variables.
func beside() values.Store { return values.Kernel("_variables") }

var (
	keeping sync.WaitGroup        // for variables that are being written
	failing = map[string]string{} // those that turned out not to be writable, with the reason

	back    []string              // the variables that were read back
	notBack = map[string]string{} // those that could not be, with the reason
)

// Restore reads a variable that another program has written.
func Restore[T any](name string, at *T) {
	read, err := readVariable[T](name)
	if err != nil {
		notBack[name] = err.Error()
		return
	}
	*at = read
	back = append(back, name)
}

func readVariable[T any](name string) (value T, err error) {
	file, size, err := beside().Get(values.Key(name))
	if err != nil {
		return value, err
	}
	defer file.Close()
	value, _, err = values.Read[T](file, size)
	return value, err
}

// restored returns which variables were read back, and which were not.
func restored() (kept []string, lost map[string]string) {
	kept, lost = back, notBack
	back, notBack = nil, map[string]string{}
	return kept, lost
}

// keepNoted writes the noted variables in the background. It returns which ones it writes, and which it cannot, with the
// reason; that one turns out not to be writable, the next call tells.
func (r *Running) keepNoted() (kept []string, lost map[string]string) {
	lost, failing = failing, map[string]string{}
	r.mu.Lock()
	pointers := maps.Clone(r.noted)
	r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(pointers)) {
		v := reflect.ValueOf(pointers[name]).Elem()
		if why := whyNot(v); why != "" {
			lost[name] = why
			delete(pointers, name)
			beside().Remove(values.Key(name))
			continue
		}
		kept = append(kept, name)
		delete(lost, name)
	}
	keeping.Add(1)
	go func() {
		defer keeping.Done()
		for name, at := range pointers {
			if err := write(name, reflect.ValueOf(at).Elem().Interface()); err != nil {
				failing[name] = err.Error()
				beside().Remove(values.Key(name))
			}
		}
	}()
	return kept, lost
}

// write writes a variable. A value that a goroutine changes meanwhile may make it fail.
func write(name string, value any) (err error) {
	debug.SetPanicOnFault(true)
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	h := values.Header{Name: name, Kept: time.Now(), Cell: os.Getenv(program.CellVar)}
	return beside().Put(values.Key(name), func(w io.Writer) error { return values.Write(w, h, value) })
}

// whyNot returns why a variable cannot be written; nothing if it can.
func whyNot(v reflect.Value) string {
	if k := v.Kind(); (k == reflect.Pointer || k == reflect.Interface) && v.IsNil() {
		return "it is nil"
	}
	l := &look{seen: map[reflect.Type]bool{}, above: map[reflect.Type]bool{}}
	if why := l.at(v.Type()); why != "" {
		return why
	}
	if l.maps && alive.Load() > 0 {
		return "a goroutine still runs, which may change the map in it"
	}
	if left := mostValues; l.recursive && tooDeep(v, 0, &left) {
		return "it holds itself, or is very deep"
	}
	return ""
}

// look looks into a type for what cannot be written.
type look struct {
	seen map[reflect.Type]bool
	maps bool // there are some

	recursive bool                  // a type holds itself
	above     map[reflect.Type]bool // the types around the one that is looked at
}

var (
	pictures   = reflect.TypeFor[image.Image]()
	marshalers = []reflect.Type{reflect.TypeFor[gob.GobEncoder](), reflect.TypeFor[encoding.BinaryMarshaler]()}
)

// at returns why a value of the type cannot be written as a whole; nothing if it can.
func (l *look) at(t reflect.Type) string {
	l.recursive = l.recursive || l.above[t]
	if _, ok := codec.For(t); ok || l.seen[t] || t == pictures || t.Implements(pictures) {
		return ""
	}
	l.seen[t], l.above[t] = true, true
	defer delete(l.above, t)
	if slices.ContainsFunc(marshalers, t.Implements) {
		return ""
	}
	switch t.Kind() {
	case reflect.Func, reflect.Chan, reflect.UnsafePointer, reflect.Interface, reflect.Uintptr:
		article := "a"
		if t.Kind() == reflect.Interface {
			article = "an"
		}
		return fmt.Sprintf("there is %s %s in it, %s", article, t.Kind(), t)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return l.at(t.Elem())
	case reflect.Map:
		l.maps = true
		if why := l.at(t.Key()); why != "" {
			return why
		}
		return l.at(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				return fmt.Sprintf("%s has a field of its own, %s", t, f.Name)
			}
			if why := l.at(f.Type); why != "" {
				return why
			}
		}
	}
	return ""
}

// How many values may be within one another, and how many there may be in all, where types hold themselves: gob, which writes
// them, would not end at a value that holds itself.
const (
	mostDeep   = 10_000
	mostValues = 1_000_000
)

// tooDeep tells whether the value holds more than that. left is how many values are left to count.
func tooDeep(v reflect.Value, depth int, left *int) bool {
	if *left--; depth > mostDeep || *left < 0 {
		return true
	}
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && tooDeep(v.Elem(), depth+1, left)
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k < reflect.Array || k == reflect.String { // numbers hold nothing
			return false
		}
		for i := range v.Len() {
			if tooDeep(v.Index(i), depth+1, left) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if tooDeep(v.MapIndex(key), depth+1, left) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if tooDeep(v.Field(i), depth+1, left) {
				return true
			}
		}
	}
	return false
}
