package help

import (
	"fmt"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"unicode/utf16"

	"stylenet/kernelext/internal/cell"
)

// position is a place in a file, both numbers from 0. Character counts UTF-16 code units.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// program is what gopls is told of.
type program struct {
	cell    string   // main.go: a line with the imports of earlier cells, then the lines of the cell
	earlier string   // other.go: the declarations of earlier cells, and of this one
	at      position // of the cursor, in main.go
	atName  bool     // the cursor touches a name
	lines   []string // of the cell, as it is
}

// compose makes a program. The statements of the cell become the body of a function, and its declarations go to the other
// file, but for one that the cursor is in: then that one stands alone. Each line of the cell keeps its columns.
func compose(earlier, code string, cursor int) program {
	runes := []rune(code)
	cursor = min(max(cursor, 0), len(runes))
	before := strings.Split(string(runes[:cursor]), "\n")
	p := program{earlier: earlier, lines: strings.Split(code, "\n")}
	p.at = position{len(before), len(utf16.Encode([]rune(before[len(before)-1])))}
	p.atName = cursor > 0 && isName(runes[cursor-1]) || cursor < len(runes) && isName(runes[cursor])

	text, mode := cell.Program(p.lines, nil)
	body, at := strings.Join(text, "\n"), len(string(runes[:cursor]))
	parts, _ := cell.Split(body)
	head, begin, end := "", "func main() {", "\n}\n"
	for _, part := range parts {
		if declares(part.Kind) && part.At <= at && at <= part.At+len(part.Text) || mode == cell.Test {
			begin, end = "", "" // not within a function
		}
	}
	for _, part := range slices.Backward(parts) {
		inside := part.At <= at && at <= part.At+len(part.Text)
		switch {
		case part.Kind == token.IMPORT && !inside:
			head = imports("package main;"+part.Text) + head
		case begin != "" && !declares(part.Kind), begin == "" && (inside || mode == cell.Test):
			continue
		case declares(part.Kind):
			p.earlier += "\n" + part.Doc + part.Text
		}
		body = body[:part.At] + blank(part.Text) + body[part.At+len(part.Text):]
	}
	p.cell = "package main; " + imports(earlier) + head + begin + "\n" + body + end
	return p
}

// declares tells whether a part of a cell can only stand outside a function, or is better there.
func declares(kind token.Token) bool {
	return kind == token.FUNC || kind == token.TYPE || kind == token.CONST || kind == token.IMPORT
}

// blank returns as many spaces as a text has bytes, with its ends of lines.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, text)
}

// imports writes the imports of a file on one line.
func imports(file string) string {
	var b strings.Builder
	f, err := parser.ParseFile(token.NewFileSet(), "", file, parser.ImportsOnly)
	if err != nil {
		return ""
	}
	for _, spec := range f.Imports {
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name + " "
		}
		if spec.Path.Value != `"C"` {
			fmt.Fprintf(&b, "import %s%s; ", name, spec.Path.Value)
		}
	}
	return b.String()
}

// cursorAt returns where a position of main.go is in the cell, in characters.
func (p program) cursorAt(at position) int {
	cursor := 0
	for n, line := range p.lines {
		if n == at.Line-1 {
			units := utf16.Encode([]rune(line))
			return cursor + len(utf16.Decode(units[:min(at.Character, len(units))]))
		}
		cursor += len([]rune(line)) + 1
	}
	return cursor
}
