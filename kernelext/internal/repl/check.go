package repl

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stylenet/kernelext/internal/cell"
)

// file is a cell, with all that it may use, as a Go file that is checked: the cells' variables are variables of the package,
// and each statement stands in a block of its own, so that := may declare a name again.
type file struct {
	*draft
	session *Session
	text    strings.Builder
	units   []*placed // declarations, then statements
	steps   []*placed // the statements

	syntax    *ast.File
	info      *types.Info
	pkg       *types.Package
	errors    []wrong
	undefined []string // names
}

// wrong is an error of the type checker.
type wrong struct {
	Message
	decl *decl // in which it is, if that is one of an earlier cell
}

// check checks the types of a cell. If that fails, the file has the undefined names.
func (s *Session) check(d *draft) (*file, error) {
	f := &file{draft: d, session: s}
	f.compose()
	text := f.text.String()
	var err error
	if f.syntax, err = parser.ParseFile(s.fset, "ours", text, parser.SkipObjectResolution); err != nil {
		return f, f.syntaxError(err)
	}
	f.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Instances: map[*ast.Ident]types.Instance{}}
	config := types.Config{Importer: s.importer, GoVersion: s.Version, FakeImportC: true, Error: f.note}
	f.pkg, _ = config.Check(ownPath, s.fset, []*ast.File{f.syntax}, f.info)
	return f, f.report()
}

// compose writes the file.
func (f *file) compose() {
	s := f.session
	fmt.Fprintf(&f.text, "package %s\n", ownPath)
	used := f.qualifiers()
	for _, name := range slices.Sorted(maps.Keys(f.imported)) {
		if used[name] && !f.fresh[name] {
			fmt.Fprintf(&f.text, "import %s\n", importLine(name, f.imported[name]))
		}
	}
	for _, path := range append(slices.Clone(s.dots), f.dots...) {
		fmt.Fprintf(&f.text, "import . %q\n", path)
	}
	var vars []*variable
	known := maps.Clone(s.vars)
	maps.Copy(known, f.early)
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if v := known[name]; !f.fresh[name] && !f.hidden[name] && (f.gone[name] == "" || f.early[name] != nil) && f.imports[name] == "" {
			vars = append(vars, v)
			for _, line := range v.typ.importLines(name) {
				fmt.Fprintf(&f.text, "import %s\n", line)
			}
		}
	}
	for _, v := range vars {
		fmt.Fprintf(&f.text, "var %s %s\n", v.name, v.typ.in(v.name, func(own string) string { return own }))
	}
	for _, key := range slices.Sorted(maps.Keys(f.all)) {
		if d := f.all[key]; d == f.decls[key] || !f.replaced(d) {
			f.add(&d.unit, d)
		}
	}
	fmt.Fprintf(&f.text, "//line ours:1\nfunc %s() {\n", f.Name)
	blocks := 1
	for _, u := range f.body {
		if strings.HasPrefix(u.text, "var") || strings.Contains(u.text, ":=") {
			f.text.WriteString("{\n")
			blocks++
		}
		f.steps = append(f.steps, f.add(u, nil))
	}
	f.text.WriteString(strings.Repeat("}", blocks) + "\n")
}

// importLine is an import without the word.
func importLine(name, path string) string {
	if path == "C" {
		return `"C"`
	}
	return fmt.Sprintf("%s %q", name, path)
}

// replaced tells whether the cell declares or imports a name that an earlier declaration had.
func (f *file) replaced(d *decl) bool {
	return slices.ContainsFunc(d.names(), func(name string) bool { return f.fresh[name] || f.imports[name] != "" })
}

// add adds a unit, with a note for the compiler where it stands in its cell.
func (f *file) add(u *unit, d *decl) *placed {
	f.text.WriteString(u.place())
	p := &placed{unit: u, decl: d, at: f.text.Len()}
	f.text.WriteString(u.text + "\n")
	f.units = append(f.units, p)
	return p
}

// place is the note for the compiler where a unit stands.
func (u *unit) place() string { return placeOf(u.cell, u.line, u.column) }

func placeOf(cell, line, column int) string {
	return fmt.Sprintf("//line In[%d]:%d:%d\n", cell, line, column)
}

var qualifier = regexp.MustCompile(`([\p{L}_][\p{L}\p{N}_]*)\s*\.`)

// qualifiers returns the names that stand before a point somewhere: an import without one is not needed.
func (f *file) qualifiers() map[string]bool {
	names := map[string]bool{}
	note := func(text string) {
		for _, match := range qualifier.FindAllStringSubmatch(text, -1) {
			names[match[1]] = true
		}
	}
	for _, d := range f.all {
		note(d.text)
	}
	for _, u := range f.body {
		note(u.text)
	}
	return names
}

// offset returns where a position is in the file, in bytes.
func (f *file) offset(pos token.Pos) int { return int(pos - f.syntax.FileStart) }

// unitAt returns the unit at a position; nil: it is our own text.
func (f *file) unitAt(pos token.Pos) *placed {
	at := f.offset(pos)
	n, _ := slices.BinarySearchFunc(f.units, at+1, func(p *placed, at int) int { return p.at - at })
	if n > 0 && at <= f.units[n-1].at+len(f.units[n-1].text) {
		return f.units[n-1]
	}
	return nil
}

// note takes in an error of the type checker, unless it is none in a cell.
func (f *file) note(err error) {
	e := err.(types.Error)
	if f.allowed(e) {
		return
	}
	at := f.session.fset.Position(e.Pos)
	w := wrong{Message: Message{Line: at.Line, Column: at.Column, Text: e.Msg}}
	fmt.Sscanf(at.Filename, "In[%d]", &w.Cell)
	if p := f.unitAt(e.Pos); p != nil && p.decl != nil && p.cell != f.Number {
		w.decl = p.decl
	}
	if name, ok := strings.CutPrefix(e.Msg, "undefined: "); ok && w.decl == nil {
		f.undefined = append(f.undefined, name)
	}
	w.Text = f.suggest(e)
	f.errors = append(f.errors, w)
}

// allowed tells whether a cell may have what a Go file may not: variables and imports that are not used, and an expression as
// its last statement.
func (f *file) allowed(e types.Error) bool {
	switch {
	case strings.Contains(e.Msg, "imported and not used"):
		return true
	case strings.Contains(e.Msg, "declared and not used"):
		return f.isTop(e.Pos)
	case strings.Contains(e.Msg, "is not used"):
		last, ok := f.last().(*ast.ExprStmt)
		return ok && last.Pos() <= e.Pos && e.Pos < last.End() && f.mode == cell.Statements
	}
	return false
}

// report returns the errors that matter: those of earlier cells' declarations do only where this cell uses them.
func (f *file) report() error {
	if len(f.errors) == 0 {
		return nil
	}
	needed := f.reach()
	var all Error
	for _, w := range f.errors {
		if w.decl != nil {
			if !needed[w.decl.key] {
				continue
			}
			w.Text += ", in an earlier cell that this one uses"
		}
		all = append(all, w.Message)
		if name, ok := strings.CutPrefix(w.Text, "undefined: "); ok {
			f.undefined = append(f.undefined, word.FindString(name))
		}
	}
	if all == nil {
		return nil
	}
	return all
}

// statements returns the statements of the cell.
func (f *file) statements() (all []ast.Stmt) {
	run := f.syntax.Decls[len(f.syntax.Decls)-1].(*ast.FuncDecl)
	list := run.Body.List
	for len(list) > 0 {
		rest := list[0]
		if b, ok := rest.(*ast.BlockStmt); ok && len(list) == 1 && f.unitAt(b.Lbrace) == nil {
			list = b.List
			continue
		}
		all, list = append(all, rest), list[1:]
	}
	return all
}

// last returns the last statement; nil: there is none.
func (f *file) last() ast.Stmt {
	all := f.statements()
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// isTop tells whether a name is declared by a statement of the cell itself, and not within one.
func (f *file) isTop(pos token.Pos) bool {
	for _, st := range f.statements() {
		for _, id := range declared(st) {
			if id.Pos() == pos {
				return true
			}
		}
	}
	return false
}

// declared returns the names that a statement may declare for those after it.
func declared(st ast.Stmt) (names []*ast.Ident) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		for _, e := range st.Lhs {
			if id, ok := e.(*ast.Ident); ok && st.Tok == token.DEFINE {
				names = append(names, id)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range st.Decl.(*ast.GenDecl).Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && st.Decl.(*ast.GenDecl).Tok == token.VAR {
				names = append(names, v.Names...)
			}
		}
	}
	return names
}

// syntaxError makes an error of the parser one of the cell.
func (f *file) syntaxError(err error) error {
	if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
		m := Message{Line: list[0].Pos.Line, Column: list[0].Pos.Column, Text: list[0].Msg}
		if n, _ := fmt.Sscanf(list[0].Pos.Filename, "In[%d]", &m.Cell); n == 1 {
			return Error{m}
		}
	}
	last := f.units[len(f.units)-1]
	return Error{{f.Number, last.line, last.column, err.Error()}}
}

// syntaxError makes an error of the parser in a unit that was parsed alone one of the cell.
func syntaxError(u *unit, err error) error {
	m := Message{u.cell, u.line, u.column, err.Error()}
	if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
		m.Line, m.Text = u.line+list[0].Pos.Line-1, list[0].Msg
	}
	return Error{m}
}
