package keeptensors

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/bfloat16"
	"github.com/gomlx/compute/dtypes/float16"
	"github.com/gomlx/compute/dtypes/gotype"
	"github.com/gomlx/gomlx/core/tensors"
)

// shownValues is how many values of a tensor are shown.
const shownValues = 10

// display says how a tensor is shown: its shape, from where to where its values go, and the first of them. A tensor on a
// device is read from there. Of a scalar it is the value.
func display(t *tensors.Tensor) []any {
	if t != nil && !t.Ok() {
		return []any{"a tensor that was finalized"}
	}
	if err := t.CheckValid(); err != nil {
		return []any{fmt.Sprintf("a tensor that cannot be read: %v", err)}
	}
	s := t.Shape()
	text := "tensor " + fmt.Sprint(s)
	if s.Size() == 0 {
		return []any{text + ": []"}
	}
	err := t.ConstFlatData(func(flat any) {
		values := valuesText(s.DType, s.Size(), flat)
		if _, list, ok := strings.Cut(values, "["); ok && s.IsScalar() {
			values = ": " + strings.TrimSuffix(list, "]")
		}
		text += values
	})
	if err != nil {
		text += fmt.Sprintf(", which cannot be read: %v", err)
	}
	return []any{text}
}

// valuesText describes n values of one type, which lie in a slice as GoMLX keeps them.
func valuesText(dtype dtypes.DType, n int, flat any) string {
	switch flat := flat.(type) {
	case []bool:
		return boolsText(flat)
	case []float32:
		return floatsText(len(flat), func(i int) float64 { return float64(flat[i]) })
	case []float64:
		return floatsText(len(flat), func(i int) float64 { return flat[i] })
	case []float16.Float16:
		return floatsText(len(flat), func(i int) float64 { return flat[i].Float64() })
	case []bfloat16.BFloat16:
		return floatsText(len(flat), func(i int) float64 { return flat[i].Float64() })
	case []complex64:
		return ": " + listText(len(flat), func(i int) any { return flat[i] })
	case []complex128:
		return ": " + listText(len(flat), func(i int) any { return flat[i] })
	case []int8:
		return integersText(flat)
	case []int16:
		return integersText(flat)
	case []int32:
		return integersText(flat)
	case []int64:
		return integersText(flat)
	case []uint8:
		if dtype.IsPacked() {
			return integersText(tensors.UnpackSubBytes(flat, dtype, n))
		}
		return integersText(flat)
	case []uint16:
		return integersText(flat)
	case []uint32:
		return integersText(flat)
	case []uint64:
		return integersText(flat)
	}
	return ""
}

// floatsText describes numbers of floating point. Those that are no numbers are counted.
func floatsText(n int, at func(int) float64) string {
	least, largest, numbers := 0.0, 0.0, 0
	for i := range n {
		v := at(i)
		if v != v {
			continue
		}
		if numbers++; numbers == 1 {
			least, largest = v, v
		}
		least, largest = min(least, v), max(largest, v)
	}
	text := ""
	if numbers > 0 {
		text = fmt.Sprintf(", from %.6g to %.6g", least, largest)
	}
	if numbers < n {
		text += fmt.Sprintf(", %d NaN", n-numbers)
	}
	return text + ": " + listText(n, func(i int) any { return fmt.Sprintf("%.6g", at(i)) })
}

// integersText describes integers.
func integersText[T gotype.Integer](values []T) string {
	least, largest := values[0], values[0]
	for _, v := range values {
		least, largest = min(least, v), max(largest, v)
	}
	return fmt.Sprintf(", from %d to %d: %s", least, largest, listText(len(values), func(i int) any { return values[i] }))
}

func boolsText(values []bool) string {
	isTrue := 0
	for _, v := range values {
		if v {
			isTrue++
		}
	}
	return fmt.Sprintf(", %d true: %s", isTrue, listText(len(values), func(i int) any { return values[i] }))
}

// listText lists the first of n values.
func listText(n int, at func(int) any) string {
	var list []string
	for i := range min(n, shownValues) {
		list = append(list, fmt.Sprint(at(i)))
	}
	if n > shownValues {
		list = append(list, "…")
	}
	return "[" + strings.Join(list, " ") + "]"
}
