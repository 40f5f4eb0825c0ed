package link

import (
	"context"
	"maps"
	"path"
	"strings"
)

// meant are the packages of the standard library that are meant by a name which several have.
var meant = map[string]string{"color": "image/color", "draw": "image/draw", "parser": "go/parser", "pprof": "runtime/pprof", "rand": "math/rand",
	"scanner": "text/scanner", "template": "text/template", "types": "go/types", "unsafe": "unsafe"}

// Packages are those of a linker, as the front end asks for them.
type Packages struct {
	*Linker
	named map[string]string // import paths by the names by which they are meant
}

// NewPackages returns the packages of a linker.
func NewPackages(l *Linker) Packages {
	p := Packages{l, map[string]string{}}
	p.Everything(func(path, name string, own bool) {
		if old := p.named[name]; old == "" || p.cost(path) < p.cost(old) || p.cost(path) == p.cost(old) && path < old {
			p.named[name] = path
		}
	})
	maps.Copy(p.named, meant)
	return p
}

// cost is the less, the more likely a package is meant by its name.
func (p Packages) cost(path string) int {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case p.base.Packages[path].Own:
		return len(path) + 1000
	case strings.Contains(first, "."):
		return len(path) + 2000
	}
	return len(path)
}

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
func (p Packages) Named(name string) string { return p.named[name] }

// importable tells whether a cell may import a package.
func importable(importPath string, p Package) bool {
	for _, element := range strings.Split(importPath, "/") {
		if element == "internal" || element == "vendor" {
			return false
		}
	}
	return p.Name != "main" && !strings.HasPrefix(importPath, "cmd/") && path.Base(importPath) != "unsafe"
}
