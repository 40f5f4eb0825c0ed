package stylelib

import (
	"fmt"
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
	terms    []Term // whose functions the programs call; they stay, so that no other function gets their addresses
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
	id := o.programIdentity() + identity.Of(identity.Program, net) + functionsOf(o.Terms)
	if kept.backend != backend || kept.net != net || kept.identity != id {
		if kept.stylizer != nil && !kept.backend.IsFinalized() {
			kept.stylizer.Finalize()
		}
		kept.backend, kept.net, kept.identity, kept.terms, kept.stylizer = backend, net, id, o.Terms, NewStylizer(backend, net, o)
	}
	return paint(kept.stylizer)
}

// functionsOf tells apart the functions of terms by their addresses. A closure has a new one each time that it is made.
func functionsOf(terms []Term) (all string) {
	for _, t := range terms {
		all += fmt.Sprint(address(t.Describe.Of), address(t.DescribeTarget.Of), address(t.Compare.Of), " ")
	}
	return all
}

// address returns the address of a function, or of a closure.
func address[F any](function F) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&function))
}
