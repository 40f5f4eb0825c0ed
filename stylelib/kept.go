package stylelib

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"

	"stylenet/stylelib/internal/identity"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// kept is what the last Transfer has compiled. In a program that stays, such as that of a notebook, the next one with the same
// network and options, but for weights, pictures and steps, compiles nothing.
var kept struct {
	mu       sync.Mutex // held while a Transfer uses it
	backend  compute.Backend
	net      *vgg.Extractor
	identity string
	options  Options // whose functions the programs call; they stay, so that no other function gets their addresses
	stylizer *Stylizer
}

// transferKept has paint called with a stylizer that has the programs of the last Transfer, where they fit. A second Transfer at
// the same time has its own.
func transferKept(backend compute.Backend, net *vgg.Extractor, o Options, paint func(*Stylizer) (*Result, error)) (*Result, error) {
	if !kept.mu.TryLock() {
		s := NewStylizer(backend, net, o)
		s.programs.kept = false
		defer s.Finalize()
		return paint(s)
	}
	defer kept.mu.Unlock()
	id := o.programIdentity() + identity.Of(identity.Program, net) + functionsOf(o)
	if kept.backend != backend || kept.net != net || kept.identity != id {
		if kept.stylizer != nil && !kept.backend.IsFinalized() {
			kept.stylizer.Finalize()
		}
		kept.backend, kept.net, kept.identity, kept.options, kept.stylizer = backend, net, id, o, NewStylizer(backend, net, o)
	}
	return paint(kept.stylizer)
}

// functionsOf tells apart the functions that a value holds by their addresses: those of terms, and of an optimiser of one's own. A
// closure has a new address each time that it is made. Fields that no identity counts are left out.
func functionsOf(value any) string {
	v := reflect.New(reflect.TypeOf(value)).Elem() // so that it has an address
	v.Set(reflect.ValueOf(value))
	w := &functionWalk{seen: map[unsafe.Pointer]bool{}}
	w.walk(v)
	return fmt.Sprint(w.found)
}

type functionWalk struct {
	found []unsafe.Pointer
	seen  map[unsafe.Pointer]bool // structs behind pointers
}

func (w *functionWalk) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Func:
		w.found = append(w.found, *(*unsafe.Pointer)(unsafe.Pointer(v.UnsafeAddr())))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("identity") != "-" {
				w.walk(v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k < reflect.Array || k == reflect.String { // numbers hold none
			return
		}
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	case reflect.Pointer:
		if at := v.UnsafePointer(); !w.seen[at] && v.Type().Elem().Kind() == reflect.Struct && at != nil {
			w.seen[at] = true
			w.walk(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			readable := reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem() // also where the field is not exported
			held := reflect.New(readable.Elem().Type()).Elem()
			held.Set(readable.Elem())
			w.walk(held)
		}
	case reflect.Map:
		w.found = append(w.found, v.UnsafePointer())
	}
}
