package soak

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"stylenet/kernelext/internal/cell"
)

// TestCells: the same seed gives the same cells, all kinds occur, cells are short, whole and valid Go, and those that fail say
// so.
func TestCells(t *testing.T) {
	a, b := New(7), New(7)
	seen, fails := map[string]int{}, 0
	for range 3000 {
		c := a.Next()
		if other := b.Next(); c != other {
			t.Fatalf("%+v and %+v from one seed", c, other)
		}
		seen[c.Kind]++
		if c.Fails {
			fails++
		}
		if lines := strings.Count(c.Source, "\n") + 1; lines > 14 || c.Want != "" && !strings.HasSuffix(c.Want, "\n") || len(c.Want) > 4000 {
			t.Errorf("%d lines, wants %d bytes: %s", lines, len(c.Want), c.Source)
		}
		parts, err := cell.Split(c.Source)
		if err != nil {
			t.Errorf("%s: %v", c.Source, err)
		}
		for _, p := range parts {
			text := "package p\n" + p.Text
			if p.Kind == token.ILLEGAL {
				text = "package p\nfunc _() {\n" + p.Text + "\n}"
			}
			if _, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution); err != nil {
				t.Errorf("%s: %v", p.Text, err)
			}
		}
	}
	if len(seen) != len(a.kinds) || fails < 10 {
		t.Errorf("%d kinds of %d, %d failures", len(seen), len(a.kinds), fails)
	}
	if other := New(8).Next(); other == New(7).Next() {
		t.Errorf("two seeds begin with %+v", other)
	}
}
