package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// Status says whether a person who types a cell line by line has come to its end, in the words that Jupyter knows: complete,
// or incomplete with the indent of the next line. A cell is incomplete within brackets, a raw string or a comment, where a
// line does not end its statement, and behind %% as long as no empty line ends it.
func Status(source string) (status, indent string) {
	lines := Lines(source)
	depth, open, isMain, last := 0, false, false, token.SEMICOLON
	for n, kind := range Kinds(lines) { // a command is no Go
		if kind == Command || kind == More {
			isMain = isMain || OpensMain(lines[n])
			lines[n] = ""
		}
	}
	code := []byte(strings.Join(lines, "\n"))
	file := token.NewFileSet().AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(file, code, func(_ token.Position, text string) {
		open = open || text == "raw string literal not terminated" || text == "comment not terminated"
	}, 0)
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			if depth > 0 || open || last != token.SEMICOLON || isMain && lines[len(lines)-1] != "" {
				return "incomplete", strings.Repeat("\t", depth)
			}
			return "complete", ""
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(0, depth-1)
		}
		last = tok
	}
}

// OpensMain tells whether a command says that the lines behind it are the body of main.
func OpensMain(command string) bool {
	words := strings.Fields(strings.TrimPrefix(command, Prefix))
	return len(words) > 0 && (words[0] == "%%" || words[0] == "%main")
}
