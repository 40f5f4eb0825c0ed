//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib"
	"stylenet/stylelib/internal/native"
)

// A call with other shapes is an error, not a read of what is not there.
func TestCallRefuses(t *testing.T) {
	backend, err := stylelib.OpenBackend()
	if err != nil {
		t.Skip(err)
	}
	defer backend.Finalize()
	before, _ := os.ReadFile("/proc/self/maps")
	if err := native.Open(backend); err != nil {
		if info, _ := os.ReadFile("/proc/cpuinfo"); strings.Contains(string(info), " avx2 ") {
			t.Fatalf("%v, and the processor has AVX2", err)
		}
		t.Skip(err)
	}
	if after, err := os.ReadFile("/proc/self/maps"); err == nil {
		was, is := protection(before, native.HookedEntry()), protection(after, native.HookedEntry())
		t.Logf("the plugin's table is %s", is)
		if was != is || was == "" {
			t.Errorf("the page of the plugin's table was %q and is %q", was, is)
		}
	}
	for name, c := range map[string]struct {
		kind   string
		shapes [][]int // of the arguments, and of the result
	}{
		"weights of fewer channels": {"plain", [][]int{{1, 8, 8, 32}, {36, 2, 16, 32}, {1, 8, 8, 64}}},
		"other points":              {"plain", [][]int{{1, 8, 8, 32}, {64, 2, 32, 32}, {1, 8, 8, 64}}},
		"fewer panels":              {"plain", [][]int{{1, 8, 8, 32}, {36, 1, 32, 32}, {1, 8, 8, 64}}},
		"two pictures":              {"plain", [][]int{{2, 8, 8, 32}, {36, 2, 32, 32}, {2, 8, 8, 64}}},
		"24 channels":               {"plain", [][]int{{1, 8, 8, 24}, {36, 2, 24, 32}, {1, 8, 8, 64}}},
		"another width":             {"plain", [][]int{{1, 8, 8, 32}, {36, 2, 32, 32}, {1, 8, 10, 64}}},
		"no weights":                {"plain", [][]int{{1, 8, 8, 32}, {1, 8, 8, 64}}},
		"no picture":                {"plain", [][]int{{8, 32}, {36, 2, 32, 32}, {8, 64}}},
		"no bias":                   {"bias", [][]int{{1, 8, 8, 32}, {36, 2, 32, 32}, {1, 8, 8, 64}}},
		"a short bias":              {"relu", [][]int{{1, 8, 8, 32}, {36, 2, 32, 32}, {32}, {1, 8, 8, 64}}},
		"smaller where":             {"where", [][]int{{1, 8, 8, 32}, {36, 2, 32, 32}, {1, 8, 7, 32}, {1, 8, 8, 64}}},
		"features of a picture":     {"gram", [][]int{{1, 8, 64}, {64, 64}}},
		"48 features":               {"gram", [][]int{{8, 48}, {48, 48}}},
		"another Gram matrix":       {"gram", [][]int{{8, 64}, {64, 32}}},
		"a matrix not in panels":    {"times", [][]int{{8, 64}, {64, 64}, {8, 64}}},
		"a matrix of fewer rows":    {"times", [][]int{{8, 64}, {2, 32, 32}, {8, 64}}},
		"more results":              {"times", [][]int{{8, 64}, {2, 64, 32}, {9, 64}}},
	} {
		var args []any
		last := len(c.shapes) - 1
		for _, dimensions := range c.shapes[:last] {
			args = append(args, tensors.FromShape(shapes.Make(dtypes.Float32, dimensions...)))
		}
		_, err := ExecOnce(backend, func(in []*Node) *Node {
			return native.Call(c.kind, func(p []*Node) *Node {
				return BroadcastToDims(Reshape(SliceAxis(Reshape(p[0], -1), 0, AxisElem(0))), c.shapes[last]...)
			}, in...)
		}, args...)
		if err == nil || !strings.Contains(err.Error(), "stylenet: a ") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// protection finds the protection of the page at an address in a text like /proc/self/maps: "r--p" is not writable.
func protection(maps []byte, address uintptr) (rights string) {
	for line := range strings.Lines(string(maps)) {
		var first, end uintptr
		if fmt.Sscanf(line, "%x-%x %s", &first, &end, &rights); first <= address && address < end {
			return rights
		}
	}
	return ""
}
