package repl

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"stylenet/kernelext/internal/cell"
)

// Cell is a cell as a Go file.
type Cell struct {
	Number  int
	Name    string   // of the function that it becomes
	Source  string   // the file
	Imports []string // import paths
	Symbol  string   // of the function to call, as the linker knows it
	Notes   []string // what a person should know
	Tests   []string // of a test: the names of its test functions
	Alone   bool     // it can only be a program of its own: a test, or a cell with C code
	Empty   bool     // it only declares, so there is nothing to run

	imports map[string]string
	dots    []string
	c       string // the C code above an import of "C"
	decls   map[string]*decl
	vars    []setting
	gone    map[string]string    // variables of earlier cells that end with this one, with the reason
	early   map[string]*variable // variables that the cell makes and its own functions use
}

// setting is a variable that a cell sets.
type setting struct {
	*variable
	step int // the number of the statement, from 1
}

// Error is what is wrong with the code of a cell.
type Error []Message

// Message is one thing that is wrong.
type Message struct {
	Cell, Line, Column int // where; the lines and columns from 1
	Text               string
}

func (e Error) Error() string {
	return fmt.Sprintf("cell [%d], line %d: %s", e[0].Cell, e[0].Line, e[0].Text)
}

// draft is a cell in parts, and what it may use.
type draft struct {
	*Cell
	mode     int // of package cell
	body     []*unit
	fresh    map[string]bool   // names that the cell declares
	all      map[string]*decl  // with those of earlier cells
	imported map[string]string // with those of earlier cells
	hidden   map[string]bool   // variables that give way to packages of their names, which earlier declarations use
}

// Prepare makes a Go file of a cell. The mode is one of package cell: in the body of a main function,
// expressions are not shown. An error is an [Error].
func (s *Session) Prepare(number int, text string, mode int) (*Cell, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prepared++
	d := &draft{Cell: &Cell{Number: number, Name: fmt.Sprint("Run_", s.prepared), imports: map[string]string{}, decls: map[string]*decl{}, gone: map[string]string{}, early: map[string]*variable{}}, mode: mode, fresh: map[string]bool{}, hidden: map[string]bool{}}
	parts, err := cell.Split(text)
	if err != nil {
		line, column, text := cell.At(err)
		return nil, Error{{number, line, column, text}}
	}
	for _, part := range parts {
		u := &unit{text: part.Text, cell: number, doc: part.Doc, quiet: part.Quiet}
		u.line, u.column = position(text, part.At)
		if err := s.take(d, part.Kind, u); err != nil {
			return nil, err
		}
	}
	d.all, d.imported = maps.Clone(s.decls), maps.Clone(s.imports)
	maps.Copy(d.all, d.decls)
	if d.c == "" {
		d.c = s.c
	}
	maps.Copy(d.imported, d.imports)
	s.dropChanged(d)
	for try := 0; ; try++ {
		f, err := s.check(d)
		if try < 4 && f.findEarly() {
			continue
		}
		if err == nil {
			return d.Cell, s.emit(d, f)
		}
		if imported, hid := s.importMissing(d, f.undefined), f.hideVariables(); try == 4 || !imported && !hid {
			return nil, err
		}
	}
}

// initializer matches the names of functions that run when a program starts; init_, as GoNB has it, for several.
var initializer = regexp.MustCompile(`^init(_\w*)?$`)

// testName matches the names of functions that go test runs.
var testName = regexp.MustCompile(`^(Test|Benchmark|Example|Fuzz)(\PL|\p{Lu}|$)`)

// take takes in a part of the cell.
func (s *Session) take(d *draft, kind token.Token, u *unit) error {
	switch kind {
	case token.IMPORT:
		return s.takeImports(d, u)
	case token.FUNC, token.TYPE, token.CONST:
		declared := &decl{unit: *u, kind: kind, uses: map[string]string{}}
		var err error
		if declared.key, err = keyOf(u.text); err != nil {
			return syntaxError(u, err)
		}
		if initializer.MatchString(declared.key) && kind == token.FUNC && d.mode != cell.Test { // it runs with the cell
			u.text = "func" + u.text[strings.Index(u.text, declared.key)+len(declared.key):] + "()"
			d.body = append(d.body, u)
			return nil
		}
		if _, twice := d.decls[declared.key]; twice && declared.key != "_" {
			return Error{{u.cell, u.line, u.column, declared.key + " is declared twice in this cell"}}
		}
		d.decls[declared.key] = declared
		if testName.MatchString(declared.key) && kind == token.FUNC {
			d.Tests = append(d.Tests, declared.key)
		}
		for _, name := range declared.names() {
			d.fresh[name] = true
		}
		return nil
	}
	d.body = append(d.body, u)
	return nil
}

// takeImports takes in an import declaration.
func (s *Session) takeImports(d *draft, u *unit) error {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p;"+u.text, parser.ImportsOnly)
	if err != nil {
		return syntaxError(u, err)
	}
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		if path == "C" {
			d.c, d.imports["C"] = u.doc, "C"
			continue
		}
		name, err := s.Packages.Find(path)
		if err != nil {
			return Error{{u.cell, u.line, u.column, err.Error()}}
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case ".":
			d.dots = append(d.dots, path)
		case "_":
			d.Imports = append(d.Imports, path)
		default:
			d.imports[name] = path
		}
	}
	return nil
}

// keyOf returns the key of a declaration.
func keyOf(text string) (string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p;"+text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	switch d := f.Decls[len(f.Decls)-1].(type) {
	case *ast.FuncDecl:
		if d.Recv != nil && len(d.Recv.List) > 0 {
			return receiver(d.Recv.List[0].Type) + "." + d.Name.Name, nil
		}
		return d.Name.Name, nil
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					names = append(names, id.Name)
				}
			}
		}
		return strings.Join(names, ","), nil
	}
	return "", errors.New("no declaration")
}

// receiver returns the name of a method's type.
func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.ParenExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return "?"
}

// dropChanged finds the variables whose types are not what they were when the variables were made.
func (s *Session) dropChanged(d *draft) {
	for name, v := range s.vars {
		if v.layout != "" && v.typ.layout(d.all) != v.layout {
			d.gone[name] = fmt.Sprintf("%s was made in [%d], when its type %s was another one; run that cell again", name, v.cell, v.shown)
		}
	}
}

// importMissing imports the packages that are meant by names that nobody has declared. It returns whether there were any.
func (s *Session) importMissing(d *draft, undefined []string) (found bool) {
	for _, name := range undefined {
		if path := s.Packages.Named(name); path != "" && d.imported[name] == "" {
			if _, err := s.Packages.Find(path); err == nil {
				d.imported[name], found = path, true
			}
		}
	}
	return found
}
