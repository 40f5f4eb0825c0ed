package stylelib

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"strings"

	"stylenet/stylelib/internal/atomicfile"
)

// An array file is a magic line, the length of the header (4 bytes), the header (JSON), the arrays' float32 values one
// after the other, and the SHA-256 of all that. Numbers are little-endian.
type arrayFile struct {
	magic  string // with the version of the format
	before string // the magic of the version before
	what   string // it holds, such as "state"

	// lengths returns how many values each array has, from the header; room is how many bytes the file has for them.
	lengths func(header []byte, room int64) ([]int, error)
}

const maxArrayHeader = 1 << 20

// save writes a file, in place of what was there only once all is written.
func (f *arrayFile) save(path string, header any, arrays [][]float32) error {
	if err := atomicfile.Write(path, func(w io.Writer) error { return f.write(w, header, arrays) }); err != nil {
		return fmt.Errorf("stylelib: saving the %s: %w", f.what, err)
	}
	return nil
}

func (f *arrayFile) write(w io.Writer, header any, arrays [][]float32) error {
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	if len(text) > maxArrayHeader {
		return fmt.Errorf("its description has %d bytes; a file has room for %d", len(text), maxArrayHeader)
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	out.WriteString(f.magic) // out keeps the first error for Flush
	binary.Write(out, binary.LittleEndian, uint32(len(text)))
	out.Write(text)
	for _, values := range arrays {
		for _, v := range values {
			out.Write(binary.LittleEndian.AppendUint32(out.AvailableBuffer(), math.Float32bits(v)))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// load reads a file of one kind.
func load[T any](path string, read func(r io.Reader, size int64) (*T, error)) (*T, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("stylelib: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("stylelib: %w", err)
	}
	value, err := read(file, info.Size())
	if err != nil {
		return nil, fmt.Errorf("stylelib: %s: %w", path, err)
	}
	return value, nil
}

// read reads a file of size bytes. One that is of another kind, or is damaged, is an error. No more is allocated than the size allows.
func (f *arrayFile) read(r io.Reader, size int64) (arrays [][]float32, err error) {
	damaged := func(what string) error { return errors.New("the " + f.what + " is damaged: " + what) }
	sum := sha256.New()
	in := bufio.NewReaderSize(r, 1<<16)
	start := make([]byte, len(f.magic)+4)
	_, err = io.ReadFull(in, start)
	switch {
	case bytes.HasPrefix(start, []byte(strings.TrimSpace(f.before))):
		return nil, fmt.Errorf("a file of an earlier StyleNet (%q), which is not read any more; make it again", strings.TrimSpace(f.before))
	case err != nil || !bytes.HasPrefix(start, []byte(f.magic)):
		return nil, errors.New("not a " + f.what + " saved by StyleNet")
	}
	sum.Write(start)
	length := int64(binary.LittleEndian.Uint32(start[len(f.magic):]))
	room := size - int64(len(start)) - length - sha256.Size // for the values
	if length > maxArrayHeader || room < 0 {
		return nil, damaged(fmt.Sprintf("its header claims %d bytes of a file of %d", length, size))
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(in, text); err != nil {
		return nil, damaged("it ends early")
	}
	sum.Write(text)
	lengths, err := f.lengths(text, room)
	if err == nil {
		err = checkLengths(lengths, room)
	}
	if err != nil {
		return nil, damaged(err.Error())
	}
	for _, n := range lengths {
		values, err := readValues(in, sum, n)
		if err != nil {
			return nil, damaged("it ends early")
		}
		arrays = append(arrays, values)
	}
	end := make([]byte, sha256.Size)
	if _, err := io.ReadFull(in, end); err != nil || !bytes.Equal(end, sum.Sum(nil)) {
		return nil, damaged("its checksum is wrong")
	}
	return arrays, nil
}

// checkLengths returns an error if arrays of these lengths do not fill so many bytes.
func checkLengths(lengths []int, room int64) error {
	total := room / 4
	for _, n := range lengths {
		if n < 0 || int64(n) > total {
			return fmt.Errorf("an array of %d values is too long for the file", n)
		}
		total -= int64(n)
	}
	if total != 0 || room%4 != 0 {
		return fmt.Errorf("its values do not fill the file's %d bytes for them", room)
	}
	return nil
}

// readValues reads n values and adds their bytes to a checksum.
func readValues(r io.Reader, sum hash.Hash, n int) ([]float32, error) {
	values := make([]float32, n)
	chunk := make([]byte, 1<<16)
	for left := values; len(left) > 0; {
		part := chunk[:4*min(len(left), len(chunk)/4)]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, err
		}
		sum.Write(part)
		for i := range len(part) / 4 {
			left[i] = math.Float32frombits(binary.LittleEndian.Uint32(part[4*i:]))
		}
		left = left[len(part)/4:]
	}
	return values, nil
}
