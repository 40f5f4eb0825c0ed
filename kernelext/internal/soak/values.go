package soak

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

func numbers() kind {
	n := 0
	return stages("numbers", func(r *rand.Rand) Cell {
		n = r.IntN(1000)
		return Cell{Source: fmt.Sprintf("number := %d", n)}
	}, func(r *rand.Rand) Cell {
		a := r.IntN(50)
		n = n*3%1009 + a
		return Cell{Source: fmt.Sprintf("number = number*3%%1009 + %d\nnumber", a), Want: line(n)}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "fmt.Println(number, number%2 == 0)", Want: line(n, n%2 == 0)}
	}, func(r *rand.Rand) Cell {
		n = r.IntN(1000)
		return Cell{Source: fmt.Sprintf("number := %d\nnumber + 1", n), Want: line(n + 1)}
	})
}

func texts() kind {
	s := ""
	return stages("texts", func(r *rand.Rand) Cell {
		s = fmt.Sprint("t", r.IntN(100))
		return Cell{Source: fmt.Sprintf("text := %q", s)}
	}, func(r *rand.Rand) Cell {
		add := fmt.Sprint("é", r.IntN(10))
		if s += add; len(s) > 40 {
			s = s[len(s)-4:]
		}
		return Cell{Source: fmt.Sprintf("text += %q\nif len(text) > 40 { text = text[len(text)-4:] }\nstrings.ToUpper(text)", add), Want: shown(strings.ToUpper(s))}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "fmt.Println(len(text), []rune(text)[0])", Want: line(len(s), []rune(s)[0])}
	})
}

func lists() kind {
	var l []int
	sum := func() (s int) {
		for i, v := range l {
			s += i * v
		}
		return s
	}
	return stages("lists", func(r *rand.Rand) Cell {
		l = []int{1, 2, 3}
		return Cell{Source: "list := []int{1, 2, 3}"}
	}, func(r *rand.Rand) Cell {
		a, n := r.IntN(100), 1+r.IntN(200)
		for i := range n {
			l = append(l, a+i)
		}
		if len(l) > 500 {
			l = slices.Clone(l[len(l)-50:])
		}
		return Cell{Source: source(fmt.Sprintf("for i := range %d { list = append(list, %d+i) }", n, a), "if len(list) > 500 { list = slices.Clone(list[len(list)-50:]) }", "len(list)"), Want: line(len(l))}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: source("weighted := 0", "for i, v := range list { weighted += i * v }", "weighted"), Want: line(sum())}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "list[len(list)-2:]", Want: line(l[len(l)-2:])}
	})
}

func tables() kind {
	m := map[string]*[]int{}
	return stages("tables", func(r *rand.Rand) Cell {
		return Cell{Source: "table := map[string]*[]int{}"}
	}, func(r *rand.Rand) Cell {
		key, v := fmt.Sprint("k", r.IntN(40)), r.IntN(100)
		if m[key] == nil || len(*m[key]) > 8 {
			m[key] = &[]int{}
		}
		*m[key] = append(*m[key], v)
		return Cell{Source: source(fmt.Sprintf("key := %q", key), "if table[key] == nil || len(*table[key]) > 8 { table[key] = &[]int{} }",
			fmt.Sprintf("*table[key] = append(*table[key], %d)", v), "fmt.Println(len(table), *table[key])"), Want: line(len(m), *m[key])}
	}, func(r *rand.Rand) Cell {
		total := 0
		for _, v := range m {
			for _, x := range *v {
				total += x
			}
		}
		return Cell{Source: source("inTable := 0", "for _, v := range table {", "\tfor _, x := range *v { inTable += x }", "}", "inTable"), Want: line(total)}
	}, func(r *rand.Rand) Cell {
		key := fmt.Sprint("k", r.IntN(40))
		delete(m, key)
		return Cell{Source: fmt.Sprintf("delete(table, %q)\nlen(table)", key), Want: line(len(m))}
	})
}

func grids() kind {
	var g [][]float64
	return stages("grids", func(r *rand.Rand) Cell {
		g = make([][]float64, 20)
		for i := range g {
			g[i] = make([]float64, 30)
		}
		return Cell{Source: source("grid := make([][]float64, 20)", "for i := range grid { grid[i] = make([]float64, 30) }")}
	}, func(r *rand.Rand) Cell {
		y, x, v := r.IntN(20), r.IntN(30), float64(r.IntN(64))/4
		g[y][x] += v
		return Cell{Source: fmt.Sprintf("grid[%d][%d] += %v\ngrid[%[1]d][%[2]d]", y, x, v), Want: line(g[y][x])}
	}, func(r *rand.Rand) Cell {
		s := 0.0
		for _, row := range g {
			for _, v := range row {
				s += v
			}
		}
		return Cell{Source: source("inGrid := 0.0", "for _, row := range grid {", "\tfor _, v := range row { inGrid += v }", "}", "fmt.Println(inGrid)"), Want: line(s)}
	}, func(r *rand.Rand) Cell {
		y := r.IntN(20)
		g[y] = make([]float64, 30)
		return Cell{Source: fmt.Sprintf("grid[%d] = make([]float64, 30)", y)}
	})
}

func arrays() kind {
	var a [6]string
	return stages("arrays", func(r *rand.Rand) Cell {
		return Cell{Source: "var names [6]string"}
	}, func(r *rand.Rand) Cell {
		i, v := r.IntN(6), fmt.Sprint("n", r.IntN(1000))
		a[i] = v
		return Cell{Source: fmt.Sprintf("names[%d] = fmt.Sprint(\"n\", %s)\nfmt.Println(names)", i, v[1:]), Want: line(a)}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "copied := names\ncopied[0] = \"other\"\nstrings.Join(names[:], \",\")", Want: shown(strings.Join(a[:], ","))}
	})
}

func byteBuffers() kind {
	b := ""
	return stages("byte buffers", func(r *rand.Rand) Cell {
		return Cell{Source: "var buffer bytes.Buffer"}
	}, func(r *rand.Rand) Cell {
		v := r.IntN(10000)
		if b += fmt.Sprintf("<%d>", v); len(b) > 2000 {
			b = ""
		}
		return Cell{Source: fmt.Sprintf("fmt.Fprintf(&buffer, \"<%%d>\", %d)\nif buffer.Len() > 2000 { buffer.Reset() }\nbuffer.Len()", v), Want: line(len(b))}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "fmt.Println(strings.Count(buffer.String(), \"<\"))", Want: line(strings.Count(b, "<"))}
	})
}

func bigNumbers() kind {
	n := big.NewInt(1)
	modulus, _ := new(big.Int).SetString("1000000000000000000000000000057", 10)
	return stages("big numbers", func(r *rand.Rand) Cell {
		return Cell{Source: source("huge := big.NewInt(1)", "modulus, _ := new(big.Int).SetString(\"1000000000000000000000000000057\", 10)")}
	}, func(r *rand.Rand) Cell {
		f := int64(2 + r.IntN(1_000_000))
		n.Mod(n.Mul(n, big.NewInt(f)), modulus)
		return Cell{Source: fmt.Sprintf("huge.Mod(huge.Mul(huge, big.NewInt(%d)), modulus)\nhuge.String()", f), Want: shown(n.String())}
	})
}

func times() kind {
	var d time.Duration
	return stages("times", func(r *rand.Rand) Cell {
		return Cell{Source: "var took time.Duration"}
	}, func(r *rand.Rand) Cell {
		n := r.IntN(100)
		d = (d + time.Duration(n)*time.Second) % (10 * time.Hour)
		return Cell{Source: fmt.Sprintf("took = (took + %d*time.Second) %% (10 * time.Hour)\nfmt.Println(took, took.Minutes() > 60)", n), Want: line(d, d.Minutes() > 60)}
	})
}

func sorted() kind {
	var s []string
	return stages("sorted", func(r *rand.Rand) Cell {
		return Cell{Source: "var sorted []string"}
	}, func(r *rand.Rand) Cell {
		v := fmt.Sprintf("w%03d", r.IntN(1000))
		if s = append(s, v); len(s) > 12 {
			s = s[1:]
		}
		slices.Sort(s)
		return Cell{Source: source(fmt.Sprintf("sorted = append(sorted, %q)", v), "if len(sorted) > 12 { sorted = sorted[1:] }", "slices.Sort(sorted)", "strings.Join(sorted, \" \")"), Want: shown(strings.Join(s, " "))}
	}, func(r *rand.Rand) Cell {
		v := fmt.Sprintf("w%03d", r.IntN(1000))
		at, found := slices.BinarySearch(s, v)
		return Cell{Source: fmt.Sprintf("at, found := slices.BinarySearch(sorted, %q)\nfmt.Println(at, found)", v), Want: line(at, found)}
	})
}

func builders() kind {
	return kind{"builders", func(r *rand.Rand) Cell {
		n := 1 + r.IntN(20)
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%x", i*i)
		}
		return Cell{Source: source("var builder strings.Builder", fmt.Sprintf("for i := range %d { fmt.Fprintf(&builder, \"%%x\", i*i) }", n), "builder.String()"), Want: shown(b.String())}
	}}
}

// rebound is a variable that becomes one of another type, and back.
func rebound() kind {
	var v any
	return kind{"rebound", func(r *rand.Rand) Cell {
		if v != nil && r.IntN(2) == 0 {
			return Cell{Source: "fmt.Println(bound)", Want: line(v)}
		}
		switch n := r.IntN(90); r.IntN(4) {
		case 0:
			v = n
			return Cell{Source: fmt.Sprintf("bound := %d\nbound + 1", n), Want: line(n + 1)}
		case 1:
			v = fmt.Sprint("b", n)
			return Cell{Source: fmt.Sprintf("bound := fmt.Sprint(\"b\", %d)\nbound + \"!\"", n), Want: shown(fmt.Sprint("b", n, "!"))}
		case 2:
			v = []float64{float64(n), 0.5}
			return Cell{Source: fmt.Sprintf("bound := []float64{%d, 0.5}\nlen(bound)", n), Want: line(2)}
		default:
			v = map[int]string{n: "m"}
			return Cell{Source: fmt.Sprintf("bound := map[int]string{%d: \"m\"}\nbound[%[1]d]", n), Want: shown("m")}
		}
	}}
}
