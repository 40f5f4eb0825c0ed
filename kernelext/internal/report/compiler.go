package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ownError is a line of the compiler's about the kernel's program, ownHeading stands above such lines.
var (
	ownError   = regexp.MustCompile(`^(?:.*/)?main(?:_test)?\.go:(\d+):(?:\d+:)? (.+)$`)
	ownHeading = regexp.MustCompile(`^# gonb_[0-9a-f]{8}$`)
)

const mostErrors = 5 // that are listed one by one

// Compiler returns the card of a cell that does not compile, for what the go command said.
func Compiler(said string, source Source) *Card {
	c := &Card{Kind: "compile error"}
	var all []string // in the cells' own lines
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
	c.headline()
	if len(c.Where) > mostErrors {
		c.Where = append(c.Where[:mostErrors:mostErrors], Place{Says: fmt.Sprintf("and %d more", len(c.Where)-mostErrors)})
		more = true
	}
	if c.What == "" {
		c.What = firstWords(all)
	}
	if more {
		c.Details = cut(strings.Join(all, "\n"))
	}
	c.Advice = advice(compilerAdvice, c.What)
	return c
}

// headline takes the first error as what went wrong. Values that are not used come last: that they are not may come
// from another error.
func (c *Card) headline() {
	unused := func(p Place) int {
		if strings.HasPrefix(p.Says, "declared and not used") {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(c.Where, func(a, b Place) int { return unused(a) - unused(b) })
	for i := range c.Where {
		if i == 0 {
			c.What, c.Where[0].Says = c.Where[0].Says, ""
		} else {
			c.Where[i].Says += ":"
		}
	}
}

// firstWords returns the first line that is not a heading.
func firstWords(said []string) string {
	for _, line := range said {
		if !strings.HasPrefix(line, "#") {
			return strings.TrimSpace(line)
		}
	}
	return "the cell does not compile"
}
