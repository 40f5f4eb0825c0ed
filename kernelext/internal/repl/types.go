package repl

import (
	"crypto/sha256"
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// ownPath is the import path of the package that cells are.
const ownPath = "cell"

// source is a type as Go source: packages by aliases of their own, and types of cells with "cell." before them.
type source struct {
	text    string
	imports map[string]string // import paths by the packages' names, which stand in the text with a tag behind them
	ok      bool              // another file can name the type
}

// sourceOf writes a type.
func sourceOf(t types.Type) source {
	s := source{imports: map[string]string{}, ok: nameable(t, map[types.Type]bool{})}
	s.text = types.TypeString(t, func(p *types.Package) string {
		if p.Path() == ownPath {
			return ownPath
		}
		s.imports[p.Name()] = p.Path()
		return p.Name() + tag
	})
	return s
}

// nameable tells whether another file of another package can name a type.
func nameable(t types.Type, seen map[types.Type]bool) bool {
	if t == nil || seen[t] {
		return true
	}
	seen[t] = true
	all := func(parts ...types.Type) bool {
		return !slices.ContainsFunc(parts, func(p types.Type) bool { return !nameable(p, seen) })
	}
	switch t := t.(type) {
	case *types.Named:
		o := t.Obj()
		if o.Pkg() != nil && (o.Pkg().Path() != ownPath && !o.Exported() || o.Parent() != o.Pkg().Scope()) {
			return false
		}
		for i := range t.TypeArgs().Len() {
			if !all(t.TypeArgs().At(i)) {
				return false
			}
		}
	case *types.Alias:
		return all(types.Unalias(t))
	case *types.Pointer:
		return all(t.Elem())
	case *types.Slice:
		return all(t.Elem())
	case *types.Array:
		return all(t.Elem())
	case *types.Chan:
		return all(t.Elem())
	case *types.Map:
		return all(t.Key(), t.Elem())
	case *types.Signature:
		return all(t.Params(), t.Results())
	case *types.Tuple:
		for i := range t.Len() {
			if !all(t.At(i).Type()) {
				return false
			}
		}
	case *types.Struct:
		for i := range t.NumFields() {
			if !all(t.Field(i).Type()) {
				return false
			}
		}
	case *types.Basic:
		return t.Kind() != types.UntypedNil && t.Kind() != types.Invalid
	}
	return true
}

// ownType matches the types of cells in a source.
var ownType = regexp.MustCompile(`\bcell\.([\p{L}_][\p{L}\p{N}_]*)`)

// owns returns the names of the cells' types in it.
func (s source) owns() (names []string) {
	for _, match := range ownType.FindAllStringSubmatch(s.text, -1) {
		names = append(names, match[1])
	}
	return names
}

// in returns the type for a file in which the aliases of packages have a suffix, and the cells' types the names that rename
// gives them.
func (s source) in(suffix string, rename func(string) string) string {
	text := strings.ReplaceAll(s.text, tag+".", tag+suffix+".")
	return ownType.ReplaceAllStringFunc(text, func(t string) string { return rename(strings.TrimPrefix(t, ownPath+".")) })
}

// importLines returns the imports that in needs with the same suffix.
func (s source) importLines(suffix string) (lines []string) {
	for name, path := range s.imports {
		lines = append(lines, fmt.Sprintf("%s%s%s %q", name, tag, suffix, path))
	}
	return lines
}

var word = regexp.MustCompile(`[\p{L}_][\p{L}\p{N}_]*`)

// layout tells apart what the cells' types in it are, by their declarations; empty where it has none.
func (s source) layout(decls map[string]*decl) string {
	byName := map[string]*decl{}
	for _, d := range decls {
		if d.kind == token.TYPE {
			for _, name := range d.names() {
				byName[name] = d
			}
		}
	}
	seen := map[*decl]bool{}
	var texts []string
	var visit func(name string)
	visit = func(name string) {
		d := byName[name]
		if d == nil || seen[d] {
			return
		}
		seen[d] = true
		texts = append(texts, d.text)
		for _, w := range word.FindAllString(d.text, -1) {
			visit(w)
		}
	}
	for _, name := range s.owns() {
		visit(name)
	}
	if texts == nil {
		return ""
	}
	slices.Sort(texts)
	return hash(texts...)
}

func hash(parts ...string) string {
	sum := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(sum, "%d %s", len(p), p)
	}
	return fmt.Sprintf("%x", sum.Sum(nil)[:12])
}
