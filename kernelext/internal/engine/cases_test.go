package engine_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// answer is a cell with what it writes, or what its card says.
type answer struct {
	cell string
	says string // a regular expression for what it writes
	card string // a regular expression for the card of a cell that fails; empty: it does not fail
}

// check runs the cells and compares their answers.
func (n *notebook) check(answers []answer) {
	n.t.Helper()
	for _, a := range answers {
		said, err := n.run(a.cell)
		card := ""
		if err != nil {
			card = textOf(err)
		}
		if !regexp.MustCompile(a.says).MatchString(said) || (a.card == "") != (err == nil) || a.card != "" && !regexp.MustCompile("(?s)"+a.card).MatchString(card) {
			n.t.Errorf("[%d] %s\nsaid %q, want %s\ncard %q, want %q", n.number, a.cell, said, a.says, card, a.card)
		}
	}
}

var rules = []answer{
	{"x := 3", `^$`, ``},
	{"x + 1", `^4\n$`, ``},
	{"fmt.Println(1+1)", `^2\n$`, ``},
	{"1 + 1", `^2\n$`, ``},
	{"x := \"text\"\nx", `^"text"\n$`, ``}, // another type: another variable
	{`x = "more"; x + "!"`, `^"more!"\n$`, ``},
	{"x = 5", `^$`, `cannot use 5`},
	{"x", `^"more"\n$`, ``},
	{"x;", `^$`, ``}, // a semicolon silences
	{"a, err := strconv.Atoi(\"12\")\na", `^12\n$`, ``},
	{"b, err := strconv.Atoi(\"zz\")\nerr", `^error: strconv.Atoi: parsing "zz": invalid syntax\n$`, ``},
	{`strconv.Atoi("zz")`, `^$`, `invalid syntax.*in cell \[12\], line 1: strconv`}, // a call that returns an error fails the cell
	{`os.Open("/nonexistent")`, `^$`, `no such file`},
	{"fmt.Print()\nos.Remove(\"/nonexistent\")\nfmt.Println(1)", `^$`, `no such file.*line 2: os.Remove`},
	{"_ = os.Remove(\"/nonexistent\")\nerror(nil)", `^$`, ``},
	{"var unused int\nlater := []string{\"a\", \"b\"}\nlater", `^\["a" "b"\]\n$`, ``},
	{"type point struct{ X, Y int }\nfunc (p point) Len() int { return p.X + p.Y }\np := point{1, 2}\np", `^\{X:1 Y:2\}\n$`, ``},
	{"p.Len()", `^3\n$`, ``},
	{"func (p point) Len() int { return 10 * (p.X + p.Y) }\np.Len()", `^30\n$`, ``}, // old values get new methods
	{"func f(i int) int { return i + g(i) }\nfunc g(i int) int { return 100 }\nf(1)", `^101\n$`, ``},
	{"func g(i int) int { return 200 }", `^$`, ``},
	{"f(1)", `^201\n$`, ``}, // callers get the new one
	{"func Map[T, U any](s []T, f func(T) U) []U {\n\tvar r []U\n\tfor _, v := range s {\n\t\tr = append(r, f(v))\n\t}\n\treturn r\n}\nMap([]int{1, 2}, func(i int) string { return fmt.Sprint(\"n\", i) })", `^\["n1" "n2"\]\n$`, ``},
	{"counter := 0\ninc := func() int { counter++; return counter }\ninc()\ninc()", `^2\n$`, ``},
	{"inc() + counter", `^6\n$`, ``},
	{"counter := 10\ninc()", `^11\n$`, ``}, // closures see the new value
	{"made := 1\npanic(\"boom\")\nnever := 2", `^$`, `^panic: boom\n  in cell \[27\], line 2: panic\("boom"\)`},
	{"made", `^1\n$`, ``},
	{"never", `^$`, `undefined: never`},
	{"ch := make(chan int)\ngo func() { time.Sleep(100 * time.Millisecond); ch <- 42 }()", `^$`, ``},
	{"<-ch", `^42\n$`, ``},
	{"go func() { var m map[string]int; m[\"x\"] = 1 }()\ntime.Sleep(50 * time.Millisecond)", `^panic: assignment to entry in nil map, in a goroutine\n  in cell \[32\], line 1\n`, ``},
	{"func faulty(a ...int) { _ = a[3] }\ngo faulty(1, 2)\ntime.Sleep(50 * time.Millisecond)", `^panic: runtime error: index out of range \[3\] with length 2, in a goroutine\n`, ``},
	{"os.Exit(2)", `^$`, `exit status 2`},
	{"log.SetFlags(0); log.Fatal(\"over\")", `^over\n$`, `exit status 1`},
	{"defer fmt.Println(\"deferred\")\nfmt.Println(\"first\")", `^first\ndeferred\n$`, ``},
	{"for i := range 3 { fmt.Print(i) }", `^012$`, ``},
	{"if y := func() int { return 4 }(); y > 3 { fmt.Println(y) }", `^4\n$`, ``},
	{"make([]float64, 5000)", `^\[\]float64 of 5000: `, ``},
	{`fmt.Printn("x")`, `^$`, `^undefined: fmt.Printn; fmt.Print, fmt.Println\?\n  in cell \[40\], line 1: fmt.Printn\("x"\)`},
	{"cuonter", `^$`, `undefined: cuonter; counter\?`},
	{"p.Lenn()", `^$`, `p.Lenn undefined.*Len\?`},
	{"nosuch.Thing()", `^$`, `undefined: nosuch`},
	{"if x == \"more\" {", `^$`, `not finished`},
	{"x)", `^$`, `closes nothing`},
	{"%%\nold := 7\nfmt.Println(old)\nstrconv.Atoi(\"zz\")", `^7\n$`, ``}, // in a main function, as Go has it
	{"old", `^7\n$`, ``},
	{`func main() { fmt.Println("main ran") }`, `^main ran\n$`, ``},
	{"var e any = point{1, 2}\n_, ok := e.(point)\nok", `^true\n$`, ``},
	{"_, ok = e.(point)\nok", `^true\n$`, ``}, // a type is the same in all cells
	{"const A, B = 1, \"b\"\nconst C = A + 1", `^$`, ``},
	{"fmt.Println(A, B, C)", `^1 b 2\n$`, ``},
	{"rand.Int() >= 0", `^true\n$`, ``},
	{`struct{ A int; B string }{1, "z"}`, `^\{A:1 B:z\}\n$`, ``},
	{"x, y := 1, 2.5\nx, y = x+1, y*2\nfmt.Println(x, y)", `^2 5\n$`, ``},
	{"func() int { return 9 }()", `^9\n$`, ``},
	{"type point struct{ X, Y, Z int }\np", `^$`, `p was made in \[17\], when its type point was another one; run that cell again`},
	{"type List[T any] struct{ items []T }\nfunc (l *List[T]) Add(t T) { l.items = append(l.items, t) }\nl := &List[int]{}\nl.Add(4)\nl", `items:\[4\]`, ``},
	{"l.Add(5)\nlen(l.items)", `^2\n$`, ``},
	{"switch x {\ncase 2:\n\tfmt.Println(\"two\")\n}", `^two\n$`, ``},
	{"s := \"日本\"\ns", `^"日本"\n$`, ``},
	{"unsafe.Sizeof(int8(0))", `^1\n$`, ``},
	{"import \"unsafe\"\nunsafe.Sizeof(uint16(0))", `^2\n$`, ``},
	{"reflect.TypeOf(point{})", `^cell\.point\n$`, ``},
	{"math.Inf(1)", `^\+Inf\n$`, ``},
	{"nil", `^$`, ``},
	{"var e2 error\ne2", `^nil\n$`, ``},
	{"var pp *point\npp.X", `^$`, `nil pointer.*line 2`},
	{`errors.New("plain")`, `^$`, `plain`},
	{"var total = 5\nfunc addTo(n int) { total += n }\naddTo(3)\ntotal", `^8\n$`, ``}, // a function sees the variables of its own cell
	{"hits := 0\nfunc hit() int { hits++; return hits }\nhit()\nhit()", `^2\n$`, ``},
	{"func init() { fmt.Println(\"init ran\") }\nfunc init_more() { fmt.Println(\"so did this\") }", `^init ran\nso did this\n$`, ``},
	{"func twice() {}\nfunc twice() {}", `^$`, `twice is declared twice`},
	{"for i := 0; i < 2; i++ { fmt.Print(i) }; fmt.Println()", `^01\n$`, ``},
	{"text := `\n%not a command\n!nor this\n`\nlen(text)", `^26\n$`, ``},
	{"import str \"strings\"\nstr.ToUpper(\"a\")", `^"A"\n$`, ``},
	{"str.Repeat(\"b\", 2)", `^"bb"\n$`, ``}, // imports live on
	{"import . \"math\"\nSqrt(4)", `^2\n$`, ``},
	{"var q, r = 7 / 2, 7 % 2\nfmt.Println(q, r)", `^3 1\n$`, ``},
	{"func fact(n int) int { if n < 2 { return 1 }; return n * fact(n-1) }\nfact(10)", `^3628800\n$`, ``},
	{"os.Args = nil\nlabel:\nfor {\n\tfor {\n\t\tbreak label\n\t}\n}", `^$`, ``},
	{"var w io.Writer = os.Stdout\nfmt.Fprintln(w, \"to w\")", `^to w\n$`, ``},
	{"maps.Keys(map[string]int{\"a\": 1})", `^iter\.Seq\[string\]|func`, ``},
	{"var n int\nfmt.Scan(&n)\nfmt.Println(\"on\")", `.*`, `standard input.*cell \[84\], line 2: fmt.Scan\(&n\).*kernelext.Ask`},
	{"func shout(s string) string { return strings.ToUpper(s) }", `^$`, ``},
	{"strings := []int{1}\nlen(strings)", `^1\n$`, ``},
	{"shout(\"a\")", `^"A"\n$`, ``},  // a function keeps the package that it was written with
	{"rand := 3\nrand", `^3\n$`, ``}, // a variable may have the name of a package
	{"rand + 1", `^4\n$`, ``},
	{"%test\nfunc TestSum(t *testing.T) {\n\tif got := fact(3); got != 7 {\n\t\tt.Errorf(\"got %d\", got)\n\t}\n}", `--- FAIL: TestSum`, `^TestSum failed: got 6\n  in cell \[90\], line 4: t.Errorf`},
	{"%test\nfunc TestTotal(t *testing.T) {\n\tif total != 8 {\n\t\tt.Errorf(\"got %d\", total)\n\t}\n}", `--- PASS: TestTotal`, ``}, // values that can be written are there, too
	{"// static int add(int a, int b) { return a + b; }\nimport \"C\"\n\nfunc Add(a, b int) int { return int(C.add(C.int(a), C.int(b))) }\n\nsum := Add(1, 2)", `^$`, ``},
	{"sum * total", `^24\n$`, ``},
	{"Add(sum, 4)", `^7\n$`, ``},
	{"x := binary.LittleEndian\nx := binary.BigEndian\nx.String()", `so it ends with this cell\n"BigEndian"\n$`, ``}, // a type without a name in other cells
	{"var number, order = 4, binary.LittleEndian\nfmt.Println(order)", `so it ends with this cell\nLittleEndian\n$`, ``},
	{"number", `^4\n$`, ``},
	{"import \"C\"\n\nvar small, _ C.char = 3, 4\nfmt.Printf(\"%T %[1]d\\n\", small)\nsmall := \"text\"\nvar none C.char\nfmt.Println(none)", `\nmain._Ctype_char 3\n0\n$`, ``},
	{"small", `^"text"\n$`, ``},
}

// TestRules: the meaning of cells, one after the other in one notebook.
func TestRules(t *testing.T) { open(t, "").check(rules) }

// TestFatal: a fatal error loses only what cannot be written beside the program, and says what.
func TestFatal(t *testing.T) {
	n := open(t, "")
	n.check([]answer{
		{"type setting struct{ Name string; Weights []float64 }\nkept := setting{\"a\", []float64{1, 2}}\nm := map[string][]int{\"b\": {3}}", ``, ``},
		{"lost := func() int { return 1 }\nhidden := struct{ a int }{1}", ``, ``},
		{"shared := map[int]int{}\nfor range 20 {\n\tgo func() {\n\t\tfor {\n\t\t\tshared[1]++\n\t\t}\n\t}()\n}\ntime.Sleep(2 * time.Second)", ``,
			`^fatal error: concurrent map writes\n  in cell \[3\], line 5: shared\[1\]\+\+.*Back as they were before this cell: kept, m\. Lost: hidden, lost`},
		{"fmt.Println(kept, m)", `^\{a \[1 2\]\} map\[b:\[3\]\]\n$`, ``},
		{"lost()", ``, `undefined: lost: it was lost when the program ended in \[3\], and could not be kept: there is a func in it, func\(\) int; run cell \[2\] again`},
		{"kept = setting{\"c\", nil}\nfunc deep(n int) int { return deep(n+1) + 1 }\ndeep(0)", ``, `stack overflow.*line 2`},
		{"kept.Name", `^"a"\n$`, ``}, // as it was before the cell that ended the program
	})
}

// TestPrograms: where each cell is a program of its own, the rules hold as far as values can be written.
func TestPrograms(t *testing.T) {
	n := open(t, "this is a test")
	n.check([]answer{
		{"x := 3", `^Each cell runs as a program of its own here, and values go from one to the next in files: this is a test\n$`, ``},
		{"x + 1", `^4\n$`, ``},
		{"type point struct{ X, Y int }\np := point{1, 2}\nf := func() {}", `^$`, ``},
		{"func (p point) Len() int { return p.X + p.Y }\np.Len() + x", `^6\n$`, ``},
		{"f", `^$`, `undefined: f: it ended with its cell.*there is a func in it`},
		{"x = 4\npanic(\"boom\")", `^$`, `^panic: boom\n  in cell \[6\], line 2`},
		{"x", `^4\n$`, ``},
		{"strconv.Atoi(\"zz\")", ``, `invalid syntax`},
		{"fmt.Printn(1)", ``, `fmt.Print, fmt.Println\?`},
	})
}

// textOf returns what a card says.
func textOf(err error) string {
	if c, ok := err.(interface{ Text() string }); ok {
		return c.Text()
	}
	return strings.TrimSpace(err.Error())
}

// TestAbandoned: a cell that nobody waits for any more goes on, and what it does is not taken for another cell's.
func TestAbandoned(t *testing.T) {
	n := open(t, "")
	n.check([]answer{{"slow, after := 0, 0", ``, ``}})
	go func() {
		for range 2 { // the second Stop cuts the wait short
			time.Sleep(500 * time.Millisecond)
			n.Stop()
		}
	}()
	n.check([]answer{
		{"time.Sleep(3 * time.Second)\nslow = 1\nslow = 2", ``, `^stopped\n  in cell \[2\]`},
		{"first := 1\ntime.Sleep(7 * time.Second)\nsecond := 2\npanic(\"over\")\nthird := 3", ``, `panic: over`},
		{"fmt.Println(slow, first, second)", `^2 1 2\n$`, ``},
		{"third", ``, `undefined: third`},
	})
}
