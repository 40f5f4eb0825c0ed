package repl

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// owners returns by which declarations the names are declared.
func (f *file) owners() map[string]*decl {
	owners := map[string]*decl{}
	for _, p := range f.units {
		if p.decl != nil {
			for _, name := range p.decl.names() {
				owners[name] = p.decl
			}
		}
	}
	return owners
}

// uses returns which names of the package each unit uses, with those of the types of the variables among them.
func (f *file) uses() map[*placed]map[string]bool {
	uses := map[*placed]map[string]bool{}
	for id, o := range f.info.Uses {
		if !f.isGlobal(o) {
			continue
		}
		p := f.unitAt(id.Pos())
		if p == nil {
			continue
		}
		if uses[p] == nil {
			uses[p] = map[string]bool{}
		}
		uses[p][o.Name()] = true
		if v, ok := o.(*types.Var); ok {
			for _, name := range sourceOf(v.Type()).owns() {
				uses[p][name] = true
			}
		}
	}
	return uses
}

// isGlobal tells whether an object is declared at the top level of the file.
func (f *file) isGlobal(o types.Object) bool {
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == ownPath && o.Parent() == o.Pkg().Scope()
}

// reach returns the keys of the declarations that the cell needs: its own, those that it uses, and those that these use, with
// all methods of their types.
func (f *file) reach() map[string]bool {
	owners, uses := f.owners(), f.uses()
	byKey, methods := map[string]*placed{}, map[string][]string{}
	for _, p := range f.units {
		if p.decl != nil {
			byKey[p.decl.key] = p
			if t, _, ok := strings.Cut(p.decl.key, "."); ok {
				methods[t] = append(methods[t], p.decl.key)
			}
		}
	}
	needed := map[string]bool{}
	var visit func(key string)
	visitAll := func(names map[string]bool) {
		for name := range names {
			if d := owners[name]; d != nil {
				visit(d.key)
			}
		}
	}
	visit = func(key string) {
		p := byKey[key]
		if p == nil || needed[key] {
			return
		}
		needed[key] = true
		visitAll(uses[p])
		for _, name := range p.decl.names() {
			for _, method := range methods[name] {
				visit(method)
			}
		}
	}
	for key := range f.decls {
		visit(key)
		t, _, _ := strings.Cut(key, ".")
		visitAll(map[string]bool{t: true})
	}
	for _, p := range f.steps {
		visitAll(uses[p])
	}
	for _, v := range f.vars { // the types of its own variables
		for _, name := range v.typ.owns() {
			visitAll(map[string]bool{name: true})
		}
	}
	return needed
}

// versioned returns the names that the needed declarations get in the file: one that says something else than before, or that
// uses one that does, gets a new name, so that the linker does not take the old one for it.
func (f *file) versioned(needed map[string]bool, slots map[string]*variable) func(name string) string {
	owners := f.owners()
	direct := f.dependencies(needed, owners, slots)
	suffix := map[string]string{}
	for key := range needed {
		seen := map[string]bool{}
		var parts []string
		var visit func(what string)
		visit = func(what string) {
			if seen[what] {
				return
			}
			seen[what] = true
			d := f.all[what]
			if d == nil { // a variable or an import
				parts = append(parts, what)
				return
			}
			parts = append(parts, d.text)
			for other := range direct[what] {
				visit(other)
			}
		}
		visit(key)
		slices.Sort(parts)
		suffix[key] = f.session.version(key, hash(parts...))
	}
	return func(name string) string {
		if d := owners[name]; d != nil && needed[d.key] {
			return name + suffix[d.key]
		}
		return name
	}
}

// dependencies returns what each needed declaration uses by itself: the keys of others, and variables and imports by what
// tells them apart. A type depends on its methods.
func (f *file) dependencies(needed map[string]bool, owners map[string]*decl, slots map[string]*variable) map[string]map[string]bool {
	direct := map[string]map[string]bool{}
	for key := range needed {
		direct[key] = map[string]bool{}
	}
	for id, o := range f.info.Uses {
		p := f.unitAt(id.Pos())
		if p == nil || p.decl == nil || !needed[p.decl.key] {
			continue
		}
		if name, ok := o.(*types.PkgName); ok {
			direct[p.decl.key]["import "+name.Imported().Path()] = true
		}
		if !f.isGlobal(o) {
			continue
		}
		if v := slots[o.Name()]; v != nil {
			direct[p.decl.key][fmt.Sprintf("variable %s %d %s", v.name, v.slot, v.typ.text)] = true
		} else if d := owners[o.Name()]; d != nil {
			direct[p.decl.key][d.key] = true
		}
	}
	for key := range needed {
		t, _, isMethod := strings.Cut(key, ".")
		if d := owners[t]; isMethod && d != nil && direct[d.key] != nil {
			direct[d.key][key] = true
		}
	}
	return direct
}

// version returns what stands behind the name of a declaration that says what the hash tells; nothing behind the first one.
func (s *Session) version(key, hash string) string {
	n := slices.Index(s.versions[key], hash)
	if n < 0 {
		n = len(s.versions[key])
		s.versions[key] = append(s.versions[key], hash)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprint(tag, n)
}
