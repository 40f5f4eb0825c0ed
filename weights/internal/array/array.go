// Package array is what the readers of weight files have in common: a named array whose numbers are read only when
// somebody asks, and the error that says what is wrong with a file.
package array

import (
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"unsafe"
)

// Array is one array of a file.
type Array struct {
	Name      string
	Shape     []int
	Strides   []int // values to step over for the next one along each axis; nil: the last axis varies fastest
	Type      Type
	BigEndian bool

	// Open gives the array's values, one after another from the first on. It is called by Float32.
	Open func() (io.ReadCloser, error)
}

// Count returns the number of values in an array of the given shape, or an error where a file claims a shape that
// holds more than limit of them, or a negative size.
func Count(shape []int, limit int64) (int, error) {
	count := int64(1)
	for _, size := range shape {
		if size < 0 {
			return 0, Bad("shape %v", shape)
		}
		if size > 0 && count > limit/int64(size) {
			return 0, Bad("shape %v is more than the %d values there is room for", shape, limit)
		}
		count *= int64(size)
	}
	return int(count), nil
}

// Float32 reads the array and returns its values as float32, the last axis varying fastest, after its axes were put
// in the given order: with axes 2, 3, 1, 0 a kernel [out, in, height, width] becomes [height, width, in, out].
// Without axes they stay as they are. The array's reader has checked that the file can hold its shape, if it knows the type.
func (a *Array) Float32(axes ...int) ([]float32, error) {
	if a.Type.Size() == 0 {
		return nil, Unsupported("values of type %v", a.Type).In(a.Name)
	}
	strides := a.Strides
	if strides == nil {
		strides = RowMajor(a.Shape)
	}
	if axes == nil {
		for i := range a.Shape {
			axes = append(axes, i)
		}
	}
	count, span := 1, 1 // span: from the first value to behind the last
	for i, size := range a.Shape {
		count *= size
		span += (size - 1) * strides[i]
	}
	if count == 0 {
		return nil, nil
	}
	shape, steps := Permute(a.Shape, axes), Permute(strides, axes)
	out := make([]float32, count)
	if slices.Equal(steps, RowMajor(shape)) {
		return out, a.read(out)
	}
	scratch := scratches.Get().(*[]float32) // saves the collector work: a network has many large arrays
	defer scratches.Put(scratch)
	*scratch = slices.Grow((*scratch)[:0], span)[:span]
	if err := a.read(*scratch); err != nil {
		return nil, err
	}
	gather(out, *scratch, shape, steps)
	return out, nil
}

// scratches holds room for values that are not in order yet.
var scratches = sync.Pool{New: func() any { return new([]float32) }}

// Permute returns the sizes in the order of the axes given.
func Permute(sizes, axes []int) []int {
	permuted := make([]int, len(axes))
	for i, axis := range axes {
		permuted[i] = sizes[axis]
	}
	return permuted
}

// RowMajor returns the strides of a shape whose last axis varies fastest.
func RowMajor(shape []int) []int {
	strides, step := make([]int, len(shape)), 1
	for i := len(shape) - 1; i >= 0; i-- {
		strides[i] = step
		step *= shape[i]
	}
	return strides
}

// ColumnMajor returns the strides of a shape whose first axis varies fastest, as in Fortran and MATLAB.
func ColumnMajor(shape []int) []int {
	strides, step := make([]int, len(shape)), 1
	for i := range shape {
		strides[i] = step
		step *= shape[i]
	}
	return strides
}

// gather copies values into out, walking them by shape and steps. It takes the last axis in strips, so that the
// values it jumps between stay in the processor's cache.
func gather(out, values []float32, shape, steps []int) {
	const strip = 16
	last := len(shape) - 1
	for from := 0; from < shape[last]; from += strip {
		gatherStrip(out, values, shape, steps, from, min(from+strip, shape[last]))
	}
}

// gatherStrip copies what lies on the last axis between from and to.
func gatherStrip(out, values []float32, shape, steps []int, from, to int) {
	if len(shape) == 1 {
		for i := from; i < to; i++ {
			out[i] = values[i*steps[0]]
		}
		return
	}
	part := len(out) / shape[0]
	for i := range shape[0] {
		gatherStrip(out[i*part:(i+1)*part], values[i*steps[0]:], shape[1:], steps[1:], from, to)
	}
}

// read fills values with the first of the array's data. It then looks for the end of the data, where the readers of
// archives say that a checksum is wrong.
func (a *Array) read(values []float32) error {
	r, err := a.Open()
	if err != nil {
		return Within(err, a.Name)
	}
	defer r.Close()
	size := a.Type.Size()
	const most = 1 << 18 // bytes at a time: whoever looks at them next finds them in the processor's cache
	var chunk []byte
	asInMemory := a.Type == Float32 && a.BigEndian == bigEndian
	if !asInMemory {
		chunk = make([]byte, min(len(values)*size, most))
	}
	for rest := values; len(rest) > 0; {
		n := min(len(rest), most/size)
		data := bytesOf(rest[:n])
		if !asInMemory {
			data = chunk[:n*size]
		}
		if _, err := io.ReadFull(r, data); err != nil {
			return Bad("after %d of %d values: %v", len(values)-len(rest), len(values), err).In(a.Name)
		}
		if !asInMemory {
			a.Type.decode(rest[:n], data, a.BigEndian)
		}
		rest = rest[n:]
	}
	if _, err := r.Read(make([]byte, 1)); err != nil && err != io.EOF {
		return Bad("after the last value: %v", err).In(a.Name)
	}
	return nil
}

// bigEndian tells whether this computer's memory has the highest byte of a value first. Few have.
var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// bytesOf returns the memory of the values.
func bytesOf(values []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
}

// Bytes returns n bytes of r, which has size bytes in all, from offset on. It makes room for no more than the file has.
func Bytes(r io.ReaderAt, size, offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || offset > size || n > size-offset {
		return nil, Bad("%d bytes at %d of a file of %d", n, offset, size)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(r, offset, n), b); err != nil {
		return nil, Bad("%d bytes at %d: %v", n, offset, err)
	}
	return b, nil
}

// At returns an Open function for data that lies in r as it is: n bytes from offset on, which the caller has checked.
func At(r io.ReaderAt, offset, n int64) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(r, offset, n)), nil
	}
}
