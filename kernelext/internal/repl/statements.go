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
	fmt.Fprintf(b, "_ = %s\n%s}\n", handleName, strings.Repeat("}", e.blocks))
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
	fmt.Fprintf(b, "\nfunc main() {\n%s.Main(func() {\n%s}, %s)\n}\n", runtimeName, all, e.Name)
}

// writeStatement writes a statement of the cell.
func (e *emitter) writeStatement(b *strings.Builder, p *placed, st ast.Stmt, last bool) {
	before, after := "", ""
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok != token.DEFINE {
			break
		}
		if names := declared(st); slices.ContainsFunc(names, e.endsWithCell) {
			e.writeLocals(b, p, p.place(), names, st.Rhs)
			return
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

// endsWithCell tells whether a name is no variable of the file, because its type has no name there.
func (e *emitter) endsWithCell(id *ast.Ident) bool {
	o := e.info.Defs[id]
	return o != nil && id.Name != "_" && e.vars[o] == nil
}

// writeLocals writes a declaration of which some names end with the cell. It opens a block, so that later statements may declare
// them again.
func (e *emitter) writeLocals(b *strings.Builder, p *placed, place string, names []*ast.Ident, values []ast.Expr) {
	var left, then []string
	for n, id := range names {
		name := id.Name
		if e.endsWithCell(id) {
			then = append(then, "_ = "+name)
		} else if name != "_" {
			name = fmt.Sprint(tag, n)
			then = append(then, e.of(p, id)+" = "+name)
		}
		left = append(left, name)
	}
	e.blocks++
	fmt.Fprintf(b, "{\n%s%s := %s; %s\n", place, strings.Join(left, ", "), list(e, p, values), strings.Join(then, "; "))
}

// list returns the texts of nodes of a unit, with commas between them.
func list[N ast.Node](e *emitter, p *placed, nodes []N) string {
	var texts []string
	for _, n := range nodes {
		texts = append(texts, e.of(p, n))
	}
	return strings.Join(texts, ", ")
}

// writeVars writes a declaration of variables as assignments.
func (e *emitter) writeVars(b *strings.Builder, p *placed, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		at := e.session.fset.Position(v.Pos())
		place := placeOf(e.Number, at.Line, at.Column)
		local := slices.ContainsFunc(v.Names, e.endsWithCell)
		switch {
		case local && v.Type != nil: // one type, so all of them end
			e.blocks++
			fmt.Fprintf(b, "{\n%svar %s\n", place, e.of(p, v))
			for _, id := range v.Names {
				if e.endsWithCell(id) {
					fmt.Fprintf(b, "_ = %s\n", id.Name)
				}
			}
		case local:
			e.writeLocals(b, p, place, v.Names, v.Values)
		case len(v.Values) > 0:
			fmt.Fprintf(b, "%s%s = %s\n", place, list(e, p, v.Names), list(e, p, v.Values))
		default:
			for _, id := range v.Names {
				fmt.Fprintf(b, "%s%s = *new(%s)\n", place, e.of(p, id), e.of(p, v.Type))
			}
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
