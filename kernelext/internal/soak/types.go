package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func linked() kind {
	var l []int // the last is first in the list
	return stages("linked", func(r *rand.Rand) Cell {
		return Cell{Source: source("type Link struct {", "\tValue int", "\tNext  *Link", "\tText  string", "}", "var links *Link")}
	}, func(r *rand.Rand) Cell {
		v := r.IntN(100)
		if l = append(l, v); len(l) > 200 {
			l = l[:0]
		}
		return Cell{Source: source(fmt.Sprintf("links = &Link{%d, links, fmt.Sprint(\"v\", %[1]d)}", v), "linkCount := 0", "for at := links; at != nil; at = at.Next { linkCount++ }",
			"if linkCount > 200 { links, linkCount = nil, 0 }", "linkCount"), Want: line(len(l))}
	}, func(r *rand.Rand) Cell {
		want := ""
		for i := len(l) - 1; i >= 0; i-- {
			want += fmt.Sprint("v", l[i])
		}
		return Cell{Source: source("linkText := \"\"", "for at := links; at != nil; at = at.Next { linkText += at.Text }", "fmt.Println(linkText)"), Want: line(want)}
	})
}

// tree is the model of a search tree.
type tree struct {
	value       int
	left, right *tree
}

func (t *tree) insert(v int) *tree {
	switch {
	case t == nil:
		return &tree{value: v}
	case v < t.value:
		t.left = t.left.insert(v)
	case v > t.value:
		t.right = t.right.insert(v)
	}
	return t
}

func (t *tree) walk() string {
	if t == nil {
		return ""
	}
	return t.left.walk() + fmt.Sprint(t.value, ";") + t.right.walk()
}

func trees() kind {
	var t *tree
	return stages("trees", func(r *rand.Rand) Cell {
		return Cell{Source: source("type Tree struct { Value int; Left, Right *Tree }",
			"func (t *Tree) Insert(v int) *Tree {", "\tswitch {", "\tcase t == nil:", "\t\treturn &Tree{Value: v}", "\tcase v < t.Value:",
			"\t\tt.Left = t.Left.Insert(v)", "\tcase v > t.Value:", "\t\tt.Right = t.Right.Insert(v)", "\t}", "\treturn t", "}",
			"func (t *Tree) Walk() string { if t == nil { return \"\" }; return t.Left.Walk() + fmt.Sprint(t.Value, \";\") + t.Right.Walk() }", "var root *Tree")}
	}, func(r *rand.Rand) Cell {
		v := r.IntN(150)
		t = t.insert(v)
		return Cell{Source: fmt.Sprintf("root = root.Insert(%d)", v)}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "fmt.Println(root.Walk())", Want: line(t.walk())}
	})
}

func embedded() kind {
	name, age := "", 0
	return stages("embedded", func(r *rand.Rand) Cell {
		return Cell{Source: source("type Named struct{ Name string }", "func (n *Named) Rename(s string) { n.Name = s }", "type Person struct {", "\tNamed", "\tAge int", "}", "person := &Person{}")}
	}, func(r *rand.Rand) Cell {
		name, age = fmt.Sprint("p", r.IntN(100)), age+1
		return Cell{Source: fmt.Sprintf("person.Rename(fmt.Sprint(\"p\", %s))\nperson.Age++\nfmt.Println(person.Name, person.Named.Name, person.Age)", name[1:]), Want: line(name, name, age)}
	}, func(r *rand.Rand) Cell {
		age++
		return Cell{Source: "other := *person\nother.Age = -1\nperson.Age++\nperson.Age", Want: line(age)}
	})
}

func interfaces() kind {
	total := 0.0
	count := 0
	return stages("interfaces", func(r *rand.Rand) Cell {
		return Cell{Source: source("type Shape interface{ Area() float64 }", "type Box struct{ W, H float64 }", "type Disc struct{ R *float64 }",
			"func (b Box) Area() float64 { return b.W * b.H }", "func (d *Disc) Area() float64 { return *d.R * *d.R }", "var shapes []Shape")}
	}, func(r *rand.Rand) Cell {
		a, b := float64(1+r.IntN(9)), float64(1+r.IntN(9))
		if count++; count > 60 {
			count, total = 1, 0
		}
		clear := "if len(shapes) == 60 { shapes = nil }"
		if r.IntN(2) == 0 {
			total += a * b
			return Cell{Source: source(clear, fmt.Sprintf("shapes = append(shapes, Box{%v, %v})", a, b), "len(shapes)"), Want: line(count)}
		}
		total += a * a
		return Cell{Source: source(clear, fmt.Sprintf("radius := %.1f", a), "shapes = append(shapes, &Disc{&[]float64{radius}[0]})", "len(shapes)"), Want: line(count)}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: source("area := 0.0", "for _, s := range shapes { area += s.Area() }", "fmt.Println(area)"), Want: line(total)}
	})
}

func stacks() kind {
	var s []string
	return stages("stacks", func(r *rand.Rand) Cell {
		return Cell{Source: source("type Stack[T any] struct{ items []T }", "func (s *Stack[T]) Push(t T) { s.items = append(s.items, t) }",
			"func (s *Stack[T]) Pop() (t T) { t = s.items[len(s.items)-1]; s.items = s.items[:len(s.items)-1]; return t }", "stack := &Stack[*string]{}")}
	}, func(r *rand.Rand) Cell {
		v := fmt.Sprint("s", r.IntN(100))
		if s = append(s, v); len(s) > 50 {
			s = nil
		}
		return Cell{Source: source(fmt.Sprintf("pushed := fmt.Sprint(\"s\", %s)", v[1:]), "mine := pushed", "stack.Push(new(string))", "*stack.items[len(stack.items)-1] = mine",
			"if len(stack.items) > 50 { stack.items = nil }", "len(stack.items)"), Want: line(len(s))}
	}, func(r *rand.Rand) Cell {
		if len(s) == 0 {
			return Cell{Source: "len(stack.items) == 0", Want: line(true)}
		}
		v := s[len(s)-1]
		s = s[:len(s)-1]
		return Cell{Source: "*stack.Pop()", Want: shown(v)}
	})
}

// values are of several types behind one empty interface.
func values() kind {
	makes := []struct{ source, want string }{{"3", "int 3"}, {`"three"`, "string three"}, {"[]int{1, 2}", "slice 2"}, {"map[string]int{}", "other map[string]int"}, {"3.5", "other float64"}}
	var held []string
	return stages("values", func(r *rand.Rand) Cell {
		return Cell{Source: source("func describe(v any) string {", "\tswitch v := v.(type) {", "\tcase int:", "\t\treturn fmt.Sprint(\"int \", v)", "\tcase string:", "\t\treturn \"string \" + v",
			"\tcase []int:", "\t\treturn fmt.Sprint(\"slice \", len(v))", "\t}", "\treturn fmt.Sprintf(\"other %T\", v)", "}", "var held []any")}
	}, func(r *rand.Rand) Cell {
		m := makes[r.IntN(len(makes))]
		if held = append(held, m.want); len(held) > 10 {
			held = held[1:]
		}
		return Cell{Source: source(fmt.Sprintf("held = append(held, %s)", m.source), "if len(held) > 10 { held = held[1:] }", "describe(held[len(held)-1])"), Want: shown(m.want)}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "for _, v := range held { fmt.Print(describe(v), \";\") }\nfmt.Println()", Want: strings.Join(append(held[:len(held):len(held)], "\n"), ";")}
	})
}

// methods are those of a type that is declared again with other methods, which old values get too.
func methods() kind {
	base, factor := 0, 1
	return stages("methods", func(r *rand.Rand) Cell {
		return Cell{Source: source("type Meter struct{ Base int }", "func (m Meter) Read() int { return m.Base * 1 }", "meter := Meter{}")}
	}, func(r *rand.Rand) Cell {
		factor = r.IntN(100)
		return Cell{Source: fmt.Sprintf("func (m Meter) Read() int { return m.Base * %d }\nmeter.Read()", factor), Want: line(base * factor)}
	}, func(r *rand.Rand) Cell {
		base = r.IntN(100)
		return Cell{Source: fmt.Sprintf("meter.Base = %d\nread := meter.Read\nread()", base), Want: line(base * factor)}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "Meter.Read(meter) + (&meter).Read()", Want: line(2 * base * factor)}
	})
}

func pointers() kind {
	var v [8]int
	return stages("pointers", func(r *rand.Rand) Cell {
		return Cell{Source: "var into [8]*int\nfor i := range into { into[i] = new(int) }\nfirst := &into[0]"}
	}, func(r *rand.Rand) Cell {
		i, a := r.IntN(8), r.IntN(100)
		v[i] += a
		return Cell{Source: fmt.Sprintf("*into[%d] += %d\n*into[%[1]d]", i, a), Want: line(v[i])}
	}, func(r *rand.Rand) Cell {
		v[0] = v[7]
		return Cell{Source: "fresh := *into[7]\n*first = &fresh\n**first", Want: line(v[0])}
	}, func(r *rand.Rand) Cell {
		sum := 0
		for _, x := range v {
			sum += x
		}
		return Cell{Source: "pointed := 0\nfor _, p := range into { pointed += *p }\npointed", Want: line(sum)}
	})
}
