package help

import (
	"fmt"
	"go/parser"
	"go/token"
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
	earlier string   // other.go: the declarations of earlier cells
	at      position // of the cursor, in main.go
	atName  bool     // the cursor touches a name
	lines   []string // of the cell, as it is
}

// compose makes a program. Each line of the cell keeps its columns; one that is a command to the kernel becomes blank, or the
// head of the function main.
func compose(earlier, code string, cursor int) program {
	runes := []rune(code)
	cursor = min(max(cursor, 0), len(runes))
	before := strings.Split(string(runes[:cursor]), "\n")
	p := program{earlier: earlier, lines: strings.Split(code, "\n")}
	p.at = position{len(before), len(utf16.Encode([]rune(before[len(before)-1])))}
	p.atName = cursor > 0 && isName(runes[cursor-1]) || cursor < len(runes) && isName(runes[cursor])

	lines, end := append([]string{"package main; " + imports(earlier)}, p.lines...), ""
	for n, kind := range cell.Kinds(p.lines) {
		if kind == cell.Go || kind == cell.Embed {
			continue
		}
		lines[1+n] = ""
		if kind == cell.Command && end == "" && cell.OpensMain(p.lines[n]) {
			lines[1+n], end = "func main() {", "\n}\n"
		}
	}
	p.cell = strings.Join(lines, "\n") + end
	return p
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
