package selftest

import (
	"fmt"

	"stylenet/kernelext/internal/soak"
)

// value is a value that a cell makes: it has to stay what it is while other cells make garbage.
type value struct{ kind, make, shows, want string }

// values are of the kinds that the collector treats in different ways: in the data of a library, on the heap, behind
// interfaces, in closures, in maps and channels, of types that a cell has made, or that only a library of C has.
var values = []value{
	{"number", `number := 12345`, `number`, "12345"},
	{"string", `text := fmt.Sprint("a text of ", 3, " words")`, `text`, `"a text of 3 words"`},
	{"static string", `var static = "a string in the data"`, `static`, `"a string in the data"`},
	{"slice", "var list []int\nfor i := range 50 { list = append(list, i*i) }", `fmt.Sprint(len(list), list[49])`, `"50 2401"`},
	{"slice of strings", "var names []string\nfor i := range 50 { names = append(names, fmt.Sprint(\"n\", i)) }", `names[7] + names[49]`, `"n7n49"`},
	{"array", `grid := [3][2]*int{0: {new(int), nil}, 2: {nil, new(int)}}; *grid[2][1] = 8`, `*grid[2][1] + *grid[0][0]`, "8"},
	{"map", "table := map[string][]int{}\nfor i := range 50 { table[fmt.Sprint(i)] = []int{i} }", `fmt.Sprint(len(table), table["33"])`, `"50 [33]"`},
	{"static map", `var fixed = map[string]int{"one": 1, "two": 2, "three": 3}`, `fixed["one"] + fixed["three"]`, "4"},
	{"struct", "type Node struct { Value int; Next *Node; Name string }\nvar nodes *Node\nfor i := range 30 { nodes = &Node{i, nodes, fmt.Sprint(i)} }", `nodes.Next.Next.Name`, `"27"`},
	{"method", "func (n *Node) Sum() int { if n == nil { return 0 }; return n.Value + n.Next.Sum() }", `nodes.Sum()`, "435"},
	{"interface", "type Shape interface { Area() float64 }\ntype Square struct{ Side float64 }\nfunc (s *Square) Area() float64 { return s.Side * s.Side }\nshapes := []Shape{&Square{2}, &Square{3}}", `shapes[0].Area() + shapes[1].Area()`, "13"},
	{"any", `anything := []any{1, "two", []int{3}, map[int]string{4: "four"}, &Node{Value: 5}}`, `fmt.Sprint(anything[2], anything[3], anything[4].(*Node).Value)`, `"[3] map[4:four] 5"`},
	{"closure", "steps, held := 0, fmt.Sprint(\"held\")\nstep := func() string { steps++; return fmt.Sprint(held, steps) }", `step()`, ""},
	{"generic", "type Stack[T any] struct{ items []T }\nfunc (s *Stack[T]) Push(t T) { s.items = append(s.items, t) }\nstack := &Stack[*Node]{}\nstack.Push(&Node{Name: \"in a stack\"})", `stack.items[0].Name`, `"in a stack"`},
	{"channel", "pipe := make(chan *Node, 3)\npipe <- &Node{Name: \"in a channel\"}", `len(pipe)`, "1"},
	{"goroutine", "asks, says := make(chan int), make(chan string)\ngo func() { mine := fmt.Sprint(\"mine \"); for n := range asks { says <- mine + fmt.Sprint(n) } }()", "asks <- 4\n<-says", `"mine 4"`},
	{"error", `failed := fmt.Errorf("outer: %w", os.ErrNotExist)`, `errors.Is(failed, os.ErrNotExist)`, "true"},
	{"library", "big1 := new(big.Int).Exp(big.NewInt(3), big.NewInt(50), nil)\nvar page bytes.Buffer\npage.WriteString(\"a page\");", `big1.String() + page.String()`, `"717897987691852588770249a page"`},
	{"time", `when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)`, `when.Format("15:04:05")`, `"03:04:05"`},
	{"function", "func double(n int) int { return 2 * n }\napply := []func(int) int{double, func(n int) int { return n + number }}", `apply[0](4) + apply[1](1)`, "12354"},
	{"cgo", "// static int twice(int a) { return 2 * a; }\nimport \"C\"\n\nvar fromC int = int(C.twice(21))", `fromC`, "42"},
}

// garbage makes the collector run, and the memory that it has freed be used again.
const garbage = `for round := range 20 {
	var waste [][]byte
	for i := range 200 {
		waste = append(waste, bytes.Repeat([]byte{byte(round)}, 10+i))
	}
	runtime.GC()
	runtime.KeepAlive(waste)
}`

// own returns the cells of the self-test: all values are made, then checked twice with garbage before.
func own() (cells []soak.Cell) {
	for _, v := range values {
		cells = append(cells, soak.Cell{Kind: v.kind, Source: v.make})
	}
	for round := range 2 {
		cells = append(cells, soak.Cell{Kind: "garbage", Source: garbage})
		for _, v := range values {
			want := v.want
			if v.kind == "closure" { // it counts
				want = fmt.Sprintf("%q", fmt.Sprint("held", round+1))
			}
			cells = append(cells, soak.Cell{Kind: v.kind, Source: v.shows, Want: want + "\n"})
		}
	}
	return cells
}
