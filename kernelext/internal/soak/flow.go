package soak

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// counters are closures over a variable of the cells.
func counters() kind {
	n, step := 0, 1
	return stages("counters", func(r *rand.Rand) Cell {
		return Cell{Source: source("count, step := 0, 1", "var counters []func() int", "for i := range 3 {", "\tcounters = append(counters, func() int { count += step * (i + 1); return count })", "}")}
	}, func(r *rand.Rand) Cell {
		i := r.IntN(3)
		n += step * (i + 1)
		return Cell{Source: fmt.Sprintf("counters[%d]()", i), Want: line(n)}
	}, func(r *rand.Rand) Cell {
		n = r.IntN(100)
		return Cell{Source: fmt.Sprintf("count := %d\ncount", n), Want: line(n)}
	}, func(r *rand.Rand) Cell {
		step = r.IntN(5)
		return Cell{Source: fmt.Sprintf("step = %d", step)}
	})
}

// redefined are functions that are declared again; those that call them get the new ones.
func redefined() kind {
	a, b := 1, 1
	return stages("redefined", func(r *rand.Rand) Cell {
		return Cell{Source: "func inner(n int) int { return n + 1 }\nfunc outer(n int) int { return 1 * inner(n) }"}
	}, func(r *rand.Rand) Cell {
		a = r.IntN(30)
		return Cell{Source: fmt.Sprintf("func inner(n int) int { return n + %d }", a)}
	}, func(r *rand.Rand) Cell {
		b = r.IntN(30)
		return Cell{Source: fmt.Sprintf("func outer(n int) int { return %d * inner(n) }\nouter(2)", b), Want: line(b * (2 + a))}
	}, func(r *rand.Rand) Cell {
		n := r.IntN(100)
		return Cell{Source: fmt.Sprintf("outer(%d) + inner(1)", n), Want: line(b*(n+a) + 1 + a)}
	})
}

func channels() kind {
	var q []string
	return stages("channels", func(r *rand.Rand) Cell {
		return Cell{Source: "queue := make(chan *string, 100)"}
	}, func(r *rand.Rand) Cell {
		v := fmt.Sprint("q", r.IntN(100))
		if len(q) == 100 {
			q = nil
		}
		q = append(q, v)
		return Cell{Source: source("if len(queue) == 100 { queue = make(chan *string, 100) }", fmt.Sprintf("sent := fmt.Sprint(\"q\", %s)", v[1:]), "func(s string) { queue <- &s }(sent)", "len(queue)"), Want: line(len(q))}
	}, func(r *rand.Rand) Cell {
		want := "nothing"
		if len(q) > 0 {
			want, q = q[0], q[1:]
		}
		return Cell{Source: source("got := \"nothing\"", "select {", "case p := <-queue:", "\tgot = *p", "default:", "}", "got"), Want: shown(want)}
	})
}

// workers are goroutines that live on from cell to cell.
func workers() kind {
	total := 0
	return stages("workers", func(r *rand.Rand) Cell {
		return Cell{Source: source("tasks, results := make(chan int), make(chan string)", "for range 2 {", "\tgo func() {", "\t\tfor n := range tasks { results <- fmt.Sprint(\"done \", n*n) }", "\t}()", "}")}
	}, func(r *rand.Rand) Cell {
		n := r.IntN(1000)
		return Cell{Source: fmt.Sprintf("tasks <- %d\n<-results", n), Want: shown(fmt.Sprint("done ", n*n))}
	}, func(r *rand.Rand) Cell {
		n := 1 + r.IntN(20)
		total = 0
		for i := range n {
			total += i
		}
		return Cell{Source: source("var group sync.WaitGroup", "sums := make(chan int, 100)", fmt.Sprintf("for i := range %d { group.Add(1); go func() { defer group.Done(); sums <- i }() }", n), "group.Wait()",
			"close(sums)", "together := 0", "for s := range sums { together += s }", "together"), Want: line(total)}
	})
}

func deferred() kind {
	return kind{"deferred", func(r *rand.Rand) Cell {
		n := 2 + r.IntN(4)
		want := line("body")
		for i := n - 1; i >= 0; i-- {
			want += line("deferred", i)
		}
		return Cell{Source: fmt.Sprintf("for i := range %d { defer fmt.Println(\"deferred\", i) }\nfmt.Println(\"body\")", n), Want: want}
	}}
}

func recursion() kind {
	fibonacci := func(n int) int {
		a, b := 0, 1
		for range n {
			a, b = b, a+b
		}
		return a
	}
	return stages("recursion", func(r *rand.Rand) Cell {
		return Cell{Source: "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }"}
	}, func(r *rand.Rand) Cell {
		n := r.IntN(18)
		return Cell{Source: fmt.Sprintf("fib(%d)", n), Want: line(fibonacci(n))}
	}, func(r *rand.Rand) Cell {
		n := r.IntN(6000)
		return Cell{Source: fmt.Sprintf("var depth func(n int) int\ndepth = func(n int) int { if n == 0 { return 0 }; return 1 + depth(n-1) }\ndepth(%d)", n), Want: line(n)}
	})
}

func loops() kind {
	return kind{"loops", func(r *rand.Rand) Cell {
		limit := 3 + r.IntN(40)
		i, j := 0, 0
	search:
		for i = range 10 {
			for j = range 10 {
				if i*j >= limit {
					break search
				}
			}
		}
		return Cell{Source: source("var row, column int", "search:", "for row = range 10 {", "\tfor column = range 10 {", fmt.Sprintf("\t\tif row*column >= %d { break search }", limit), "\t}", "}", "fmt.Println(row, column)"), Want: line(i, j)}
	}}
}

func switches() kind {
	return kind{"switches", func(r *rand.Rand) Cell {
		n := r.IntN(4)
		want := []string{"none", "one", "two and more", "many"}[n]
		return Cell{Source: source(fmt.Sprintf("switch n := %d; {", n), "case n == 0:", "\tfmt.Println(\"none\")", "case n == 1:", "\tfmt.Println(\"one\")", "case n == 2:", "\tfmt.Print(\"two and more\")", "\tfmt.Println()",
			"default:", "\tfmt.Println(\"many\")", "}"), Want: line(want)}
	}}
}

func variadic() kind {
	return stages("variadic", func(r *rand.Rand) Cell {
		return Cell{Source: "func sum(label string, ns ...int) string { s := 0; for _, n := range ns { s += n }; return fmt.Sprint(label, len(ns), \":\", s) }"}
	}, func(r *rand.Rand) Cell {
		a, b := r.IntN(100), r.IntN(100)
		return Cell{Source: fmt.Sprintf("sum(\"two \", %d, %d)", a, b), Want: shown(fmt.Sprint("two ", 2, ":", a+b))}
	}, func(r *rand.Rand) Cell {
		n := r.IntN(20)
		return Cell{Source: fmt.Sprintf("ns := make([]int, %d)\nfor i := range ns { ns[i] = 2 }\nsum(\"all \", ns...)", n), Want: shown(fmt.Sprint("all ", n, ":", 2*n))}
	})
}

func shadowed() kind {
	n := 5
	return stages("shadowed", func(r *rand.Rand) Cell {
		return Cell{Source: "shade := 5"}
	}, func(r *rand.Rand) Cell {
		a := r.IntN(100)
		return Cell{Source: fmt.Sprintf("{\n\tshade := %d\n\tshade++\n\tfmt.Println(shade)\n}\nshade", a), Want: line(a+1) + line(n)}
	}, func(r *rand.Rand) Cell {
		n++
		return Cell{Source: "if shade := \"inner\"; shade == \"inner\" { fmt.Println(shade) }\nshade++\nshade", Want: line("inner") + line(n)}
	})
}

// failures are cells that panic after they have set a variable.
func failures() kind {
	n := 0
	panics := []string{`panic("on purpose")`, "var none map[string]int\nnone[\"x\"] = 1", "short := []int{1}\nindex := 5\nshort[index] = 2", "var nobody *struct{ X int }\nnobody.X = 1", "zero := 0\nsurvived = 1 / zero"}
	return stages("failures", func(r *rand.Rand) Cell {
		return Cell{Source: "survived := 0"}
	}, func(r *rand.Rand) Cell {
		n = r.IntN(1000)
		return Cell{Source: fmt.Sprintf("survived = %d\nfmt.Println(\"set\")\n%s\nsurvived = -1", n, panics[r.IntN(len(panics))]), Want: line("set"), Fails: true}
	}, func(r *rand.Rand) Cell {
		return Cell{Source: "survived", Want: line(n)}
	})
}

func garbage() kind {
	return kind{"garbage", func(r *rand.Rand) Cell {
		n, size := 100+r.IntN(400), 16<<r.IntN(6)
		return Cell{Source: source("var waste [][]byte", fmt.Sprintf("for i := range %d { waste = append(waste, bytes.Repeat([]byte{byte(i)}, %d)) }", n, size), "runtime.GC()", "last := waste[len(waste)-1]", "waste = nil", "fmt.Println(len(last), last[0])"),
			Want: line(size, (n-1)%256)}
	}}
}

// fleeting values are gone with their cell.
func fleeting() kind {
	return kind{"fleeting", func(r *rand.Rand) Cell {
		n := 1 + r.IntN(30)
		return Cell{Source: fmt.Sprintf("func() string {\n\tm := map[int][]string{}\n\tfor i := range %d { m[i%%3] = append(m[i%%3], strings.Repeat(\"x\", i)) }\n\treturn strings.Join(m[0], \",\")\n}()", n), Want: shown(thirds(n))}
	}}
}

func thirds(n int) string {
	var all []string
	for i := 0; i < n; i += 3 {
		all = append(all, strings.Repeat("x", i))
	}
	return strings.Join(all, ",")
}
