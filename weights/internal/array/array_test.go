package array

import (
	"bytes"
	"io"
	"math"
	"slices"
	"testing"
)

// counting is an array of 0, 1, 2, … of the given shape.
func counting(shape ...int) *Array {
	count, _ := Count(shape, 1<<30)
	data := make([]byte, 4*count)
	for i := range count {
		b := math.Float32bits(float32(i))
		copy(data[4*i:], []byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
	}
	return &Array{Name: "a", Shape: shape, Type: Float32,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

func TestFloat32(t *testing.T) {
	a := counting(2, 3) // 0 1 2 / 3 4 5
	columns := *a
	columns.Strides = ColumnMajor(a.Shape) // 0 2 4 / 1 3 5
	for _, test := range []struct {
		a    *Array
		axes []int
		want []float32
	}{
		{a, nil, []float32{0, 1, 2, 3, 4, 5}},
		{a, []int{1, 0}, []float32{0, 3, 1, 4, 2, 5}},
		{&columns, nil, []float32{0, 2, 4, 1, 3, 5}},
		{&columns, []int{1, 0}, []float32{0, 1, 2, 3, 4, 5}},
		{counting(0, 3), nil, nil},
		{counting(), nil, []float32{0}},
	} {
		if got, err := test.a.Float32(test.axes...); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("shape %v, strides %v, axes %v: %v, error %v; want %v", test.a.Shape, test.a.Strides, test.axes, got, err, test.want)
		}
	}
}

// An index worked out by hand: [o, i, h, w] of a [5, 4, 3, 3] kernel is value ((o·4 + i)·3 + h)·3 + w.
func TestFloat32OfAKernel(t *testing.T) {
	got, err := counting(5, 4, 3, 3).Float32(2, 3, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n, v := range got {
		h, w, i, o := n/60, n/20%3, n/5%4, n%5
		if want := ((o*4+i)*3+h)*3 + w; int(v) != want {
			t.Errorf("[%d, %d, %d, %d] is %v, want %d", h, w, i, o, v, want)
		}
	}
}

func TestCount(t *testing.T) {
	for _, test := range []struct {
		shape []int
		limit int64
		want  int // -1: an error
	}{
		{nil, 1, 1}, {[]int{2, 3}, 6, 6}, {[]int{2, 3}, 5, -1}, {[]int{-1}, 5, -1}, {[]int{0, math.MaxInt}, 5, 0},
		{[]int{1 << 32, 1 << 32}, 1 << 40, -1}, {[]int{math.MaxInt, 2}, math.MaxInt64, -1},
	} {
		got, err := Count(test.shape, test.limit)
		if (err != nil) != (test.want < 0) || err == nil && got != test.want {
			t.Errorf("%v below %d: %d, error %v", test.shape, test.limit, got, err)
		}
	}
}

func TestBytesMakesNoMoreRoomThanTheFileHas(t *testing.T) {
	r := bytes.NewReader([]byte("abcdef"))
	if b, err := Bytes(r, 6, 2, 3); err != nil || string(b) != "cde" {
		t.Errorf("%q, error %v", b, err)
	}
	for _, test := range [][2]int64{{0, 7}, {7, 0}, {-1, 2}, {2, -1}, {2, math.MaxInt64}, {math.MaxInt64, 2}} {
		if b, err := Bytes(r, 6, test[0], test[1]); err == nil {
			t.Errorf("%d bytes at %d: %q", test[1], test[0], b)
		}
	}
}

func BenchmarkFloat32OfAKernel(b *testing.B) {
	a := counting(512, 512, 3, 3)
	for name, axes := range map[string][]int{"as it is": {0, 1, 2, 3}, "turned": {2, 3, 1, 0}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				a.Float32(axes...)
			}
		})
	}
	a.Strides = ColumnMajor([]int{3, 3, 512, 512})
	a.Shape = []int{3, 3, 512, 512}
	b.Run("columns", func(b *testing.B) {
		for b.Loop() {
			a.Float32()
		}
	})
}
