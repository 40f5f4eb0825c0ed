package kernelext

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"
	"time"
)

type (
	vPoint   struct{ X, Y int }
	vHidden  struct{ x, y int }
	vList    struct{ items []int }
	vNode    struct{ Next *vNode }
	vLevel   int
	vBroken  struct{ A int }
	vWrong   struct{}
	vOwn     struct{ N int }
	vPointer struct{ N int }
	vItself  struct{}
	vFails   struct{}
	vAgain   struct{ vHidden } // its String panics with the value itself
	vByRef   struct{ A, B, C, D, E int }
	vFour    struct{ A, B, C, D int }
	vFive    struct{ A, B, C, D, E int }
	vStep    struct {
		N     int
		Terms map[string]float64
		Wait  time.Duration
		Any   map[string]any
	}
	vCell𐘀3 struct{ n int } // as the kernel names what a cell declares
	vGraph  struct{ shape []int }
	vPerson struct {
		Name string
		Age  int
		Tags []string
		note string
	}
	vBase struct{ ID int }
	vKind struct {
		*vBase
		Level vLevel
		Err   error
	}
	vMany struct {
		A, B, C, D, E, F int
		Name             string
		hidden           int
	}
)

func (l vLevel) String() string  { return [...]string{"low", "high"}[l] }
func (vBroken) String() string   { panic("no text") }
func (vWrong) Error() string     { panic(errors.New("wrong <error>")) }
func (a vAgain) String() string  { panic(a) }
func (r *vByRef) String() string { return fmt.Sprint("by ref ", r.A) }
func (o vOwn) Display() []any {
	return []any{"N is\n" + fmt.Sprint(o.N), [][]string{{"a", "b"}, {"1", "<2>"}}, "", o.N, nil}
}
func (p *vPointer) Display() []any   { return []any{vOwn{p.N}, plainColour(8, 8, red)} }
func (i vItself) Display() []any     { return []any{i} }
func (vFails) Display() []any        { panic("no display") }
func (*vGraph) Shape() []int         { return []int{2, 3} }
func (vGraph) Other(int) (int, bool) { return 0, false }

// texts displays values and returns the texts of the outputs.
func texts(t *testing.T, values ...any) []string {
	t.Helper()
	s := collect(t)
	Display(values...)
	var texts []string
	for _, o := range s.all() {
		texts = append(texts, o.text)
	}
	return texts
}

func TestDisplayError(t *testing.T) {
	s := collect(t)
	Display(fmt.Errorf("open <x>: %w", errors.ErrUnsupported))
	o := s.all()[0]
	if o.text != "error: open <x>: unsupported operation" ||
		o.html != `<pre style="color:#c22">error: open &lt;x&gt;: unsupported operation</pre>` {
		t.Errorf("%q, %q", o.text, o.html)
	}
}

func TestDisplayer(t *testing.T) {
	want := []string{"N is\n7", "a  b\n1  <2>", "7", "nil"}
	if got := texts(t, vOwn{7}); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, value := range []any{vPointer{7}, &vPointer{7}} { // the method is the pointer's
		s := collect(t)
		Display(value)
		if all := s.all(); len(all) != 5 || all[0].text != "N is\n7" || all[4].picture == nil || all[4].text != "picture 8x8" {
			t.Errorf("%T: %+v", value, all)
		}
	}
}

func TestDisplayPictures(t *testing.T) {
	picture := plainColour(200, 100, red)
	s := collect(t)
	Display(picture)
	_, p := s.only(t)
	near(t, p, image.Rect(0, 0, 200, 100), red)

	s = collect(t)
	Display([]*image.RGBA{picture, plainColour(200, 100, blue)}) // side by side, with 8 pixels between
	_, p = s.only(t)
	near(t, p, image.Rect(0, 0, 200, 100), red)
	near(t, p, image.Rect(208, 0, 408, 100), blue)

	many := make([]image.Image, 70)
	for i := range many {
		many[i] = plainColour(10, 10, red)
	}
	got := texts(t, many)
	if len(got) != 2 || !strings.HasPrefix(got[0], "64 pictures: ") || got[1] != "the first 64 of 70 pictures" {
		t.Errorf("70 pictures: %q", got)
	}
}

// Values that hold themselves end, and those that hold very much are short and quick.
func TestDisplayOfHugeAndCyclicValues(t *testing.T) {
	itself := []any{0, 1, 2}
	itself[1] = itself
	within := map[string]any{}
	within["a"] = within
	huge := map[int]int{}
	for i := range 200_000 {
		huge[i] = i
	}
	rows := make([][]string, 100)
	for i := range rows {
		rows[i] = strings.Split(strings.Repeat("word ", 100), " ")[:100]
	}
	wide := make([]vPerson, 1_000_000)
	wide[0].Name = strings.Repeat("x", 1_000_000)
	for i, c := range []struct {
		value       any
		most        int // bytes
		start, ends string
	}{
		{itself, 100, "[0 [0 [0 [0 [0 [0 [0 []any 2] 2]", "2]"},
		{within, 100, "map[a:map[a:", "]"},
		{huge, 30, "map[int]int of 200000", "of 200000"},
		{rows, maxText + 3, `[["word" "word"`, "…"},
		{make([]float64, 10_000_000), 60, "[]float64 of 10000000: [0 0 0 …", "0 0 0]"},
		{wide, 3000, "Name", "0"},
		{strings.Repeat("x", 100_000_000), maxQuoted + 30, `"xxx`, `…" (100000000 bytes)`},
		{endless{}, 60, "kernelext.endless of ", "pixels"},
	} {
		got := strings.Join(texts(t, c.value), "\n")
		if len(got) > c.most || !strings.HasPrefix(got, c.start) || !strings.HasSuffix(got, c.ends) {
			t.Errorf("%d: %d bytes %.200q", i, len(got), got)
		}
	}
}

// endless is a picture without an end.
type endless struct{}

func (endless) ColorModel() color.Model { return color.GrayModel }
func (endless) At(x, y int) color.Color { return color.Gray{} }
func (endless) Bounds() image.Rectangle { return image.Rect(0, 0, 1<<40, 1<<40) }
