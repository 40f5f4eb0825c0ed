package soak

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ordinary runs cells as one ordinary program and returns what each one writes, with a one byte behind it if the cell panics,
// and how many bytes live on the heap at the end.
func ordinary(t *testing.T, cells []Cell) (answers []string, heap int) {
	t.Helper()
	r := newReference()
	for i, c := range cells {
		if err := r.add(c.Source); err != nil {
			t.Fatalf("cell %d: %v\n%s", i, err, c.Source)
		}
	}
	path := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(r.program()), 0o600); err != nil {
		t.Fatal(err)
	}
	var said, trouble bytes.Buffer
	run := exec.CommandContext(t.Context(), "go", "run", path)
	run.Dir, run.Stdout, run.Stderr = filepath.Dir(path), &said, &trouble
	if err := run.Run(); err != nil {
		t.Fatalf("%v: %.2000s", err, trouble.String())
	}
	heap, err := strconv.Atoi(trouble.String())
	if err != nil {
		t.Fatal(err)
	}
	answers = strings.Split(said.String(), "\x00")
	if len(answers) != len(cells)+1 {
		t.Fatalf("%d answers of %d cells", len(answers)-1, len(cells))
	}
	return answers[:len(cells)], heap
}

func wanted(c Cell) string {
	if c.Fails {
		return c.Want + "\x01"
	}
	return c.Want
}

// TestOrdinary: what the model says is what an ordinary program of the same cells writes, and the values do not grow.
func TestOrdinary(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g, cells, kinds := New(seed), []Cell{}, map[string]bool{}
			for range 1000 {
				cells = append(cells, g.Next())
				kinds[cells[len(cells)-1].Kind] = true
			}
			answers, heap := ordinary(t, cells)
			for i, c := range cells {
				if answers[i] != wanted(c) {
					t.Errorf("cell %d, of the kind %s, writes %q, want %q:\n%s", i, c.Kind, answers[i], wanted(c), c.Source)
				}
			}
			if len(kinds) != len(g.kinds) || heap > 512<<10 {
				t.Errorf("%d kinds of %d, %d bytes live", len(kinds), len(g.kinds), heap)
			}
		})
	}
}

// TestReference: the ordinary program keeps the rules of cells.
func TestReference(t *testing.T) {
	t.Parallel()
	cells := []Cell{
		{Source: "x := 3\nsee := func() int { return x }\nx", Want: "3\n"},
		{Source: "x := x + 1\nsee()", Want: "4\n"},
		{Source: "var x string\nx += \"t\"\nx", Want: "\"t\"\n"},
		{Source: "see() * 2", Want: "8\n"},
		{Source: "func f(n int) int { return n + g(n) }\nfunc g(n int) int { return 1 }\nf(1)", Want: "2\n"},
		{Source: "func g(n int) int {\n\treturn 20\n}\n"},
		{Source: "f(1) == 21", Want: "true\n"},
		{Source: "type P struct{ N int }\nfunc (p *P) Up() { p.N++ }\np := &P{}\nup := p.Up\nup()\np.N", Want: "1\n"},
		{Source: "func (p *P) Up() { p.N += 10 }\nup()\np.Up()"},
		{Source: "p.N", Want: "21\n"},
		{Source: "p.N = 5\nfmt.Println(\"before\")\nvar none map[string]int\nnone[x] = 1\np.N = 6", Want: "before\n", Fails: true},
		{Source: "defer fmt.Println(\"last\")\nfmt.Println(p.N)", Want: "5\nlast\n"},
		{Source: "[]int{p.N, 2}", Want: "[5 2]\n"},
	}
	answers, _ := ordinary(t, cells)
	for i, c := range cells {
		if answers[i] != wanted(c) {
			t.Errorf("%q writes %q, want %q", c.Source, answers[i], wanted(c))
		}
	}
}
