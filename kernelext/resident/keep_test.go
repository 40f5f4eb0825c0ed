package resident

import (
	"image"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/tensors"
	_ "stylenet/kernelext/keeptensors"
)

type ring struct{ Next *ring }

type twins struct{ A, B *twins }

// TestWhyNot: only what comes back as a whole is written.
func TestWhyNot(t *testing.T) {
	loop := &ring{}
	loop.Next = loop
	wide := &twins{}
	for range 60 { // a few values, but more ways to them than could ever be walked
		wide = &twins{wide, wide}
	}
	var none *int
	var nobody image.Image
	for _, c := range []struct {
		value any // a pointer to it
		want  string
	}{
		{new(3), ""}, {new("text"), ""}, {new([]float32{1}), ""}, {new(map[string][]int{"a": {1}}), ""}, {new(time.Now()), ""},
		{new(struct{ A *[]string }{}), ""}, {new(image.Image(image.NewGray(image.Rect(0, 0, 1, 1)))), ""}, {new(big.NewInt(3)), ""},
		{new(tensors.FromValue([]float32{1})), ""}, {new(&ring{&ring{}}), ""},
		{new(func() {}), "there is a func in it"}, {new(make(chan int)), "there is a chan in it"}, {new(any(3)), "there is an interface in it"},
		{new(struct{ a int }{}), "has a field of its own, a"}, {&none, "it is nil"}, {&nobody, "it is nil"},
		{&loop, "it holds itself"}, {&wide, "it holds itself"},
	} {
		got := whyNot(reflect.ValueOf(c.value).Elem())
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%T: %q, want %q", c.value, got, c.want)
		}
	}
	alive.Add(1)
	defer alive.Add(-1)
	if got := whyNot(reflect.ValueOf(new(map[int]int{})).Elem()); !strings.Contains(got, "a goroutine still runs") {
		t.Errorf("a map that a goroutine may change: %q", got)
	}
}

// TestWriteAndRestore: a variable comes back as it was.
func TestWriteAndRestore(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	type setting struct {
		Name string
		At   []image.Point
	}
	x, y := setting{"a", []image.Point{{1, 2}}}, 3
	r := &Running{noted: map[string]any{}}
	r.Var("x", &x)
	r.Var("y", &y)
	r.Var("f", new(func() {}))
	kept, lost := r.keepNoted()
	keeping.Wait()
	if len(kept) != 2 || len(lost) != 1 || lost["f"] == "" {
		t.Errorf("kept %q, lost %q", kept, lost)
	}
	var again setting
	var wrong string
	restored()
	Restore("x", &again)
	Restore("y", &wrong)
	Restore("z", &wrong)
	back, not := restored()
	if !reflect.DeepEqual(again, x) || len(back) != 1 || not["y"] == "" || not["z"] == "" {
		t.Errorf("%+v, back %q, not %q", again, back, not)
	}
}
