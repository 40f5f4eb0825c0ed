package link

import (
	"context"
	"path"
	"strings"
)

// meant are the packages of the standard library that are meant by a name which several have.
var meant = map[string]string{"color": "image/color", "draw": "image/draw", "parser": "go/parser", "pprof": "runtime/pprof", "rand": "math/rand",
	"scanner": "text/scanner", "template": "text/template", "types": "go/types", "unsafe": "unsafe"}

// Packages are those of a linker, as the front end asks for them.
type Packages struct{ *Linker }

// Find returns the name of a package, which it compiles if it is not in the base.
func (p Packages) Find(path string) (name string, err error) {
	found, err := p.Linker.Find(context.Background(), path)
	return found.Name, err
}

// Everything calls do for each package that a cell may import.
func (p Packages) Everything(do func(path, name string, own bool)) {
	for path, one := range p.base.Packages {
		if importable(path, one) {
			do(path, one.Name, one.Own)
		}
	}
}

// Named returns the package that is meant by a name: one of the standard library, else one of the module, else one that the
// module imports; of several, the one with the shortest path.
func (p Packages) Named(name string) (found string) {
	if path := meant[name]; path != "" {
		return path
	}
	best := 0
	p.Everything(func(path, other string, own bool) {
		if other != name {
			return
		}
		cost := len(path)
		switch {
		case strings.Contains(strings.Split(path, "/")[0], ".") && !own:
			cost += 2000
		case own:
			cost += 1000
		}
		if found == "" || cost < best || cost == best && path < found {
			found, best = path, cost
		}
	})
	return found
}

// importable tells whether a cell may import a package.
func importable(importPath string, p Package) bool {
	for _, element := range strings.Split(importPath, "/") {
		if element == "internal" || element == "vendor" {
			return false
		}
	}
	return p.Name != "main" && !strings.HasPrefix(importPath, "cmd/") && path.Base(importPath) != "unsafe"
}
