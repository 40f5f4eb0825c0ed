package identity

import (
	"image"
	"testing"
)

type named struct{ name string }

func (n named) Identity() string { return "function " + n.name }

type sample struct {
	Steps   int         `identity:"-"`
	Weight  float64     `identity:"-program"`
	Mask    image.Image `identity:"presence"`
	Of      named
	Layers  []string
	ByName  map[string]int
	Another any
	hidden  int
}

func TestOf(t *testing.T) {
	value := sample{Steps: 3, Weight: 0.5, Mask: image.Black, Of: named{"Gram"}, Layers: []string{"a", "b"}, ByName: map[string]int{"y": 2, "x": 1}, Another: &named{"x"}, hidden: 7}
	for aspect, want := range map[Aspect]string{
		Program: `{Mask: present true; Of: function Gram; Layers: ["a"; "b"]; ByName: ["x": 1; "y": 2]; Another: *identity.named function x; hidden: 7}`,
		Loss:    `{Weight: 0.5; Mask: present true; Of: function Gram; Layers: ["a"; "b"]; ByName: ["x": 1; "y": 2]; Another: *identity.named function x; hidden: 7}`,
	} {
		if got := Of(aspect, value); got != want {
			t.Errorf("%s: %s, want %s", aspect, got, want)
		}
	}
	if got := Of(Loss, nil); got != "none" {
		t.Errorf("nil is %q", got)
	}
}

func TestDifference(t *testing.T) {
	for _, test := range [][4]string{
		{"{A: 1; B: 2}", "{A: 1; B: 3}", "B: 2}", "B: 3}"},
		{"A: 1", "A: 1; B: 2", "nothing more", "B: 2"},
		{"A: 1; B: 2", "A: 1", "B: 2", "nothing more"},
	} {
		if a, b := Difference(test[0], test[1]); a != test[2] || b != test[3] {
			t.Errorf("%q and %q differ in %q and %q, want %q and %q", test[0], test[1], a, b, test[2], test[3])
		}
	}
}
