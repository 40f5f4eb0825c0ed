package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Source is the program that the kernel made of the cells: for each line, the place in a cell that it came from. A line
// that came from no cell has only its code.
type Source []Place

// NewSource returns the source of a program's code; of each of its lines, the cell and the line in it, from 0. Where one of
// them is negative or missing, the line came from no cell.
func NewSource[Line ~struct{ Id, Line int }](code string, lines []Line) (s Source) {
	for n, text := range strings.Split(code, "\n") {
		p := Place{Code: strings.TrimSpace(text)}
		if n < len(lines) {
			if from := struct{ Id, Line int }(lines[n]); from.Id > 0 && from.Line >= 0 {
				p.Cell, p.Line = from.Id, from.Line+1
			}
		}
		s = append(s, p)
	}
	return s
}

// at returns the place of a line, counted from 1.
func (s Source) at(line int) Place {
	if line < 1 || line > len(s) {
		return Place{}
	}
	return s[line-1]
}

// near returns the place of a line, or of the last one before it that came from a cell.
func (s Source) near(line int) Place {
	for n := min(line, len(s)); n > 0; n-- {
		if p := s[n-1]; p.Cell > 0 {
			return p
		}
	}
	return s.at(line)
}

// ownFile matches the lines of the kernel's program in a stack trace, with or without the path of its folder.
var ownFile = regexp.MustCompile(`[^\t\n]*gonb_[0-9a-f]{8}/main(?:_test)?\.go:(\d+)`)

// places returns the places in a stack trace, the innermost first.
func (s Source) places(stack string) []Place {
	var found []Place
	for _, match := range ownFile.FindAllStringSubmatch(stack, -1) {
		line, _ := strconv.Atoi(match[1])
		p := s.at(line)
		if len(found) > 0 {
			p.Says = "called from"
		}
		same := func(other Place) bool { return other.Cell == p.Cell && other.Line == p.Line && other.Code == p.Code }
		if p.Code != "" && !slices.ContainsFunc(found, same) {
			found = append(found, p)
		}
	}
	return found
}

// withPlaces replaces references to the kernel's program in a text by places in cells.
func (s Source) withPlaces(text string) string {
	return ownFile.ReplaceAllStringFunc(text, func(file string) string {
		line, _ := strconv.Atoi(file[strings.LastIndexByte(file, ':')+1:])
		if p := s.at(line); p.Cell > 0 {
			return p.String()
		}
		return file
	})
}

// only returns the place of the line whose code matches, and nil if that is not exactly one line.
func (s Source) only(code *regexp.Regexp) []Place {
	var found []Place
	for _, p := range s {
		if p.Cell > 0 && code.MatchString(p.Code) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found
}
