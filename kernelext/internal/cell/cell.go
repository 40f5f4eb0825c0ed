// Package cell tells the Go code of a notebook's cell from its commands to the kernel. It goes by Go's own scanner, not by
// the beginnings of lines alone: inside a raw string, a comment or a statement that goes on, a line with ! or % in front is
// Go. Set-up also builds the package into the kernel, so it uses the standard library only.
package cell

import (
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
)

// Kind says what a line of a cell is.
type Kind int

// The kinds of lines.
const (
	Go      Kind = iota
	Command      // for the kernel: it begins with ! or %, also behind Prefix
	More         // of the command on the line before, which ends with a backslash
	Package      // a package clause
	Embed        // the comment //go:embed above a variable
)

// Prefix may stand before a command, so that editors of Go files take it for a comment.
const Prefix = "//gonb:"

// Lines returns the lines of a cell. It takes the ends of lines and the byte order mark that Windows writes out of them.
func Lines(source string) []string {
	source = strings.TrimPrefix(source, "\ufeff")
	return strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n")
}

// Kinds returns the kind of each line.
func Kinds(lines []string) []Kind {
	kinds := make([]Kind, len(lines))
	for n := 0; n < len(lines); n++ {
		n = scan(lines, n, kinds)
		for first := n; n < len(lines); n++ {
			kinds[n] = Command
			if n > first {
				kinds[n] = More
			}
			if !strings.HasSuffix(lines[n], `\`) {
				break
			}
		}
	}
	return kinds
}

// scan scans Go code from a line on and enters the kinds of its lines. It returns the line of the next command, or how many
// lines there are.
func scan(lines []string, from int, kinds []Kind) int {
	source := []byte(strings.Join(lines[from:], "\n"))
	file := token.NewFileSet().AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, scanner.ScanComments)
	for c := (code{between: true}); ; {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		at := file.PositionFor(pos, false)
		line := from + at.Line - 1
		if c.between && c.depth == 0 {
			switch {
			case at.Column == 1 && isCommand(lines[line]):
				return line
			case tok == token.PACKAGE:
				kinds[line] = Package
			case tok == token.COMMENT && strings.HasPrefix(text, "//go:embed "):
				kinds[line] = Embed
			}
		}
		c.take(tok, text)
	}
}

// isCommand tells whether a line would be a command between two statements.
func isCommand(line string) bool {
	line = strings.TrimPrefix(line, Prefix)
	return line != "" && (line[0] == '!' || line[0] == '%') && strings.TrimSpace(line[1:]) != ""
}

// code is where the scanner is.
type code struct {
	depth   int  // of brackets
	between bool // two statements
	header  bool // of a for, if or switch at depth 0: its semicolons end no statement
}

// take takes in the next token.
func (c *code) take(tok token.Token, text string) {
	if tok == token.COMMENT {
		return
	}
	c.between = tok == token.SEMICOLON && (!c.header || text == "\n")
	switch tok {
	case token.FOR, token.IF, token.SWITCH:
		c.header = c.header || c.depth == 0
	case token.LBRACE:
		c.header = c.header && c.depth > 0
		c.depth++
	case token.LPAREN, token.LBRACK:
		c.depth++
	case token.RPAREN, token.RBRACK, token.RBRACE:
		c.depth = max(0, c.depth-1)
	case token.SEMICOLON:
		c.header = c.header && !c.between
	}
}

// Check returns the first line, from 0, that cannot work in a cell, with what to do instead after a semicolon.
func Check(lines []string) (line int, err error) {
	for n, kind := range Kinds(lines) {
		if kind == Embed {
			name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[n]), "//go:embed"))
			return n, fmt.Errorf("//go:embed does not work in a cell; os.ReadFile(%q) reads the file when the cell runs", name)
		}
	}
	return 0, nil
}

// The modes of cells.
const (
	Statements = iota
	Main       // the body of a main function
	Test       // test functions
)

// Program returns the Go code of a cell, with commands left out, and its mode. A main function with arguments parses them as
// flags.
func Program(lines, args []string) (code []string, mode int) {
	code = append(code, lines...)
	for n, kind := range Kinds(lines) {
		if kind != Command && kind != More && kind != Package {
			continue
		}
		code[n] = ""
		words := strings.Fields(strings.TrimPrefix(lines[n], Prefix))
		switch {
		case kind != Command:
		case OpensMain(lines[n]):
			mode = Main
			if len(args) > 0 {
				code[n] = "flag.Parse()"
			}
		case words[0] == "%exec" && len(words) > 1:
			mode, code[n] = Main, "flag.Parse(); "+words[1]+"()"
		case words[0] == "%test":
			mode = Test
		}
	}
	return code, mode
}
