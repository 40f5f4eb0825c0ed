package keeptensors

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	_ "github.com/gomlx/compute/gobackend" // the backend "go"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/kernelext/internal/codec"
)

func TestDisplay(t *testing.T) {
	own, _ := codec.For(reflect.TypeFor[*tensors.Tensor]())
	nan, inf := math.NaN(), math.Inf(-1)
	twelve := make([]int32, 12)
	twelve[11] = -5
	for _, c := range []struct {
		value any
		want  string
	}{
		{[][]float32{{1, 2}, {3, 4}}, "tensor (Float32)[2, 2], from 1 to 4: [1 2 3 4]"},
		{[]float32{0.1, -2.5e-7}, "tensor (Float32)[2], from -2.5e-07 to 0.1: [0.1 -2.5e-07]"},
		{[]float64{nan, 3, nan, -1}, "tensor (Float64)[4], from -1 to 3, 2 NaN: [NaN 3 NaN -1]"},
		{[]float64{nan}, "tensor (Float64)[1], 1 NaN: [NaN]"},
		{[]float64{1, inf}, "tensor (Float64)[2], from -Inf to 1: [1 -Inf]"},
		{float64(7), "tensor (Float64): 7"},
		{float32(math.Inf(-1)), "tensor (Float32): -Inf"},
		{nan, "tensor (Float64): NaN"},
		{true, "tensor (Bool): true"},
		{complex64(complex(1, 2)), "tensor (Complex64): (1+2i)"},
		{[]float16.Float16{float16.FromFloat32(0.5), float16.FromFloat32(2)}, "tensor (Float16)[2], from 0.5 to 2: [0.5 2]"},
		{[]bfloat16.BFloat16{bfloat16.FromFloat32(-3)}, "tensor (BFloat16)[1], from -3 to -3: [-3]"},
		{[]bool{true, false, true}, "tensor (Bool)[3], 2 true: [true false true]"},
		{[]complex64{complex(1, 2)}, "tensor (Complex64)[1]: [(1+2i)]"},
		{[]complex128{complex(0, -2)}, "tensor (Complex128)[1]: [(0-2i)]"},
		{[]int8{-1, 2}, "tensor (Int8)[2], from -1 to 2: [-1 2]"},
		{[]int16{-1, 2}, "tensor (Int16)[2], from -1 to 2: [-1 2]"},
		{twelve, "tensor (Int32)[12], from -5 to 0: [0 0 0 0 0 0 0 0 0 0 …]"},
		{[]int64{math.MinInt64}, "tensor (Int64)[1], from -9223372036854775808 to -9223372036854775808: [-9223372036854775808]"},
		{[]uint8{1, 255}, "tensor (Uint8)[2], from 1 to 255: [1 255]"},
		{[]uint16{7}, "tensor (Uint16)[1], from 7 to 7: [7]"},
		{[]uint32{7}, "tensor (Uint32)[1], from 7 to 7: [7]"},
		{[]uint64{math.MaxUint64}, "tensor (Uint64)[1], from 18446744073709551615 to 18446744073709551615: [18446744073709551615]"},
	} {
		tensor, err := tensors.FromAnyValue(c.value)
		if err != nil {
			t.Fatal(err)
		}
		if got := own.Display(tensor); len(got) != 1 || got[0] != c.want {
			t.Errorf("%v: %q, want %q", c.value, got, c.want)
		}
	}
}

func TestDisplayOfOddTensors(t *testing.T) {
	gone := tensors.FromValue([]float32{1})
	gone.MustFinalizeAll()
	for want, tensor := range map[string]*tensors.Tensor{
		"tensor (Float32)[0, 3]: []":                  tensors.FromShape(shapes.Make(dtypes.Float32, 0, 3)),
		"a tensor that was finalized":                 gone,
		"a tensor that cannot be read: Tensor is nil": nil,
	} {
		if got := display(tensor); len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	// 0xE1 has 1 in its low half and 14 in the high one, which is -2 of four signed bits; 0b11100100 has 0, 1, 2, 3.
	for _, c := range []struct {
		dtype dtypes.DType
		bytes []uint8
		n     int
		want  string
	}{
		{dtypes.Int4, []uint8{0xE1, 7}, 3, ", from -2 to 7: [1 -2 7]"},
		{dtypes.Uint4, []uint8{0xE1, 7}, 3, ", from 1 to 14: [1 14 7]"},
		{dtypes.Int2, []uint8{0b11100100}, 4, ", from -2 to 1: [0 1 -2 -1]"},
		{dtypes.Uint2, []uint8{0b11100100}, 4, ", from 0 to 3: [0 1 2 3]"},
		{dtypes.Uint1, []uint8{5}, 4, ", from 0 to 1: [1 0 1 0]"},
	} {
		if got := valuesText(c.dtype, c.n, c.bytes); got != c.want {
			t.Errorf("%v: %q, want %q", c.dtype, got, c.want)
		}
	}
	if got := fmt.Sprint(display(tensors.FromShape(shapes.Make(dtypes.Int4, 3)))); got != "[tensor (Int4)[3], from 0 to 0: [0 0 0]]" {
		t.Error(got)
	}
}

// A tensor that lies on a device alone is read from there.
func TestDisplayOfATensorOnADevice(t *testing.T) {
	backend, err := compute.NewWithConfig("go")
	if err != nil {
		t.Fatal(err)
	}
	tensor := tensors.FromValue([][]float32{{1, -2}, {0.5, 3}})
	if err := tensor.ToDevice(backend, 0); err != nil {
		t.Fatal(err)
	}
	if tensor.HasLocal() || !tensor.IsOnAnyDevice() {
		t.Fatal("the tensor is not on the device alone")
	}
	if got, want := display(tensor), "tensor (Float32)[2, 2], from -2 to 3: [1 -2 0.5 3]"; len(got) != 1 || got[0] != want {
		t.Errorf("%q, want %q", got, want)
	}
	backend.Finalize()
	const want = "a tensor that cannot be read: attempting to access Tensor stored with a nil or finalized backend"
	if got := display(tensor); len(got) != 1 || got[0] != want {
		t.Errorf("after the backend's end: %q, want %q", got, want)
	}
}
