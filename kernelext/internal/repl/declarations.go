package repl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Declarations writes what the cells so far have declared as one Go file, with the comments above, for tools that help with the
// next cell, of which the text is given: packages that are meant there without an import are imported.
func (s *Session) Declarations(next string) string {
	var body strings.Builder
	imports := maps.Clone(s.imports)
	for _, name := range slices.Sorted(maps.Keys(s.vars)) {
		v := s.vars[name]
		text := v.typ.in("", func(own string) string { return own })
		for pkg, path := range v.typ.imports {
			alias := pkg
			if other, taken := imports[alias]; taken && other != path {
				alias += tag
			}
			imports[alias] = path
			text = strings.ReplaceAll(text, pkg+tag+".", alias+".")
		}
		fmt.Fprintf(&body, "var %s %s\n", name, text)
	}
	declared := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(s.decls)) {
		d := s.decls[key]
		body.WriteString(d.doc + d.text + "\n")
		for _, name := range d.names() {
			declared[name] = true
		}
		next += d.text
	}
	for _, match := range qualifier.FindAllStringSubmatch(next, -1) {
		name := match[1]
		if path := s.Packages.Named(name); path != "" && imports[name] == "" && s.vars[name] == nil && !declared[name] {
			imports[name] = path
		}
	}
	var head strings.Builder
	head.WriteString("package main\n")
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&head, "import %s %q\n", name, imports[name])
	}
	for _, path := range s.dots {
		fmt.Fprintf(&head, "import . %q\n", path)
	}
	return head.String() + body.String()
}
