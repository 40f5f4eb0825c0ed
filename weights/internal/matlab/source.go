package matlab

import (
	"bufio"
	"bytes"
	"io"

	"stylenet/weights/internal/array"
)

// source is where the walker reads: a variable as it lies in the file, or a packed one that is unpacked on the way.
type source interface {
	io.Reader
	skip(n int64) error
	// data passes over n bytes and returns a function that opens them later.
	data(n int64) (func() (io.ReadCloser, error), error)
}

// plain is a variable as it lies in the file. Skipping costs nothing.
type plain struct {
	file   io.ReaderAt
	start  int64
	reader *io.SectionReader
	buffer *bufio.Reader
}

func newPlain(file io.ReaderAt, start, length int64) *plain {
	reader := io.NewSectionReader(file, start, length)
	return &plain{file, start, reader, bufio.NewReader(reader)}
}

func (p *plain) Read(b []byte) (int, error) { return p.buffer.Read(b) }

// position returns the place in the file of the next byte.
func (p *plain) position() int64 {
	at, _ := p.reader.Seek(0, io.SeekCurrent) // cannot fail
	return p.start + at - int64(p.buffer.Buffered())
}

func (p *plain) skip(n int64) error {
	if n <= int64(p.buffer.Buffered()) {
		_, err := p.buffer.Discard(int(n))
		return err
	}
	if _, err := p.reader.Seek(p.position()-p.start+n, io.SeekStart); err != nil {
		return array.Bad("%v", err)
	}
	p.buffer.Reset(p.reader)
	return nil
}

func (p *plain) data(n int64) (func() (io.ReadCloser, error), error) {
	open := array.At(p.file, p.position(), n)
	return open, p.skip(n)
}

// packed is a variable that is unpacked on the way.
type packed struct{ r *bufio.Reader }

func (p *packed) Read(b []byte) (int, error) { return p.r.Read(b) }

func (p *packed) skip(n int64) error {
	if _, err := io.CopyN(io.Discard, p.r, n); err != nil {
		return array.Bad("a compressed variable ends early, or those of the file are longer than the %d bytes that are unpacked: %v", maxInflated, err)
	}
	return nil
}

func (p *packed) data(n int64) (func() (io.ReadCloser, error), error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(p.r, b); err != nil {
		return nil, array.Bad("a compressed variable: %v", err)
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, nil
}
