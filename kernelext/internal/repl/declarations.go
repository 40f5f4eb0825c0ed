package repl

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// usual are packages of the standard library that cells often use.
var usual = []string{"context", "errors", "fmt", "image", "maps", "math", "os", "slices", "sort", "strconv", "strings", "sync", "time"}

// helpImports returns the packages that the help knows of: those of the module and the usual ones, and all that have been meant in
// a text so far. The set only grows, because a tool that reads it has to begin anew where it changes.
func (s *Session) helpImports(text string) map[string]string {
	if s.helped == nil {
		s.helped = map[string]string{}
		s.Packages.Everything(func(path, name string, own bool) {
			if own && s.Packages.Named(name) == path {
				s.helped[name] = path
			}
		})
		for _, name := range usual {
			s.helped[name] = name
		}
	}
	for _, match := range qualifier.FindAllStringSubmatch(text, -1) {
		if path := s.Packages.Named(match[1]); path != "" && s.helped[match[1]] == "" {
			s.helped[match[1]] = path
		}
	}
	return s.helped
}

// pathOf returns the package that is meant by a name, imported or not; empty: none.
func (s *Session) pathOf(name string) string {
	return cmp.Or(s.imports[name], s.Packages.Named(name))
}

// Declarations writes what the cells so far have declared as one Go file, with the comments above, for tools that help with the
// next cell, of which the text is given: packages that are meant there without an import are imported.
func (s *Session) Declarations(next string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body strings.Builder
	taken := map[string]bool{} // names that are no packages
	for _, key := range slices.Sorted(maps.Keys(s.decls)) {
		d := s.decls[key]
		body.WriteString(d.doc + d.text + "\n")
		for _, name := range d.names() {
			taken[name] = true
		}
		next += d.text
	}
	for name := range s.vars {
		taken[name] = true
	}
	imports := maps.Clone(s.helpImports(next))
	maps.Copy(imports, s.imports)
	maps.DeleteFunc(imports, func(name, _ string) bool { return taken[name] })
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		text := s.vars[name].typ.in("", func(own string) string { return own })
		for pkg, path := range s.vars[name].typ.imports {
			alias := pkg
			if other := imports[alias]; other != "" && other != path || taken[alias] {
				alias += tag
			}
			imports[alias] = path
			text = strings.ReplaceAll(text, pkg+tag+".", alias+".")
		}
		fmt.Fprintf(&body, "var %s %s\n", name, text)
	}
	var head strings.Builder
	head.WriteString("package main\n")
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&head, "import %s\n", importLine(name, imports[name]))
	}
	for _, path := range s.dots {
		fmt.Fprintf(&head, "import . %q\n", path)
	}
	return head.String() + body.String()
}
