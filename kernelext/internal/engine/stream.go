package engine

import (
	"bytes"
	"io"
	"sync"

	"stylenet/kernelext/internal/wire"
)

// stream passes on what a program writes to the cell that runs, or has run last.
type stream struct {
	ends chan struct{}

	mu   sync.Mutex
	to   io.Writer
	held []byte // what may be the beginning of a mark
}

func newStream() *stream {
	return &stream{ends: make(chan struct{}, 1), to: io.Discard}
}

// between calls a function while nothing is passed on.
func (s *stream) between(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// direct passes on what comes from now on to another writer.
func (s *stream) direct(to io.Writer) { s.between(func() { s.to = to }) }

// Write never fails.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(p)
	s.held = append(s.held, p...)
	for {
		before, after, found := bytes.Cut(s.held, []byte(wire.EndMark))
		if !found {
			break
		}
		s.pass(before)
		s.held = bytes.Clone(after)
		select {
		case s.ends <- struct{}{}:
		default:
		}
	}
	keep := 0
	for k := min(len(wire.EndMark), len(s.held)); k > 0; k-- {
		if bytes.HasSuffix(s.held, []byte(wire.EndMark[:k])) {
			keep = k
			break
		}
	}
	s.pass(s.held[:len(s.held)-keep])
	s.held = bytes.Clone(s.held[len(s.held)-keep:])
	return n, nil
}

func (s *stream) pass(p []byte) {
	if len(p) > 0 {
		s.to.Write(p)
	}
}

// forget drops a mark that nobody waits for.
func (s *stream) forget() {
	select {
	case <-s.ends:
	default:
	}
}
