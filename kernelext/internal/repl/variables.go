package repl

import (
	"fmt"
	"go/types"
	"slices"
)

// newVariable returns the variable that the cell makes of an object; nil: its type has no name in other cells. One of the same
// name and type as before is the same variable.
func (f *file) newVariable(o types.Object) *variable {
	v := &variable{name: o.Name(), cell: f.Number, typ: sourceOf(o.Type())}
	if !v.typ.ok {
		return nil
	}
	v.shown = f.shown(o.Type())
	v.layout = v.typ.layout(f.all)
	s := f.session
	same := func(other *variable) bool {
		return other != nil && other.name == v.name && other.typ.text == v.typ.text
	}
	switch old := s.vars[v.name]; {
	case same(f.early[v.name]):
		return f.early[v.name]
	case same(old) && f.gone[v.name] == "":
		v.slot = old.slot
	default:
		if n := slices.IndexFunc(f.vars, func(other setting) bool { return same(other.variable) }); n >= 0 {
			v.slot = f.vars[n].slot
			break
		}
		v.slot = s.slots[v.name]
		s.slots[v.name]++
	}
	return v
}

// shown writes a type as people do.
func (f *file) shown(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == ownPath {
			return ""
		}
		return p.Name()
	})
}

// findEarly finds the variables that statements of the cell make and its own functions use: the functions have to be checked
// with them. It returns whether there are new ones.
func (f *file) findEarly() (found bool) {
	if len(f.decls) == 0 || f.info == nil {
		return false
	}
	words := map[string]bool{}
	for _, d := range f.decls {
		for _, w := range word.FindAllString(d.text, -1) {
			words[w] = true
		}
	}
	for _, st := range f.statements() {
		for _, id := range declared(st) {
			o := f.info.Defs[id]
			if o == nil || !words[id.Name] || f.early[id.Name] != nil || id.Name == "_" {
				continue
			}
			old := f.session.vars[id.Name]
			v := f.newVariable(o)
			if v != nil && (old == nil || old.slot != v.slot || f.gone[id.Name] != "") {
				f.early[id.Name], found = v, true
			}
		}
	}
	return found
}

// define notes a variable that a statement sets.
func (e *emitter) define(o types.Object, step int) {
	if o.Type() == types.Typ[types.Invalid] { // of C, which only cgo can read
		e.Notes = append(e.Notes, fmt.Sprintf("the type of %s is not known before the cell is compiled, so it ends with this cell; var %[1]s TYPE = … keeps it", o.Name()))
		return
	}
	v := e.newVariable(o)
	if v == nil {
		e.Notes = append(e.Notes, fmt.Sprintf("%s is of type %s, which has no name here, so it ends with this cell", o.Name(), e.shown(o.Type())))
		return
	}
	e.vars[o] = v
	e.Cell.vars = append(e.Cell.vars, setting{v, step})
}

// hideVariables hides the variables that have taken the names of packages which earlier declarations at fault use. It returns
// whether there are such.
func (f *file) hideVariables() (found bool) {
	for _, w := range f.errors {
		if w.decl == nil {
			continue
		}
		for name, path := range w.decl.uses {
			if f.session.vars[name] != nil && !f.hidden[name] {
				f.hidden[name], f.imported[name], found = true, path, true
			}
		}
	}
	return found
}
