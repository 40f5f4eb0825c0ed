// Package keeptensors lets kernelext's Keep, Recall, Once, Save and Load take tensors of GoMLX. A cell that keeps or
// recalls one imports it, and nothing else is to be done:
//
//	import _ "stylenet/kernelext/keeptensors"
//
//	%%
//	kernelext.Keep("gram", gram)                       // a *tensors.Tensor
//	gram := kernelext.Recall[*tensors.Tensor]("gram")  // in a later cell
//
// kernelext.Display then shows a tensor with its shape, its range and its first values.
//
// It stands apart from kernelext so that cells without tensors do not wait for GoMLX to be linked.
package keeptensors

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/kernelext/internal/codec"
)

func init() {
	codec.Register[*tensors.Tensor](codec.Codec{
		Write: func(w io.Writer, value any) error { return write(w, value.(*tensors.Tensor)) },
		Read:  func(r io.Reader, size int64) (any, error) { return read(r, size) },

		Display: func(value any) []any { return display(value.(*tensors.Tensor)) },
	})
}

// shape is a tensor's shape as it is written, before the numbers as they lie in memory.
type shape struct {
	Type       string // as dtypes names it: "float32"
	Dimensions []int
}

func write(w io.Writer, t *tensors.Tensor) error {
	if err := t.CheckValid(); err != nil {
		return err
	}
	s := t.Shape()
	if err := json.NewEncoder(w).Encode(shape{s.DType.String(), s.Dimensions}); err != nil {
		return err
	}
	var err error
	return errors.Join(t.ConstBytes(func(data []byte) { _, err = w.Write(data) }), err)
}

// read reads a tensor from size bytes, and reserves no more memory than those have.
func read(r io.Reader, size int64) (*tensors.Tensor, error) {
	var s shape
	if err := readLine(r, &s); err != nil {
		return nil, err
	}
	dtype, err := dtypes.DTypeString(s.Type)
	if err != nil {
		return nil, fmt.Errorf("a tensor of numbers of type %q: %w", s.Type, err)
	}
	bytes := int64(1)
	for _, d := range s.Dimensions {
		if d < 0 || bytes*int64(d) > size {
			return nil, fmt.Errorf("a tensor of shape %v in %d bytes", s.Dimensions, size)
		}
		bytes *= int64(d)
	}
	t := tensors.FromShape(shapes.Make(dtype, s.Dimensions...))
	return t, errors.Join(t.MutableBytes(func(data []byte) { _, err = io.ReadFull(r, data) }), err)
}

// readLine reads one line of JSON and not a byte more.
func readLine(r io.Reader, value any) error {
	var line []byte
	for b := [1]byte{}; len(line) < 4096; line = append(line, b[0]) {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return err
		}
		if b[0] == '\n' {
			return json.Unmarshal(line, value)
		}
	}
	return errors.New("the shape of a tensor takes more than 4096 bytes")
}
