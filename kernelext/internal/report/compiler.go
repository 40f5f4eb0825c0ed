package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stylenet/kernelext/internal/advice"
)

// ownError matches a line of the compiler about the kernel's program, ownHeading the heading above such lines.
var (
	ownError   = regexp.MustCompile(`^(?:.*/)?main(?:_test)?\.go:(\d+):(?:\d+:)? (.+)$`)
	ownHeading = regexp.MustCompile(`^# gonb_[0-9a-f]{8}$`)
)

const mostErrors = 5 // that are listed one by one

// Compiler returns the card of a cell that does not compile, from the output of the go command.
func Compiler(said string, source Source) *Card {
	c := &Card{Kind: "compile error"}
	var all []string // with places in cells
	var more bool    // than the card lists
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\n")
		match := ownError.FindStringSubmatch(line)
		if match == nil {
			if !ownHeading.MatchString(line) && strings.TrimSpace(line) != "" {
				all, more = append(all, line), true
			}
			continue
		}
		n, _ := strconv.Atoi(match[1])
		p := source.near(n)
		all = append(all, join(": ", p.String(), match[2]))
		p.Says = match[2]
		c.Where = append(c.Where, p)
	}
	unusedLast(c.Where)
	if c.list() {
		more = true
	}
	if c.What == "" {
		c.What = firstLine(all)
	}
	if more {
		c.Details = cut(strings.Join(all, "\n"))
	}
	c.Advice = advice.Compiler(c.What)
	return c
}

// unusedLast puts errors about unused values last, because another error may be why a value is not used.
func unusedLast(places []Place) {
	unused := func(p Place) int {
		if strings.HasPrefix(p.Says, "declared and not used") {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(places, func(a, b Place) int { return unused(a) - unused(b) })
}

// list takes the error at the first place for what went wrong, and shortens the list of the others. It returns whether
// there are more than it lists.
func (c *Card) list() (more bool) {
	for i := range c.Where {
		if i == 0 {
			c.What, c.Where[0].Says = join(": ", c.What, c.Where[0].Says), ""
		} else {
			c.Where[i].Says += ":"
		}
	}
	if more = len(c.Where) > mostErrors; more {
		c.Where = append(c.Where[:mostErrors:mostErrors], Place{Says: fmt.Sprintf("and %d more", len(c.Where)-mostErrors)})
	}
	return more
}

// firstLine returns the first line that is no heading.
func firstLine(said []string) string {
	for _, line := range said {
		if !strings.HasPrefix(line, "#") {
			return strings.TrimSpace(line)
		}
	}
	return "the cell does not compile"
}
