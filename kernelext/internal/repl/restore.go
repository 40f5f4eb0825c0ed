package repl

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// Restoring returns a cell that reads variables back which another program has written.
func (s *Session) Restoring(names []string) *Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := map[string]bool{`_ "unsafe"`: true, fmt.Sprintf("%s %q", runtimeName, s.Runtime): true}
	var vars, body strings.Builder
	needed := map[string]*decl{}
	for _, name := range names {
		v := s.vars[name]
		if v == nil {
			continue
		}
		for _, line := range v.typ.importLines(v.name) {
			lines[line] = true
		}
		for _, own := range v.typ.owns() {
			s.needType(own, needed)
		}
		vars.WriteString(v.declaration(name, false, func(own string) string { return own }))
		fmt.Fprintf(&body, "\t%s.Restore(%q, &%s)\n", runtimeName, name, name)
	}
	for _, d := range needed {
		for _, match := range qualifier.FindAllStringSubmatch(d.text, -1) {
			if path := s.pathOf(match[1]); path != "" {
				lines[importLine(match[1], path)] = true
			}
		}
	}
	s.prepared++
	c := &Cell{Name: fmt.Sprint("Run_", s.prepared)}
	c.Symbol = symbolOf(c.Name)
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\t%s\n)\n\n%s", ownPath, strings.Join(slices.Sorted(maps.Keys(lines)), "\n\t"), vars.String())
	for _, key := range slices.Sorted(maps.Keys(needed)) {
		b.WriteString(needed[key].text + "\n")
	}
	fmt.Fprintf(&b, "\nfunc %s() {\n%s}\n", c.Name, body.String())
	c.Source = b.String()
	return c
}

// needType adds the declaration of a type, and of the types in it.
func (s *Session) needType(name string, needed map[string]*decl) {
	for key, d := range s.decls {
		if d.kind != token.TYPE || needed[key] != nil || !slices.Contains(d.names(), name) {
			continue
		}
		needed[key] = d
		for _, w := range word.FindAllString(d.text, -1) {
			s.needType(w, needed)
		}
	}
}
