package repl

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"stylenet/kernelext/internal/cell"
)

// edit replaces the text between two positions, where the file has it.
func (e *emitter) edit(pos, end token.Pos, text string) {
	p := e.unitAt(pos)
	if p == nil || p.decl != nil && !e.needed[p.decl.key] {
		return
	}
	at := e.offset(pos) - p.at
	p.edits = append(p.edits, edit{at, at + int(end-pos), text})
}

// replacements stand in a cell for functions that are for whole programs: those that end one end only the cell, and those that
// ask for signals also say so, since Stop then has to wait.
var replacements = map[string]string{"os.Exit": "Exit", "log.Fatal": "Fatal", "log.Fatalf": "Fatalf", "log.Fatalln": "Fatalln",
	"os/signal.Notify": "Notify", "os/signal.NotifyContext": "NotifyContext"}

// editCalls has loops ask whether they are to end, goroutines run so that a panic does not end the program, and calls some
// functions in place of others.
func (e *emitter) editCalls() {
	poll := func(body *ast.BlockStmt) { e.edit(body.Lbrace+1, body.Lbrace+1, runtimeName+".Poll();") }
	ast.Inspect(e.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			poll(n.Body)
		case *ast.RangeStmt:
			poll(n.Body)
		case *ast.GoStmt:
			if e.isValue(n.Call.Fun) {
				e.edit(n.Call.Fun.Pos(), n.Call.Fun.Pos(), runtimeName+".Go(")
				e.edit(n.Call.Fun.End(), n.Call.Fun.End(), ")")
			}
		case *ast.SelectorExpr:
			id, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			if pkg, ok := e.info.Uses[id].(*types.PkgName); ok {
				if name := replacements[pkg.Imported().Path()+"."+n.Sel.Name]; name != "" && e.mode != cell.Test {
					e.ours[id] = true
					e.edit(n.Pos(), n.End(), runtimeName+"."+name)
				}
			}
		}
		return true
	})
}

// isValue tells whether what is called is a value by itself, and not a builtin function or one whose types the call gives.
func (e *emitter) isValue(function ast.Expr) bool {
	name := ast.Unparen(function)
	if selector, ok := name.(*ast.SelectorExpr); ok {
		name = selector.Sel
	}
	if id, ok := name.(*ast.Ident); ok {
		if _, generic := e.info.Instances[id]; generic {
			return false
		}
	}
	return e.info.Types[function].IsValue() && !e.info.Types[function].IsBuiltin()
}

// editNames writes the objects' names where they stand.
func (e *emitter) editNames() {
	for _, objects := range []map[*ast.Ident]types.Object{e.info.Uses, e.info.Defs} {
		for id, o := range objects {
			if v, ok := o.(*types.Var); ok && v.Embedded() { // its name is that of its type
				o = typeName(v.Type())
			}
			if name, ok := e.names[o]; ok && name != id.Name {
				e.edit(id.Pos(), id.End(), name)
			}
		}
	}
}

// typeName returns the object of a type's name; nil: it has none.
func typeName(t types.Type) types.Object {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t := t.(type) {
	case *types.Named:
		return t.Obj()
	case *types.Alias:
		return t.Obj()
	}
	return nil
}

// writeRun writes the function that the cell becomes.
func (e *emitter) writeRun(b *strings.Builder) {
	fmt.Fprintf(b, "\n//line ours:1\nfunc %s() {\n%s := %s.Begin()\n", e.Name, handleName, runtimeName)
	notes := map[string]bool{}
	for o, v := range e.vars {
		notes[fmt.Sprintf("\t%s.Var(%q, &%s)\n", handleName, v.name, e.names[o])] = true
	}
	if len(notes) > 0 {
		fmt.Fprintf(b, "defer func() {\n%s}()\n", strings.Join(slices.Sorted(maps.Keys(notes)), ""))
	}
	statements := e.statements()
	for n, st := range statements {
		p := e.unitAt(st.Pos())
		e.writeStatement(b, p, st, n == len(statements)-1)
		fmt.Fprintf(b, "%s.Done(%d)\n", handleName, n+1)
	}
	if e.decls["main"] != nil {
		fmt.Fprintf(b, "%s()\n", e.rename("main"))
	}
	fmt.Fprintf(b, "_ = %s\n}\n", handleName)
}

// writeMain writes the main function of a cell that is a program of its own, or the init function of one that is a test: it
// reads the variables that earlier cells have left.
func (e *emitter) writeMain(b *strings.Builder) {
	reads := map[string]bool{}
	for o, v := range e.vars {
		if e.isGlobal(o) {
			reads[fmt.Sprintf("%s.Restore(%q, &%s)\n", runtimeName, v.name, e.names[o])] = true
		}
	}
	all := strings.Join(slices.Sorted(maps.Keys(reads)), "")
	if e.mode == cell.Test {
		fmt.Fprintf(b, "\nfunc init() {\n%s}\n", all)
		return
	}
	fmt.Fprintf(b, "\nfunc main() {\n%s.Main(%d, func() {\n%s}, %s)\n}\n", runtimeName, e.Number, all, e.Name)
}

// writeStatement writes a statement of the cell.
func (e *emitter) writeStatement(b *strings.Builder, p *placed, st ast.Stmt, last bool) {
	before, after := "", ""
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok != token.DEFINE {
			break
		}
		if locals := e.locals(st); len(locals) > 0 {
			after = "; _ = " + strings.Join(locals, "; _ = ")
			for _, id := range declared(st) { // the others are variables of the file
				if _, ok := e.vars[e.info.Defs[id]]; ok {
					before = e.besides(p, st)
				}
			}
			if before != "" {
				b.WriteString(before)
				return
			}
			break
		}
		e.edit(st.TokPos, st.TokPos+2, "= ")
	case *ast.DeclStmt:
		if g := st.Decl.(*ast.GenDecl); g.Tok == token.VAR {
			e.writeVars(b, p, g)
			return
		}
	case *ast.ExprStmt:
		if before, after = e.expression(st, last && !p.quiet); before != "" {
			before = p.place() + before // the call that shows or fails is at this place, too
		}
	}
	fmt.Fprintf(b, "%s%s%s%s\n", before, p.place(), p.all(), after)
}

// locals returns the names in a statement that are no variables of the file, because their types have no name there.
func (e *emitter) locals(st ast.Stmt) (names []string) {
	for _, id := range declared(st) {
		if o := e.info.Defs[id]; o != nil && id.Name != "_" && e.vars[o] == nil {
			names = append(names, id.Name)
		}
	}
	return names
}

// besides writes a := of which some names are variables of the file and some end with the cell.
func (e *emitter) besides(p *placed, st *ast.AssignStmt) string {
	var left, set, local []string
	for n, x := range st.Lhs {
		id := x.(*ast.Ident)
		o := e.info.Defs[id]
		switch {
		case id.Name == "_":
			left = append(left, "_")
		case o != nil && e.vars[o] == nil:
			left, local = append(left, id.Name), append(local, id.Name)
		default:
			name := fmt.Sprint(tag, n)
			left, set = append(left, name), append(set, e.of(p, id)+" = "+name)
		}
	}
	var right []string
	for _, x := range st.Rhs {
		right = append(right, e.of(p, x))
	}
	return fmt.Sprintf("%s%s := %s; %s; _ = %s\n", p.place(), strings.Join(left, ", "), strings.Join(right, ", "), strings.Join(set, "; "), strings.Join(local, "; _ = "))
}

// writeVars writes a declaration of variables as assignments.
func (e *emitter) writeVars(b *strings.Builder, p *placed, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		at := e.session.fset.Position(v.Pos())
		fmt.Fprintf(b, "//line In[%d]:%d:%d\n", e.Number, at.Line, at.Column)
		var names, values []string
		for _, id := range v.Names {
			names = append(names, e.of(p, id))
		}
		for _, x := range v.Values {
			values = append(values, e.of(p, x))
		}
		if len(values) > 0 {
			if locals := e.locals(&ast.DeclStmt{Decl: &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{v}}}); len(locals) > 0 {
				fmt.Fprintf(b, "%s := %s; _ = %s\n", strings.Join(names, ", "), strings.Join(values, ", "), strings.Join(locals, "; _ = "))
				continue
			}
			fmt.Fprintf(b, "%s = %s\n", strings.Join(names, ", "), strings.Join(values, ", "))
			continue
		}
		for _, name := range names {
			fmt.Fprintf(b, "%s = *new(%s)\n", name, e.of(p, v.Type))
		}
	}
}

// expression returns what stands before and after an expression that is a statement: the last one is shown, and a call that
// returns an error fails the cell.
func (e *emitter) expression(st *ast.ExprStmt, show bool) (before, after string) {
	value := e.info.Types[st.X]
	call, isCall := ast.Unparen(st.X).(*ast.CallExpr)
	switch {
	case value.IsNil(): // nil itself is nothing to show
		return "var _ any =\n", ""
	case value.IsVoid() || value.IsType() || e.mode != cell.Statements || isCall && e.prints(call):
		return "", ""
	case isCall && isError(value.Type) && show:
		return runtimeName + ".Call(\n", ")"
	case isCall && isError(value.Type):
		return runtimeName + ".Fail(\n", ")"
	case show:
		return runtimeName + ".Show(\n", ")"
	case !isCall:
		return "_ =\n", ""
	}
	return "", ""
}

// prints tells whether a call is of a function of package fmt that prints: what it returns is of no interest.
func (e *emitter) prints(call *ast.CallExpr) bool {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	o := e.info.Uses[selector.Sel]
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == "fmt" && (strings.HasPrefix(o.Name(), "Print") || strings.HasPrefix(o.Name(), "Fprint"))
}

// isError tells whether a type, or the last of several that a call returns, is error.
func isError(t types.Type) bool {
	if results, ok := t.(*types.Tuple); ok && results.Len() > 0 {
		t = results.At(results.Len() - 1).Type()
	}
	return types.Identical(t, types.Universe.Lookup("error").Type())
}
