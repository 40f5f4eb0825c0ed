package kernelext

import (
	"strings"
	"testing"
)

// inner and outer have fields that encoding/json leaves out.
type inner struct {
	weight float64
	layer  string
}

type outer struct {
	Name  string
	parts []inner
	next  *inner
	any   any
	cells map[string][2]int
}

func TestHash(t *testing.T) {
	base := func() outer {
		return outer{"n", []inner{{1, "relu1_1"}}, &inner{2, "b"}, 3, map[string][2]int{"x": {1, 2}, "y": {3, 4}}}
	}
	hashOf := func(v any) string {
		t.Helper()
		h, err := hash([]any{v})
		if err != nil {
			t.Error(err)
		}
		return h
	}
	if hashOf(base()) != hashOf(base()) {
		t.Error("equal values at different addresses have different hashes")
	}
	for i, change := range []func(o *outer){
		func(o *outer) { o.Name = "m" },
		func(o *outer) { o.parts[0].weight = 1.5 },
		func(o *outer) { o.parts[0].layer = "relu1_2" },
		func(o *outer) { o.parts = append(o.parts, inner{}) },
		func(o *outer) { o.next.layer = "c" },
		func(o *outer) { o.next = nil },
		func(o *outer) { o.any = int64(3) },
		func(o *outer) { o.cells["x"] = [2]int{1, 3} },
		func(o *outer) { o.cells["z"] = [2]int{} },
	} {
		changed := base()
		change(&changed)
		if hashOf(changed) == hashOf(base()) {
			t.Errorf("change %d: %+v has the hash of %+v", i, changed, base())
		}
	}
	type ring struct{ next any }
	endless := &ring{}
	endless.next = endless
	for want, v := range map[string]any{
		"number 1 of type func(), cannot be compared: a func has no contents to compare":        func() {},
		"number 1 of type kernelext.ring, cannot be compared: field next: a chan has no":        ring{make(chan int)},
		"number 1 of type *kernelext.ring, cannot be compared: it is more than 100 levels deep": endless,
	} {
		if _, err := hash([]any{v}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestOnce(t *testing.T) {
	inFolder(t)
	made := 0
	get := func(deps ...any) int {
		return Once("x", func() (int, error) { made++; return 10 * made, nil }, deps...)
	}
	picture := quarters(8, 8)
	for i, c := range []struct {
		deps []any
		want int
	}{
		{nil, 10},
		{nil, 10},
		{[]any{5}, 20},
		{[]any{5}, 20},
		{[]any{5.0}, 30}, // another type is another value
		{[]any{map[string]int{"a": 1, "b": 2, "c": 3}}, 40},
		{[]any{map[string]int{"c": 3, "b": 2, "a": 1}}, 40},
		{[]any{picture, []float32{1}}, 50},
		{[]any{picture, []float32{2}}, 60},
		{[]any{quarters(8, 8), []float32{2}}, 60},
	} {
		if got := get(c.deps...); got != c.want {
			t.Errorf("%d: %d, want %d", i, got, c.want)
		}
	}
	picture.Pix[0]++
	if got := get(picture, []float32{2}); got != 70 {
		t.Errorf("a changed pixel gives %d", got)
	}
	if got := Once("x", func() (string, error) { return "new", nil }, picture, []float32{2}); got != "new" {
		t.Errorf("another type gives %q", got)
	}
}
