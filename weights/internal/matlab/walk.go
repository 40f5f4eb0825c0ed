package matlab

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"stylenet/weights/internal/array"
)

// The classes of arrays. From mxDouble to mxUint64 they are numbers.
const (
	mxCell   = 1
	mxStruct = 2
	mxDouble = 6
	mxUint64 = 15
)

const (
	maxHeader = 1 << 16 // bytes of an array's name, shape or fields
	maxDepth  = 12      // of cells and structs in each other
	maxInner  = 1 << 16 // arrays in the cells and structs of a variable
)

// maxArray is how many values of a compressed array are kept in memory: those of VGG-19's largest kernel.
const maxArray = 9 * 512 * 512

// walker reads one variable and collects the arrays that are wanted.
type walker struct {
	in    source
	order binary.ByteOrder
	want  func(name string, shape []int) Verdict
	found []array.Array
	inner int // arrays in cells and structs so far
}

// matrix reads an array of the given length in bytes. Path is its name where it lies in another one.
func (w *walker) matrix(length int64, path string, depth int) error {
	if length == 0 { // an empty array may be written as nothing
		return nil
	}
	left := length
	flags, err := w.header(&left)
	if err != nil || len(flags) < 4 {
		return orBad(err, "an array without flags")
	}
	dims, err := w.header(&left)
	if err != nil {
		return err
	}
	name, err := w.header(&left)
	if err != nil {
		return err
	}
	shape, err := w.shape(dims)
	if err != nil {
		return err
	}
	if depth == 0 {
		path = string(name)
	}
	switch w.want(path, shape) {
	case Leave:
		return errLeave
	case Keep:
		if err := w.keep(w.order.Uint32(flags), shape, &left, path, depth); err != nil {
			return err
		}
	}
	return w.in.skip(left)
}

func (w *walker) shape(dims []byte) ([]int, error) {
	var shape []int
	for ; len(dims) >= 4; dims = dims[4:] {
		shape = append(shape, int(int32(w.order.Uint32(dims))))
	}
	if len(shape) < 2 || len(shape) > 32 {
		return nil, array.Bad("an array with %d axes", len(shape))
	}
	return shape, nil
}

// keep reads what an array holds.
func (w *walker) keep(flags uint32, shape []int, left *int64, path string, depth int) error {
	const isComplex = 0x800
	switch class := flags & 0xff; {
	case depth == maxDepth:
		return array.Unsupported("cells and structs more than %d deep", maxDepth).In(path)
	case class == mxCell:
		return w.cell(shape, left, path, depth)
	case class == mxStruct:
		return w.structure(shape, left, path, depth)
	case class < mxDouble || class > mxUint64:
		return array.Unsupported("an array of class %d where numbers are expected", class).In(path)
	case flags&isComplex != 0:
		return array.Unsupported("complex numbers").In(path)
	}
	return w.numeric(shape, left, path)
}

func (w *walker) cell(shape []int, left *int64, path string, depth int) error {
	count, err := array.Count(shape, *left/8) // each takes a tag at least
	if err != nil {
		return array.Within(err, path)
	}
	for i := range count {
		if err := w.member(left, fmt.Sprintf("%s{%d}", path, i+1), depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) structure(shape []int, left *int64, path string, depth int) error {
	width, err := w.header(left)
	if err != nil || len(width) < 4 {
		return orBad(err, "a struct without a length of names")
	}
	names, err := w.header(left)
	if err != nil {
		return err
	}
	step := int(w.order.Uint32(width))
	if step < 1 || step > len(names) {
		return nil // without fields
	}
	count, err := array.Count(shape, *left/8)
	if err != nil {
		return array.Within(err, path)
	}
	for i := range count {
		prefix := path
		if count > 1 {
			prefix = fmt.Sprintf("%s(%d)", path, i+1)
		}
		for field := names; len(field) >= step; field = field[step:] {
			name, _, _ := bytes.Cut(field[:step], []byte{0})
			if err := w.member(left, prefix+"."+string(name), depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// member reads one array of a cell or struct.
func (w *walker) member(left *int64, path string, depth int) error {
	if w.inner++; w.inner > maxInner {
		return array.Unsupported("more than %d arrays in cells and structs", maxInner).In(path)
	}
	e, err := w.element(left)
	if err != nil {
		return err
	}
	if e.kind != miMatrix || e.small != nil {
		return array.Bad("an element of type %d, want %d", e.kind, miMatrix).In(path)
	}
	if err := w.matrix(e.length, path, depth+1); err != nil {
		return err
	}
	return w.in.skip(e.padding)
}

// numeric takes down an array of numbers. They may be stored in a smaller type than the array's own, as MATLAB does
// with whole numbers.
func (w *walker) numeric(shape []int, left *int64, path string) error {
	e, err := w.element(left)
	if err != nil {
		return err
	}
	a := array.Array{Name: path, Shape: shape, Strides: array.ColumnMajor(shape), Type: numbers[e.kind], BigEndian: w.order == binary.BigEndian}
	if a.Type == array.Unknown {
		return array.Bad("numbers of type %d", e.kind).In(path)
	}
	count, err := array.Count(shape, e.length/int64(a.Type.Size()))
	if err != nil || int64(count*a.Type.Size()) != e.length {
		return array.Bad("shape %v of %v in %d bytes", shape, a.Type, e.length).In(path)
	}
	if _, isPacked := w.in.(*packed); isPacked && count > maxArray {
		return array.Unsupported("%d compressed values; up to %d are read", count, maxArray).In(path)
	}
	if e.small != nil {
		a.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(e.small))), nil }
	} else if a.Open, err = w.in.data(e.length); err != nil {
		return err
	}
	w.found = append(w.found, a)
	return w.in.skip(e.padding)
}

// orBad returns the error, or where there is none one with the reason.
func orBad(err error, reason string) error {
	if err != nil {
		return err
	}
	return array.Bad("%s", reason)
}
