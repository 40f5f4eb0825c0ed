package soak

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// edit replaces a part of a text.
type edit struct {
	from, to int
	text     string
}

// apply makes edits, which do not overlap.
func apply(text string, edits []edit) string {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.WriteString(text[at:e.from] + e.text)
		at = e.to
	}
	return out.String() + text[at:]
}

const open = "package main\nfunc cell() {\n"

// takeTypes takes declarations of types out of statements.
func (r *reference) takeTypes(body string) (string, error) {
	text := open + body + "\n}"
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var edits []edit
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		d, ok := s.(*ast.DeclStmt)
		if !ok || d.Decl.(*ast.GenDecl).Tok != token.TYPE {
			continue
		}
		from, to := int(d.Pos()-file.FileStart), int(d.End()-file.FileStart)
		r.types += text[from:to] + "\n"
		edits = append(edits, edit{from: from - len(open), to: to - len(open)})
	}
	return apply(body, edits), nil
}

// rewriter rewrites the statements of one cell.
type rewriter struct {
	*reference
	file  *ast.File
	pkg   *types.Package
	info  types.Info
	scope *types.Scope // of the cell
	names map[types.Object]string
	edits []edit
}

// rewrite writes the statements of a cell for the program; the last one is shown.
func (r *reference) rewrite(body string, shows bool) (string, error) {
	before := header + r.types + r.allMethods(true)
	for _, name := range slices.Sorted(maps.Keys(r.newest)) {
		before += fmt.Sprintf("var %s %s\n", name, r.newest[name])
	}
	for _, key := range r.order {
		before += fmt.Sprintf("var %s int\n", r.methods[key].version)
	}
	before += "func cell() {\n"
	text := before + body + "\n}"
	w := &rewriter{reference: r, names: map[types.Object]string{}, info: types.Info{Types: map[ast.Expr]types.TypeAndValue{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Scopes: map[ast.Node]*types.Scope{}}}
	if err := w.check(text); err != nil {
		return "", fmt.Errorf("%w\n%s", err, body)
	}
	cell := w.file.Decls[len(w.file.Decls)-1].(*ast.FuncDecl)
	w.scope = w.info.Scopes[cell.Type]
	w.choose(cell)
	for i, s := range cell.Body.List {
		if err := w.statement(s, shows && i == len(cell.Body.List)-1); err != nil {
			return "", err
		}
	}
	return apply(text, w.edits)[len(before) : len(apply(text, w.edits))-len("\n}")], nil
}

// check finds the types. Unused variables and a last expression are no errors.
func (w *rewriter) check(text string) (err error) {
	set := token.NewFileSet()
	if w.file, err = parser.ParseFile(set, "", text, parser.SkipObjectResolution); err != nil {
		return err
	}
	config := types.Config{Importer: w.importer, Error: func(e error) {
		if one := e.(types.Error); !one.Soft && !strings.HasSuffix(one.Msg, "is not used") && err == nil {
			err = e
		}
	}}
	w.pkg, _ = config.Check("main", set, []*ast.File{w.file}, &w.info)
	return err
}

func (w *rewriter) typeOf(o types.Object) string {
	return types.TypeString(o.Type(), func(p *types.Package) string {
		if p == w.pkg {
			return ""
		}
		return p.Name()
	})
}

// choose finds the name in the program of each variable of the cell, old ones first.
func (w *rewriter) choose(cell *ast.FuncDecl) {
	var idents []*ast.Ident
	ast.Inspect(cell.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			idents = append(idents, id)
		}
		return true
	})
	for _, id := range idents {
		if o := w.info.Uses[id]; o != nil && o.Parent() == w.pkg.Scope() && w.newest[o.Name()] != "" {
			w.names[o] = w.name(o.Name())
		}
	}
	for _, id := range idents {
		if o, ok := w.info.Defs[id].(*types.Var); ok && o.Parent() == w.scope {
			w.names[o] = w.set(o.Name(), w.typeOf(o))
		}
	}
	for _, id := range idents {
		o := cmp.Or(w.info.Uses[id], w.info.Defs[id])
		if name := w.names[o]; o != nil && name != "" {
			w.replace(id.Pos(), id.End(), name)
		}
	}
}

func (w *rewriter) replace(from, to token.Pos, text string) {
	w.edits = append(w.edits, edit{int(from - w.file.FileStart), int(to - w.file.FileStart), text})
}

// statement turns a definition into an assignment, and shows the last expression.
func (w *rewriter) statement(s ast.Stmt, last bool) error {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			w.replace(s.TokPos, s.TokPos+2, "=")
		}
	case *ast.DeclStmt:
		return w.variables(s.Decl.(*ast.GenDecl))
	case *ast.ExprStmt:
		if last && w.isValue(s.X) {
			w.replace(s.Pos(), s.Pos(), "show(")
			w.replace(s.End(), s.End(), ")")
		}
	}
	return nil
}

// isValue is false for a call without a result, and for one of a printer of package fmt.
func (w *rewriter) isValue(e ast.Expr) bool {
	if call, ok := e.(*ast.CallExpr); ok {
		if s, ok := call.Fun.(*ast.SelectorExpr); ok {
			if f := w.info.Uses[s.Sel]; f != nil && f.Pkg() != nil && f.Pkg().Path() == "fmt" && strings.HasPrefix(f.Name(), "Print") {
				return false
			}
		}
	}
	return w.info.Types[e].IsValue()
}

// variables turns a declaration into an assignment.
func (w *rewriter) variables(d *ast.GenDecl) error {
	if d.Tok != token.VAR || d.Lparen.IsValid() {
		return fmt.Errorf("a declaration of %s", d.Tok)
	}
	s := d.Specs[0].(*ast.ValueSpec)
	w.replace(d.Pos(), s.Names[0].Pos(), "")
	end := s.Names[len(s.Names)-1].End()
	if len(s.Values) > 0 {
		w.replace(end, s.Values[0].Pos(), " = ")
		return nil
	}
	var zeros []string
	for _, n := range s.Names {
		zeros = append(zeros, fmt.Sprintf("*new(%s)", w.typeOf(w.info.Defs[n])))
	}
	w.replace(end, s.End(), " = "+strings.Join(zeros, ", "))
	return nil
}
