package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stylenet/kernelext/internal/advice"
)

// Cells are the lines of the cells so far, by their numbers. Their programs name places as In[3]:4.
type Cells map[int][]string

// Place returns the place of a line of a cell.
func (c Cells) Place(cell, line int) Place {
	p := Place{Cell: cell, Line: line}
	if lines := c[cell]; line >= 1 && line <= len(lines) {
		p.Code = strings.TrimSpace(lines[line-1])
	}
	return p
}

var inCell = regexp.MustCompile(`(?:[^\t\n]*/)?\bIn\[(\d+)\]:(\d+)(?::\d+)?`)

// mostPlaces is how many lines of a stack are shown: a recursion has many.
const mostPlaces = 5

// places returns the places in a stack trace, the innermost first.
func (c Cells) places(stack string) (found []Place) {
	for _, match := range inCell.FindAllStringSubmatch(stack, -1) {
		cell, _ := strconv.Atoi(match[1])
		line, _ := strconv.Atoi(match[2])
		p := c.Place(cell, line)
		if len(found) > 0 {
			p.Says = "called from"
		}
		same := func(other Place) bool { return other.Cell == p.Cell && other.Line == p.Line }
		if c[cell] != nil && !slices.ContainsFunc(found, same) && len(found) < mostPlaces {
			found = append(found, p)
		}
	}
	return found
}

// InCells returns the places in cells that a stack trace names, a line for each.
func InCells(stack string) (lines string) {
	for _, match := range inCell.FindAllStringSubmatch(stack, -1) {
		lines += fmt.Sprintf("  in cell [%s], line %s\n", match[1], match[2])
	}
	return lines
}

// withPlaces writes places in a text as people read them.
func (c Cells) withPlaces(text string) string {
	return inCell.ReplaceAllStringFunc(text, func(place string) string {
		match := inCell.FindStringSubmatch(place)
		cell, _ := strconv.Atoi(match[1])
		line, _ := strconv.Atoi(match[2])
		return Place{Cell: cell, Line: line}.String()
	})
}

// Complete fills in what the program of a cell could not know of a card that it has sent: the places, and advice.
func (c Cells) Complete(card *Card, cell int) *Card {
	card.Where = c.places(card.Details + card.Stack)
	if len(card.Where) == 0 {
		card.Where = []Place{{Cell: cell}}
	}
	if card.Kind == "panic" {
		card.What = panicked(card.What)
		card.Advice = advice.Crash(card.What)
	}
	if card.Kind == "panic" {
		card.Details = join("\n\n", card.Details, tidy(card.Stack))
	}
	card.Details = cut(c.withPlaces(card.Details))
	card.Stack = ""
	return card
}
