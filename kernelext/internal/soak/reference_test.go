package soak

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// header is the head of each program. It uses all packages that cells use.
const header = `package main

import (
	"bytes"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	_ bytes.Buffer
	_ big.Int
	_ sync.Mutex
	_ time.Duration
	_ strings.Builder
	_ = slices.Sort[[]int]
	_ = runtime.GC
	_ = os.Exit
	_ = fmt.Println
)
`

// footer runs the cells. Each answer ends with a zero byte, that of a cell that panics with a one before it.
const footer = `
func run(cell func()) {
	defer func() {
		if recover() != nil {
			fmt.Print("\x01")
		}
		fmt.Print("\x00")
	}()
	cell()
}

func show(v any) {
	switch v := v.(type) {
	case string:
		fmt.Printf("%q\n", v)
	case int, bool, float64, []int:
		fmt.Println(v)
	default:
		panic(fmt.Sprintf("a shown %T", v))
	}
}

func main() {
	for _, cell := range cells {
		run(cell)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	fmt.Fprint(os.Stderr, m.HeapAlloc)
}
`

// reference writes cells as one ordinary Go program: top-level variables and functions become variables of the package, one
// for each type that they have had. It shares no code with the product.
type reference struct {
	importer types.Importer
	types    string             // declarations of types
	methods  map[string]*method // by type and name
	order    []string           // of methods
	newest   map[string]string  // the type of each variable
	versions map[string]int     // how many types each variable has had
	declared string             // variables, under the names of the program
	bodies   string
	cells    int
}

// method is a method with all bodies that it has had.
type method struct {
	head, version string
	bodies        []string
	results       bool
}

func newReference() *reference {
	return &reference{importer: importer.Default(), methods: map[string]*method{}, newest: map[string]string{}, versions: map[string]int{}}
}

// program returns the program of all cells so far.
func (r *reference) program() string {
	var list strings.Builder
	for i := range r.cells {
		fmt.Fprintf(&list, "\tcell%d,\n", i)
	}
	return header + r.types + r.allMethods(false) + r.declared + r.bodies + "\nvar cells = []func(){\n" + list.String() + "}\n" + footer
}

// allMethods writes the methods; the plain ones have their first body only.
func (r *reference) allMethods(plain bool) string {
	var out strings.Builder
	for _, key := range r.order {
		m := r.methods[key]
		if !plain {
			fmt.Fprintf(&out, "var %s int\n", m.version)
		}
		fmt.Fprintf(&out, "%s {\n", m.head)
		for i, body := range m.bodies[1:] {
			if plain {
				break
			}
			leave := "\nreturn"
			if m.results {
				leave = ""
			}
			fmt.Fprintf(&out, "if %s == %d {\n%s%s\n}\n", m.version, i+1, body, leave)
		}
		fmt.Fprintf(&out, "%s\n}\n", m.bodies[0])
	}
	return out.String()
}

// set gives a variable a type and returns its name in the program: the old one if the type is that of before.
func (r *reference) set(name, typ string) string {
	if r.newest[name] != typ {
		r.newest[name] = typ
		r.versions[name]++
		r.declared += fmt.Sprintf("var %s %s\n", r.name(name), typ)
	}
	return r.name(name)
}

// name returns the name of the newest variable in the program.
func (r *reference) name(name string) string { return fmt.Sprintf("%s_%d", name, r.versions[name]) }

// add adds a cell.
func (r *reference) add(source string) error {
	functions, body := cut(source)
	first := ""
	for _, f := range functions {
		text, err := r.function(f)
		if err != nil {
			return err
		}
		first += text
	}
	body, err := r.takeTypes(body)
	if err != nil {
		return err
	}
	last := len(functions) == 0 || !strings.HasSuffix(source, functions[len(functions)-1])
	text, err := r.rewrite(first+body, last)
	if err != nil {
		return err
	}
	r.bodies += fmt.Sprintf("\nfunc cell%d() {\n%s\n}\n", r.cells, text)
	r.cells++
	return nil
}

// cut takes declared functions and methods out of a cell: they begin a line.
func cut(source string) (functions []string, rest string) {
	lines := strings.Split(source, "\n")
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i], "func ") {
			rest += lines[i] + "\n"
			continue
		}
		text := lines[i]
		for i+1 < len(lines) && !parses(text) {
			i++
			text += "\n" + lines[i]
		}
		functions = append(functions, text)
	}
	return functions, rest
}

func parses(declaration string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+declaration, 0)
	return err == nil
}

// function takes in a function or method, and returns what has to be done in the cell.
func (r *reference) function(text string) (string, error) {
	const before = "package p\n"
	file, err := parser.ParseFile(token.NewFileSet(), "", before+text, 0)
	if err != nil {
		return "", err
	}
	f := file.Decls[0].(*ast.FuncDecl)
	part := func(from, to token.Pos) string { return (before + text)[from-file.FileStart : to-file.FileStart] }
	body := part(f.Body.Lbrace+1, f.Body.Rbrace)
	if f.Recv == nil {
		if f.Type.TypeParams != nil {
			return "", fmt.Errorf("%s is generic", f.Name)
		}
		r.set(f.Name.Name, "func"+part(f.Type.Params.Pos(), f.Type.End()))
		return fmt.Sprintf("%s = func%s\n", f.Name, part(f.Type.Params.Pos(), f.End())), nil
	}
	key := receiver(f.Recv.List[0].Type) + "_" + f.Name.Name
	head := part(f.Pos(), f.Type.End())
	m := r.methods[key]
	if m == nil {
		m = &method{head: head, version: "version_" + key, results: f.Type.Results != nil}
		r.methods[key] = m
		r.order = append(r.order, key)
	}
	if m.head != head {
		return "", fmt.Errorf("%s and %s", m.head, head)
	}
	if i := slices.Index(m.bodies, body); i >= 0 {
		return fmt.Sprintf("%s = %d\n", m.version, i), nil
	}
	m.bodies = append(m.bodies, body)
	return fmt.Sprintf("%s = %d\n", m.version, len(m.bodies)-1), nil
}

// receiver returns the name of a receiver's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
