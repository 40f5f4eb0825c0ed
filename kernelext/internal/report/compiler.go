package report

import (
	"fmt"
	"slices"
	"strings"

	"stylenet/kernelext/internal/advice"
)

const mostErrors = 5 // that are listed one by one

// Wrong returns the card of a cell that does not compile: the places, with what is wrong at each.
func Wrong(places []Place) *Card {
	c := &Card{Kind: "compile error", Where: places}
	unusedLast(c.Where)
	var all []string
	for _, p := range c.Where {
		all = append(all, join(": ", p.String(), p.Says))
	}
	if c.list() {
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
