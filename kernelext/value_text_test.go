package kernelext

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"
)

// valueText is a value and the text that it is shown as.
type valueText struct {
	value any
	want  string
}

func checkTexts(t *testing.T, cases []valueText) {
	t.Helper()
	for i, c := range cases {
		if got := texts(t, c.value); len(got) != 1 || got[0] != c.want {
			t.Errorf("%d: %q, want %q", i, got, c.want)
		}
	}
}

func TestDisplayScalars(t *testing.T) {
	var nilList *vList
	var nilError error
	checkTexts(t, []valueText{
		{nilError, "nil"},
		{nilList, "(*kernelext.vList)(nil)"},
		{(func(int) string)(nil), "(func(int) string)(nil)"},
		{(*image.RGBA)(nil), "(*image.RGBA)(nil)"},
		{3, "3"},
		{true, "true"},
		{0.25, "0.25"},
		{float32(0.1), "0.1"},
		{1e21, "1e+21"},
		{math.Inf(1), "+Inf"},
		{math.NaN(), "NaN"},
		{complex(1, -2), "(1-2i)"},
		{'x', "120"},
		{"日本", `"日本"`},
		{"a\n\"b\"", `"a\n\"b\""`},
		{"\xff", `"\xff"`},
		{"", `""`},
		{strings.Repeat("é", 2000), `"` + strings.Repeat("é", 1000) + `…" (4000 bytes)`},
		{strings.ToUpper, "func(string) string"},
		{make(chan int), "chan int"},
	})
	if got := texts(t, 1, "a", nil); fmt.Sprintf("%q", got) != `["1" "\"a\"" "nil"]` {
		t.Errorf("three values: %q", got)
	}
	if got := texts(t, &Live{}, (*Live)(nil)); got != nil {
		t.Errorf("a live panel: %q, want nothing", got)
	}
}

func TestDisplayStructs(t *testing.T) {
	cycle := &vNode{}
	cycle.Next = cycle
	checkTexts(t, []valueText{
		{vPoint{1, 2}, "{X:1 Y:2}"},
		{&vPoint{1, 2}, "&{X:1 Y:2}"},
		{struct {
			A int
			B string
		}{1, "z"}, "{A:1 B:z}"},
		{struct{ A, B string }{"two words", "two\nlines"}, `{A:two words B:"two\nlines"}`},
		{struct{}{}, "{}"},
		{&vList{items: []int{4}}, "&{items:[4]}"},
		{struct{ P *vPoint }{&vPoint{1, 2}}, "{P:*kernelext.vPoint}"},
		{struct{ P *vPoint }{}, "{P:nil}"},
		{cycle, "&{Next:*kernelext.vNode}"},
		{&cycle, "**kernelext.vNode"},
		{new(int), "&0"},
		{vFour{1, 2, 3, 4}, "{A:1 B:2 C:3 D:4}"}, // of 5 fields it would be a table
	})
}

func TestDisplayLists(t *testing.T) {
	long := make([]float64, 5000)
	hundred := make([]int, 100)
	squares := map[int]int{}
	for i := range 150 {
		squares[i] = i * i
	}
	checkTexts(t, []valueText{
		{[]string{"a", "b"}, `["a" "b"]`},
		{[]int{1, 2, 3}, "[1 2 3]"},
		{[2][2]bool{{true}, {}}, "[[true false] [false false]]"},
		{[]int(nil), "[]"},
		{[]any{1, "a", nil, 2.5, &vHidden{1, 2}}, `[1 "a" nil 2.5 &{x:1 y:2}]`},
		{[]vHidden{{1, 2}, {3, 4}}, "[{x:1 y:2} {x:3 y:4}]"},
		{[]byte("hi"), "[104 105]"},
		{hundred, "[" + strings.Repeat("0 ", 99) + "0]"},
		{long, "[]float64 of 5000: [0 0 0 … 0 0 0]"},
		{[101]int8{100: 7}, "[101]int8: [0 0 0 … 0 0 7]"},
		{[][]float64{long, {1}}, "[[]float64 of 5000: [0 0 0 … 0 0 0] [1]]"},
		{map[string]int{"b": 2, "a": 1}, "map[a:1 b:2]"},
		{map[float64]string{2: "x", math.NaN(): "y", -1: "z"}, "map[NaN:y -1:z 2:x]"},
		{map[any]int{"b": 1, 3: 2, "a": 3, vPoint{2, 1}: 4, vPoint{1, 2}: 5}, "map[3:2 a:3 b:1 {X:1 Y:2}:5 {X:2 Y:1}:4]"},
		{map[string][]string{"a": {"b"}}, `map[a:["b"]]`},
		{map[int]bool(nil), "map[]"},
		{squares, "map[int]int of 150: [0:0 1:1 2:4 … 147:21609 148:21904 149:22201]"},
		{[]map[string]any{{"a": nil}}, "[map[a:nil]]"},
	})
}

func TestDisplayOwnTexts(t *testing.T) {
	checkTexts(t, []valueText{
		{1500 * time.Millisecond, "1.5s"},
		{vLevel(1), "high"},
		{[]vLevel{1, 0}, "[high low]"},
		{struct{ Open, closed vLevel }{1, 1}, "{Open:high closed:1}"},
		{image.Rect(1, 2, 3, 4), "(1,2)-(3,4)"},
		{image.NewUniform(color.Gray{7}), "&{C:{Y:7}}"},
		{image.NewGray(image.Rectangle{}), "*image.Gray of 0x0 pixels"},
		{[]image.Image{image.NewGray(image.Rect(0, 0, 3, 2)), nil}, "[picture 3x2 nil]"},
		{struct{ P image.Image }{image.NewGray(image.Rect(0, 0, 3, 2))}, "{P:picture 3x2}"},
		{&vGraph{}, "*kernelext.vGraph [2 3]"},
		{new(vCell𐘀3), "&{n:0}"},
		{struct{ P *vCell𐘀3 }{&vCell𐘀3{}}, "{P:*kernelext.vCell}"},
		{vBroken{1}, "kernelext.vBroken: panic: no text"},
		{[]vBroken{{1}}, "[kernelext.vBroken: panic: no text]"},
		{vLevel(7), "kernelext.vLevel: panic: runtime error: index out of range [7] with length 2"},
		{vWrong{}, "kernelext.vWrong: panic: wrong <error>"},
		{vAgain{}, "kernelext.vAgain: panic: kernelext.vAgain"},
		{[]vAgain{{}}, "[kernelext.vAgain: panic: kernelext.vAgain]"},
		{vFails{}, "kernelext.vFails: panic: no display"},
		{vByRef{A: 3}, "by ref 3"}, // the method is the pointer's
		{[]vByRef{{A: 3}, {A: 4}}, "[by ref 3 by ref 4]"},
		{*big.NewInt(5), "5"},
		{vItself{}, "{}"},
	})
}
