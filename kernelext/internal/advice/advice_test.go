package advice

import (
	"strings"
	"testing"
)

func TestAdvice(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Compiler("undefined: cat"), "the name cat is known"},
		{Compiler("undefined: fmt.Printn"), "Package fmt has nothing of the name Printn."},
		{Compiler("declared and not used: x"), "_ = x"},
		{Crash("panic: runtime error: index out of range [3] with length 3"), "len(…)"},
		{Crash("panic: shape of rank 3"), "x.Shape()"},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("advice %q, want in it %q", c.got, c.want)
		}
	}
	if got := Compiler("no such error") + Crash("panic: cat"); got != "" {
		t.Errorf("advice %q about what it does not know", got)
	}
}
