package repl

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// suggest returns the text of an error, with the nearest known names where one is not known.
func (f *file) suggest(e types.Error) string {
	name, undefined := strings.CutPrefix(e.Msg, "undefined: ")
	if !undefined {
		return f.suggestMember(e)
	}
	if why := f.session.gone[name]; why != "" {
		return e.Msg + ": " + why
	}
	if why := f.gone[name]; why != "" {
		return e.Msg + ": " + why
	}
	if qualifier, member, ok := strings.Cut(name, "."); ok {
		return e.Msg + meant(member, qualifier+".", f.session.exported(f.imported[qualifier]))
	}
	known := slices.Collect(maps.Keys(f.session.vars))
	for _, d := range f.all {
		known = append(known, d.names()...)
	}
	known = append(known, types.Universe.Names()...)
	for _, v := range f.Cell.vars {
		known = append(known, v.name)
	}
	for _, st := range f.statements() {
		for _, id := range declared(st) {
			known = append(known, id.Name)
		}
	}
	if f.isQualifier(e.Pos) {
		f.session.Packages.Everything(func(path, name string, own bool) {
			if own || !strings.Contains(path, "/") {
				known = append(known, name)
			}
		})
	}
	return e.Msg + meant(name, "", known)
}

// isQualifier tells whether the name at a position stands before a point.
func (f *file) isQualifier(pos token.Pos) (found bool) {
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.X.Pos() == pos {
			_, found = s.X.(*ast.Ident)
		}
		return !found
	})
	return found
}

// exported returns the names that a package exports; none where there is no such package.
func (s *Session) exported(path string) (names []string) {
	p, err := s.importer.Import(path)
	if err != nil {
		return nil
	}
	for _, name := range p.Scope().Names() {
		if ast.IsExported(name) {
			names = append(names, name)
		}
	}
	return names
}

// suggestMember suggests a field or a method.
func (f *file) suggestMember(e types.Error) string {
	if !strings.Contains(e.Msg, "has no field or method") || strings.Contains(e.Msg, "but does have") {
		return e.Msg
	}
	var names []string
	var wrong string
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Pos() == e.Pos {
			wrong, names = s.Sel.Name, members(f.info.Types[s.X].Type)
		}
		return true
	})
	return e.Msg + meant(wrong, "", names)
}

// members returns the names of the methods and fields of a type.
func members(t types.Type) (names []string) {
	if t == nil {
		return nil
	}
	methods := types.NewMethodSet(t)
	if _, isPointer := t.(*types.Pointer); !isPointer {
		methods = types.NewMethodSet(types.NewPointer(t))
	}
	for m := range methods.Methods() {
		names = append(names, m.Obj().Name())
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for field := range s.Fields() {
			names = append(names, field.Name())
		}
	}
	return names
}

// meant names up to three of the known names that are nearest to a name, as a question.
func meant(name, before string, known []string) string {
	slices.Sort(known)
	known = slices.Compact(known)
	best := len(name) / 3 // letters that may be wrong
	if len(name) >= 4 {
		best = max(best, 2) // two that have changed places
	}
	var names []string
	for _, k := range known {
		d := distance(strings.ToLower(name), strings.ToLower(k))
		if k == name || d > best {
			continue
		}
		if d < best {
			best, names = d, nil
		}
		names = append(names, before+k)
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s?", strings.Join(names[:min(3, len(names))], ", "))
}

// distance returns how many letters have to be put in or taken out to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal
			} else {
				row[j+1] = 1 + min(above, row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}
