// Package repl gives cells of bare Go their meaning: statements and expressions need no function around them, variables live
// on, what is declared again replaces what was, and the last expression is shown. It makes a Go file of a cell, which others
// compile and run; it runs nothing itself.
//
// A cell becomes a function. A variable of the cell, made by := or var at its top level, becomes a variable of the file with
// a name of its own for the linker, so that all cells mean the same one. What a cell uses of the functions and types of
// earlier cells is written into its file again. One whose text has changed, or that uses such a one, gets a new name.
//
// session.go has the state, prepare.go takes a cell apart, check.go checks its types, uses.go finds what it uses of others,
// variables.go and types.go its variables, emit.go and statements.go write the file, restore.go one that reads variables
// back, suggest.go names what may have been meant, complete.go what may follow, text.go edits texts. Set-up also builds the
// package into the kernel, so it uses the standard library only.
package repl

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// tag is a letter that nobody types. It makes names of our own.
const tag = "𐘀"

// Packages finds the packages that cells import.
type Packages interface {
	Find(path string) (name string, err error)       // a package that is not there yet may be compiled
	Export(path string) (file string, ok bool)       // with its export data, of one that was found
	Named(name string) (path string)                 // the package that is meant by a name that nobody imported; empty: none
	Everything(do func(path, name string, own bool)) // that may be meant
}

// Options say for what a session makes files.
type Options struct {
	Packages Packages
	Runtime  string // the import path of the package that cells call
	Version  string // of Go, such as go1.26
	Programs bool   // each cell becomes a program of its own, and variables go from one to the next in files
}

// Session is what the cells so far have made.
type Session struct {
	Options
	mu       sync.Mutex // the help asks while cells run
	fset     *token.FileSet
	importer types.Importer

	prepared int               // cells so far
	imports  map[string]string // import paths by the names in use
	dots     []string          // import paths of dot imports
	c        string            // the C code of the last cell that has some
	decls    map[string]*decl  // functions, types, constants and methods, by their keys
	vars     map[string]*variable
	gone     map[string]string // variables that are no more, with the reason
	unkept   map[string]string // variables that could not be written beside the program, with the reason
	slots    map[string]int    // how many variables of a name there have been
	versions map[string][]string
	helped   map[string]string // packages that the help knows of
}

// decl is a declaration of a cell.
type decl struct {
	unit
	uses map[string]string // the packages that it uses: import paths by their names
	key  string            // the name; of a method, Type.name; of a group, all names with commas between them
	kind token.Token
}

// names are those that a declaration declares at the top level.
func (d *decl) names() []string {
	if strings.Contains(d.key, ".") {
		return nil
	}
	return strings.Split(d.key, ",")
}

// variable is a variable that lives on.
type variable struct {
	name   string
	slot   int    // variables of one name, but of different types, have different slots
	cell   int    // that has set it last
	typ    source // its type
	shown  string // its type as people write it
	layout string // tells apart what the cells' types in it have been
}

// New returns a session without cells.
func New(o Options) *Session {
	s := &Session{Options: o, fset: token.NewFileSet(), imports: map[string]string{}, decls: map[string]*decl{}, vars: map[string]*variable{},
		gone: map[string]string{}, unkept: map[string]string{}, slots: map[string]int{}, versions: map[string][]string{}}
	s.importer = importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) {
		if file, ok := o.Packages.Export(path); ok {
			return os.Open(file)
		}
		return nil, fmt.Errorf("there is no package %s", path)
	})
	return s
}

// Warm reads what cells are likely to import, so that the first one does not wait.
func (s *Session) Warm(paths ...string) {
	for _, path := range paths {
		_, _ = s.importer.Import(path)
	}
}

// Commit keeps what a cell has made: its declarations, and the variables that the first statements have set, so many as are
// done.
func (s *Session) Commit(c *Cell, done int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dots, s.c = append(s.dots, c.dots...), c.c
	for name, why := range c.gone {
		delete(s.vars, name)
		s.gone[name] = why
	}
	for name, path := range c.imports {
		s.forget(name)
		s.imports[name] = path
	}
	for key, d := range c.decls {
		for _, name := range d.names() {
			s.forget(name)
			delete(s.gone, name)
		}
		s.decls[key] = d
	}
	for _, v := range c.vars {
		if v.step <= done {
			s.forget(v.name)
			delete(s.gone, v.name)
			s.vars[v.name] = v.variable
		}
	}
}

// forget takes a name from what has it, with the whole group where it is one of constants or types.
func (s *Session) forget(name string) {
	delete(s.vars, name)
	delete(s.imports, name)
	for key, d := range s.decls {
		if slices.Contains(d.names(), name) {
			delete(s.decls, key)
		}
	}
}

// Remove forgets a name, and a type's methods with it. It returns whether there was something of that name.
func (s *Session) Remove(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, isVar := s.vars[name]
	_, isImport := s.imports[name]
	before := len(s.decls)
	s.forget(name)
	maps.DeleteFunc(s.decls, func(key string, _ *decl) bool { return strings.HasPrefix(key, name+".") || key == name })
	return isVar || isImport || len(s.decls) < before
}

// Kept notes which variables a program after this one could read back, and which not, with the reason.
func (s *Session) Kept(kept []string, lost map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range kept {
		delete(s.unkept, name)
	}
	for name, why := range lost {
		s.unkept[name] = why
	}
}

// Variables returns the names of the variables that can be read back.
func (s *Session) Variables() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.vars {
		if _, ok := s.unkept[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Drop drops variables, with the reasons why they were not written.
func (s *Session) Drop(why string, lost map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, reason := range lost {
		if v := s.vars[name]; v != nil {
			s.gone[name] = fmt.Sprintf("%s, and could not be kept: %s", why, reason)
			delete(s.vars, name)
			delete(s.unkept, name)
		}
	}
}

// Lose drops the variables that were not read back after the program has ended. It returns their names.
func (s *Session) Lose(why string, back []string) (lost []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		if slices.Contains(back, name) {
			continue
		}
		s.gone[name] = fmt.Sprintf("%s; run cell [%d] again", why, s.vars[name].cell)
		if reason := s.unkept[name]; reason != "" {
			s.gone[name] = fmt.Sprintf("%s, and could not be kept: %s; run cell [%d] again", why, reason, s.vars[name].cell)
		}
		lost = append(lost, name)
		delete(s.vars, name)
		delete(s.unkept, name)
	}
	return lost
}
