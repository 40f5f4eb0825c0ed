// Package npz reads NumPy's archives: zip files of arrays in the format of numpy.save, stored or deflated.
package npz

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"regexp"
	"strconv"
	"strings"

	"stylenet/weights/internal/array"
)

// maxRatio is how much longer than its deflated form data can be.
const maxRatio = 1032

// maxHeader is the longest header of an array that is read; usual ones have 118 bytes.
const maxHeader = 1 << 16

// Read lists the arrays of an archive, by the names of their files without ".npy". Size is that of the whole archive.
func Read(archive *zip.Reader, size int64) ([]array.Array, error) {
	var arrays []array.Array
	for _, f := range archive.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		a, err := locate(f, name, size)
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// locate reads the header of one array.
func locate(f *zip.File, name string, size int64) (array.Array, error) {
	a := array.Array{Name: name}
	r, err := f.Open()
	if err != nil {
		return a, array.Within(err, name)
	}
	defer r.Close()
	text, length, err := header(r)
	if err != nil {
		return a, array.Within(err, name)
	}
	if err := parse(text, &a); err != nil {
		return a, array.Bad("%v: %.200q", err, text).In(name)
	}
	a.Open = func() (io.ReadCloser, error) { return openAt(f, length) }
	if a.Type == array.Unknown { // Python objects or the like: an error once somebody asks for them
		return a, nil
	}
	bytes := int64(f.UncompressedSize64) - length
	if f.CompressedSize64 > uint64(size) || f.UncompressedSize64 > f.CompressedSize64*maxRatio || bytes < 0 {
		return a, array.Bad("%d bytes packed in %d, in an archive of %d", f.UncompressedSize64, f.CompressedSize64, size).In(name)
	}
	count, err := array.Count(a.Shape, bytes/int64(a.Type.Size()))
	if err != nil || int64(count*a.Type.Size()) != bytes {
		return a, array.Bad("shape %v of %v in %d bytes", a.Shape, a.Type, bytes).In(name)
	}
	return a, nil
}

// header reads up to an array's values: six bytes, a version, a length and a Python dictionary of that length. It
// returns the dictionary and the length of everything.
func header(r io.Reader) (string, int64, error) {
	start := make([]byte, 12)
	if _, err := io.ReadFull(r, start[:10]); err != nil {
		return "", 0, err
	}
	if string(start[:6]) != "\x93NUMPY" {
		return "", 0, array.Bad("its file starts with %q, not with \\x93NUMPY", start[:6])
	}
	length, before := int64(binary.LittleEndian.Uint16(start[8:])), int64(10)
	if version := start[6]; version > 3 || version < 1 {
		return "", 0, array.Unsupported("version %d of NumPy's format; 1 to 3 are read", version)
	} else if version > 1 { // the length takes four bytes
		if _, err := io.ReadFull(r, start[10:]); err != nil {
			return "", 0, err
		}
		length, before = int64(binary.LittleEndian.Uint32(start[8:])), 12
	}
	if length > maxHeader {
		return "", 0, array.Bad("a header of %d bytes", length)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", 0, err
	}
	return string(text), before + length, nil
}

var (
	descr   = regexp.MustCompile(`'descr': '([<>|=]?)([a-zA-Z]\d+)'`)
	fortran = regexp.MustCompile(`'fortran_order': (True|False)`)
	shape   = regexp.MustCompile(`'shape': \(([\d, ]*)\)`)
)

var types = map[string]array.Type{
	"f2": array.Float16, "f4": array.Float32, "f8": array.Float64, "b1": array.Uint8,
	"i1": array.Int8, "i2": array.Int16, "i4": array.Int32, "i8": array.Int64,
	"u1": array.Uint8, "u2": array.Uint16, "u4": array.Uint32, "u8": array.Uint64,
}

// parse takes the type, order and shape from a header, as NumPy writes it.
func parse(text string, a *array.Array) error {
	if m := descr.FindStringSubmatch(text); m != nil {
		a.BigEndian, a.Type = m[1] == ">", types[m[2]]
	}
	m, order := shape.FindStringSubmatch(text), fortran.FindStringSubmatch(text)
	if m == nil || order == nil {
		return array.Bad("a header without shape and order")
	}
	for _, part := range strings.Split(m[1], ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil || len(a.Shape) == 32 {
			return array.Bad("a shape that cannot be")
		}
		a.Shape = append(a.Shape, n)
	}
	if order[1] == "True" {
		a.Strides = array.ColumnMajor(a.Shape)
	}
	return nil
}

// openAt opens a file of the archive behind its first n bytes. Its checksum is compared at its end.
func openAt(f *zip.File, n int64) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, array.Bad("%v", err)
	}
	if _, err := io.CopyN(io.Discard, r, n); err != nil {
		r.Close()
		return nil, array.Bad("%v", err)
	}
	return r, nil
}
