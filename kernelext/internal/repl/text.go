package repl

import (
	"go/ast"
	"slices"
	"strings"
)

// unit is a declaration or a statement of a cell, as text.
type unit struct {
	text         string
	cell         int
	line, column int    // where it begins in the cell, from 1
	doc          string // the comment above it
	quiet        bool   // a semicolon stands behind it
}

// placed is a unit in the file that is checked.
type placed struct {
	*unit
	decl  *decl // nil: a statement
	at    int   // in the file, in bytes
	edits []edit
}

// edit replaces a part of a text.
type edit struct {
	at, end int
	text    string
}

// edited returns a part of the unit's text with the edits in it.
func (p *placed) edited(from, to int) string {
	slices.SortStableFunc(p.edits, func(a, b edit) int { return a.at - b.at })
	var b strings.Builder
	at := from
	for _, e := range p.edits {
		if e.at < at || e.end > to {
			continue
		}
		b.WriteString(p.text[at:e.at] + e.text)
		at = e.end
	}
	b.WriteString(p.text[at:to])
	return b.String()
}

// all returns the whole text with the edits in it.
func (p *placed) all() string { return p.edited(0, len(p.text)) }

// of returns the text of a node of the unit with the edits in it.
func (f *file) of(p *placed, n ast.Node) string {
	return p.edited(f.offset(n.Pos())-p.at, f.offset(n.End())-p.at)
}

// Clean takes our own names out of a text that a person reads.
func Clean(text string) string {
	before, rest, found := strings.Cut(text, tag)
	if !found {
		return text
	}
	return before + Clean(strings.TrimLeft(rest, "0123456789"))
}

// position returns where an offset is in a text, from 1.
func position(text string, offset int) (line, column int) {
	return strings.Count(text[:offset], "\n") + 1, offset - strings.LastIndexByte(text[:offset], '\n')
}
