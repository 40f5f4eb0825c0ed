package array

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Type is the type of an array's values in its file.
type Type int

// The types of values.
const (
	Unknown Type = iota
	Float16
	BFloat16
	Float32
	Float64
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
)

var types = [...]struct {
	name string
	size int
}{
	Unknown: {"unknown", 0},
	Float16: {"float16", 2}, BFloat16: {"bfloat16", 2}, Float32: {"float32", 4}, Float64: {"float64", 8},
	Int8: {"int8", 1}, Int16: {"int16", 2}, Int32: {"int32", 4}, Int64: {"int64", 8},
	Uint8: {"uint8", 1}, Uint16: {"uint16", 2}, Uint32: {"uint32", 4}, Uint64: {"uint64", 8},
}

// Size returns the bytes one value takes, 0 for Unknown.
func (t Type) Size() int { return types[t].size }

// String returns the type's name, such as float32.
func (t Type) String() string { return types[t].name }

// decode turns bytes into float32, len(dst) of them. Values that float32 cannot hold are rounded to the nearest.
func (t Type) decode(dst []float32, src []byte, bigEndian bool) {
	var order binary.ByteOrder = binary.LittleEndian
	if bigEndian {
		order = binary.BigEndian
	}
	size := t.Size()
	for i := range dst {
		dst[i] = t.value(src[i*size:], order)
	}
}

// value decodes one value.
func (t Type) value(b []byte, order binary.ByteOrder) float32 {
	switch t {
	case Float16:
		return half(order.Uint16(b))
	case BFloat16:
		return math.Float32frombits(uint32(order.Uint16(b)) << 16)
	case Float32:
		return math.Float32frombits(order.Uint32(b))
	case Float64:
		return float32(math.Float64frombits(order.Uint64(b)))
	case Int8:
		return float32(int8(b[0]))
	case Int16:
		return float32(int16(order.Uint16(b)))
	case Int32:
		return float32(int32(order.Uint32(b)))
	case Int64:
		return float32(int64(order.Uint64(b)))
	case Uint8:
		return float32(b[0])
	case Uint16:
		return float32(order.Uint16(b))
	case Uint32:
		return float32(order.Uint32(b))
	case Uint64:
		return float32(order.Uint64(b))
	}
	panic(fmt.Sprintf("array: no values of type %v", t)) // Size, asked before, is 0
}

// half widens an IEEE 754 half-precision number.
func half(bits uint16) float32 {
	sign, exponent, fraction := uint32(bits>>15), uint32(bits>>10&31), uint32(bits&1023)
	switch exponent {
	case 0: // subnormal: fraction·2⁻²⁴
		v := float32(fraction) / (1 << 24)
		if sign == 1 {
			v = -v
		}
		return v
	case 31: // infinity, not a number
		return math.Float32frombits(sign<<31 | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign<<31 | (exponent+127-15)<<23 | fraction<<13)
}
