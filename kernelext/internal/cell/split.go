package cell

import (
	"errors"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// Part is a declaration or a statement at the top level of a cell of bare Go.
type Part struct {
	Kind  token.Token // token.IMPORT, TYPE, CONST, VAR, or FUNC with a name; ILLEGAL: another statement
	At    int         // where it begins in the cell, in bytes
	Text  string
	Doc   string // the comment above it, with its last line end
	Quiet bool   // a semicolon stands behind it
}

// Split cuts bare Go into its parts. An error has the position in it.
func Split(source string) ([]Part, error) {
	file := token.NewFileSet().AddFile("", -1, len(source))
	p := &splitter{source: source, begin: -1}
	var s scanner.Scanner
	s.Init(file, []byte(source), func(at token.Position, text string) {
		if p.err == nil {
			p.err = &scanner.Error{Pos: at, Msg: text}
		}
	}, scanner.ScanComments)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.COMMENT {
			p.comment(file.Position(pos), text)
			continue
		}
		p.take(file.Position(pos), tok, text)
	}
	p.flush(false)
	if p.err == nil && len(p.open) > 0 {
		at := p.open[len(p.open)-1]
		p.err = &scanner.Error{Pos: at, Msg: fmt.Sprintf("the cell is not finished: this %q is not closed", source[at.Offset])}
	}
	return p.parts, p.err
}

type splitter struct {
	source string
	parts  []Part
	begin  int              // of the part that is read; -1: there is none
	end    int              // of its last token
	tokens []token.Token    // of the part
	open   []token.Position // brackets
	err    error

	doc     string // the comment that is read
	docEnds int    // on which line
}

// comment takes in a comment between two parts.
func (p *splitter) comment(at token.Position, text string) {
	if p.begin >= 0 {
		return
	}
	if at.Line != p.docEnds+1 {
		p.doc = ""
	}
	p.doc += text + "\n"
	p.docEnds = at.Line + strings.Count(text, "\n")
}

// take takes in the next token.
func (p *splitter) take(at token.Position, tok token.Token, text string) {
	if tok == token.SEMICOLON && len(p.open) == 0 {
		if text == "\n" || p.whole() {
			p.flush(text == ";")
			return
		}
	}
	switch tok {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		p.open = append(p.open, at)
	case token.RPAREN, token.RBRACK, token.RBRACE:
		if len(p.open) > 0 {
			p.open = p.open[:len(p.open)-1]
		} else if p.err == nil {
			p.err = &scanner.Error{Pos: at, Msg: fmt.Sprintf("this %q closes nothing", tok)}
		}
	}
	if p.begin < 0 {
		p.begin = at.Offset
		if at.Line != p.docEnds+1 {
			p.doc = ""
		}
	}
	p.tokens = append(p.tokens, tok)
	if text == "" { // of an operator
		text = tok.String()
	}
	if text != "\n" {
		p.end = min(at.Offset+len(text), len(p.source))
	}
}

// whole tells whether what was read of a part is a statement by itself: the semicolons of a for, an if or a switch end none.
func (p *splitter) whole() bool {
	if p.begin < 0 {
		return true
	}
	text := p.source[p.begin:p.end]
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+text+"\n}", parser.SkipObjectResolution)
	if err != nil {
		_, err = parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.SkipObjectResolution)
	}
	return err == nil
}

// flush ends the part that is read.
func (p *splitter) flush(quiet bool) {
	if p.begin < 0 {
		return
	}
	part := Part{At: p.begin, Text: p.source[p.begin:p.end], Doc: p.doc, Quiet: quiet}
	switch first := p.tokens[0]; {
	case first == token.FUNC && !p.named():
	case first == token.IMPORT, first == token.TYPE, first == token.CONST, first == token.VAR, first == token.FUNC:
		part.Kind = first
	}
	p.parts = append(p.parts, part)
	p.begin, p.tokens, p.doc = -1, nil, ""
}

// named tells a declaration, func name( or func (r T) name(, from a function literal.
func (p *splitter) named() bool {
	depth := 0
	for n, tok := range p.tokens[1:] {
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		if depth == 0 && n == 0 {
			return tok == token.IDENT
		}
		if depth == 0 {
			after := p.tokens[n+2:]
			return len(after) > 1 && after[0] == token.IDENT && (after[1] == token.LPAREN || after[1] == token.LBRACK)
		}
	}
	return false
}

// At returns where in the cell an error of Split is, counted from 1.
func At(err error) (line, column int, text string) {
	var e *scanner.Error
	if !errors.As(err, &e) {
		return 1, 1, err.Error()
	}
	return e.Pos.Line, e.Pos.Column, e.Msg
}
