package repl

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"stylenet/kernelext/internal/cell"
)

// What cells call, in their files: a package, and what it knows of the one cell.
const (
	runtimeName = "rt" + tag
	handleName  = "run" + tag
)

// emit writes the file of a cell that has been checked.
func (s *Session) emit(d *draft, f *file) error {
	e := &emitter{file: f, names: map[types.Object]string{}, vars: map[types.Object]*variable{}, imports: map[string]bool{}, ours: map[*ast.Ident]bool{}}
	e.findVariables()
	slots := map[string]*variable{}
	for o, v := range e.vars {
		if f.isGlobal(o) {
			slots[o.Name()] = v
		}
	}
	e.editCalls()
	e.findImports()
	d.Alone = s.Programs || d.mode == cell.Test || e.imports[`"C"`]
	e.rename = func(name string) string { return name }
	if !d.Alone {
		e.rename = f.versioned(e.needed, slots)
	}
	e.nameAll()
	e.editNames()
	d.Symbol = symbolOf(f.Name)
	d.Empty = len(f.steps) == 0 && d.decls["main"] == nil && d.mode != cell.Test
	d.Source = e.write()
	for line := range e.imports {
		d.Imports = append(d.Imports, strings.Trim(line[strings.LastIndexByte(line, ' ')+1:], `"`))
	}
	slices.Sort(d.Imports)
	if d.Alone {
		return e.handedOver()
	}
	return nil
}

// handedOver returns an error if a variable that the cell uses cannot be written for it, a program of its own.
func (e *emitter) handedOver() error {
	for o, v := range e.vars {
		if why := e.session.unkept[o.Name()]; why != "" && e.isGlobal(o) {
			return Error{{e.Number, 1, 1, fmt.Sprintf("%s cannot be had here: the cell is a program of its own, and %s", v.name, why)}}
		}
	}
	return nil
}

// emitter writes the file of a cell.
type emitter struct {
	*file
	needed  map[string]bool // keys of declarations
	vars    map[types.Object]*variable
	names   map[types.Object]string // what objects are called in the file
	rename  func(string) string     // what declarations are called
	imports map[string]bool         // lines
	blocks  int                     // that statements have opened
	ours    map[*ast.Ident]bool     // names of packages that give way to our own
}

// findVariables finds the variables that the cell sets, the declarations that it needs with them, and the variables of earlier
// cells that it uses.
func (e *emitter) findVariables() {
	for step, st := range e.statements() {
		for _, id := range declared(st) {
			if o := e.info.Defs[id]; o != nil && id.Name != "_" {
				e.define(o, step+1)
			}
		}
	}
	e.needed = e.reach()
	for id, o := range e.info.Uses {
		if v, ok := o.(*types.Var); ok && e.isGlobal(v) && e.isNeeded(id) {
			e.vars[o] = e.session.vars[o.Name()]
			if early := e.early[o.Name()]; early != nil {
				e.vars[o] = early
			}
		}
	}
}

// isNeeded tells whether a name stands in the cell, or in a declaration that it needs.
func (e *emitter) isNeeded(n ast.Node) bool {
	p := e.unitAt(n.Pos())
	return p != nil && (p.decl == nil || e.needed[p.decl.key])
}

// findImports finds the packages that the file needs.
func (e *emitter) findImports() {
	members := map[*ast.Ident]bool{} // of packages, behind their names
	ast.Inspect(e.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			members[n.Sel] = true
		case *ast.ValueSpec:
			if n.Type != nil && len(n.Values) > 0 && e.isTop(n.Names[0].Pos()) && !slices.ContainsFunc(n.Names, e.endsWithCell) { // an assignment needs no type
				ast.Inspect(n.Type, func(part ast.Node) bool {
					if id, ok := part.(*ast.Ident); ok {
						e.ours[id] = true
					}
					return true
				})
			}
		}
		return true
	})
	for id, o := range e.info.Uses {
		if name, ok := o.(*types.PkgName); ok && e.isNeeded(id) && !e.ours[id] {
			e.imports[importLine(name.Name(), name.Imported().Path())] = true
			if p := e.unitAt(id.Pos()); p.decl != nil && p.decl == e.decls[p.decl.key] {
				p.decl.uses[name.Name()] = name.Imported().Path()
			}
		}
	}
	for id, o := range e.info.Uses {
		if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() && o.Pkg().Path() != ownPath && !members[id] && e.isNeeded(id) {
			e.imports[fmt.Sprintf(". %q", o.Pkg().Path())] = true
		}
	}
	for _, path := range e.Imports {
		e.imports[fmt.Sprintf("_ %q", path)] = true
	}
	e.Imports = nil
}

// nameAll gives the objects their names in the file.
func (e *emitter) nameAll() {
	slots, taken := map[string]map[int]bool{}, map[string]bool{}
	for line := range e.imports {
		name, _, _ := strings.Cut(line, " ")
		taken[name] = true
	}
	for key := range e.needed {
		for _, name := range e.all[key].names() {
			taken[e.rename(name)] = true
		}
	}
	for _, st := range e.statements() {
		for _, id := range declared(st) {
			if e.endsWithCell(id) {
				taken[id.Name] = true
			}
		}
	}
	for _, v := range e.vars {
		if slots[v.name] == nil {
			slots[v.name] = map[int]bool{}
		}
		slots[v.name][v.slot] = true
	}
	for o, v := range e.vars {
		e.names[o] = v.name
		if len(slots[v.name]) > 1 || taken[v.name] {
			e.names[o] = fmt.Sprint(v.name, tag, v.slot)
		}
	}
	for _, name := range e.pkg.Scope().Names() {
		o := e.pkg.Scope().Lookup(name)
		if _, isVar := o.(*types.Var); !isVar {
			e.names[o] = e.rename(name)
		}
	}
}

// write writes the file.
func (e *emitter) write() string {
	var b strings.Builder
	lines := maps.Clone(e.imports)
	lines[fmt.Sprintf("%s %q", runtimeName, e.session.Runtime)] = true
	lines[`_ "unsafe"`] = true
	declarations := map[string]bool{}
	for o, v := range e.vars {
		for _, line := range v.typ.importLines(v.name) {
			lines[line] = true
		}
		declarations[v.declaration(e.names[o], e.Alone, e.rename)] = true
	}
	fmt.Fprintf(&b, "package %s\n\n", packageName(e.Alone))
	if lines[`"C"`] {
		delete(lines, `"C"`)
		fmt.Fprintf(&b, "%simport \"C\"\n\n", e.c)
	}
	b.WriteString("import (\n")
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(&b, "\t%s\n", line)
	}
	b.WriteString(")\n\n")
	fmt.Fprintf(&b, "var _ = %s.Begin\n\n", runtimeName)
	for _, declaration := range slices.Sorted(maps.Keys(declarations)) {
		b.WriteString(declaration)
	}
	for _, p := range e.units {
		if p.decl != nil && e.needed[p.decl.key] {
			fmt.Fprintf(&b, "\n%s%s\n", p.place(), p.all())
		}
	}
	if e.mode != cell.Test {
		e.writeRun(&b)
	}
	if e.Alone {
		e.writeMain(&b)
	}
	return b.String()
}

// packageName is the name of the package that a cell becomes.
func packageName(alone bool) string {
	if alone {
		return "main"
	}
	return ownPath
}

// declaration declares the variable under a name in a file. Where the cells run in one program, the linker knows it by a name
// that is the same in all files.
func (v *variable) declaration(name string, alone bool, rename func(string) string) string {
	declared := fmt.Sprintf("var %s %s\n", name, v.typ.in(v.name, rename))
	if alone {
		return declared
	}
	return fmt.Sprintf("//go:linkname %s gonb.%s.%d\n%s", name, v.name, v.slot, declared)
}

// symbolOf returns what the linker calls a function of a cell.
func symbolOf(function string) string { return ownPath + "." + function + ".abiinternal" }
