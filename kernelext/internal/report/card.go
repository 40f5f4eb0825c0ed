// Package report makes the output of a cell's program readable: it limits the length of streams, and shows an error as one
// card that says what went wrong, where, and what to do. Set-up also builds the package into the kernel, see gonb.patch.
//
// card.go has the card, compiler.go makes it of compile errors, crash.go of programs that failed; cells.go finds the
// cells' lines in stack traces, tests.go is for the output of tests, stream.go limits output.
package report

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// Card is a readable error.
type Card struct {
	Kind    string  // "error", "panic", "compile error", "exit" or "interrupted"
	What    string  // what went wrong, in one line
	Advice  string  // what to do; may be empty
	Where   []Place // the place at fault first, then what led there, or other errors of a compilation
	Details string  // all else that is known, such as the stack; collapsed

	// Stack is the stack of a program that sent the card to the kernel; the kernel finds the places in it.
	Stack string
}

// Place is a line of a cell.
type Place struct {
	Says string // the text before it: "called from", or another error's message; empty for the first
	Cell int    // as the cell's prompt says it, [3]; 0 where it is not known
	Line int    // from 1; 0 where it is not known
	Code string // the line itself, without the space around it
}

// String formats the place: "cell [3], line 4".
func (p Place) String() string {
	switch {
	case p.Cell == 0:
		return ""
	case p.Line == 0:
		return fmt.Sprintf("cell [%d]", p.Cell)
	}
	return fmt.Sprintf("cell [%d], line %d", p.Cell, p.Line)
}

// join joins the parts that are not empty.
func join(separator string, parts ...string) string {
	var there []string
	for _, part := range parts {
		if part != "" {
			there = append(there, part)
		}
	}
	return strings.Join(there, separator)
}

// Of returns the card of an error in the given cell. If the error is or wraps a card, it returns that.
func Of(err error, cell int) *Card {
	var c *Card
	if !errors.As(err, &c) {
		what, rest, _ := strings.Cut(strings.TrimPrefix(err.Error(), "executing special commands in cell: "), "\n")
		what, accepted, _ := strings.Cut(what, "; ")
		c = &Card{Kind: "error", What: what, Advice: accepted, Details: cut(rest)}
	}
	if len(c.Where) == 0 {
		c.Where = []Place{{Cell: cell}}
	}
	return c
}

const (
	longestHeadline = 400   // bytes
	longestDetails  = 20000 // bytes
)

// New returns the card of a Go error: its first line is what went wrong, with what would be accepted after a
// semicolon, and the details are everything else that is known, the stack where the error carries one.
func New(err error) *Card {
	message := strings.TrimSpace(err.Error())
	text, rest, _ := strings.Cut(message, "\n")
	if len(text) > longestHeadline {
		text, rest = strings.ToValidUTF8(text[:longestHeadline], "")+"…", message
	}
	if all := strings.TrimSpace(fmt.Sprintf("%+v", err)); all != message {
		rest = all
	}
	what, accepted, _ := strings.Cut(text, "; ")
	return &Card{Kind: "error", What: what, Advice: accepted, Details: cut(strings.TrimSpace(rest))}
}

// At returns the card of a Go error at a line of a cell.
func At(err error, cell, line int, code string) *Card {
	c := New(err)
	c.Where = []Place{{Cell: cell, Line: line, Code: strings.TrimSpace(code)}}
	return c
}

// cut shortens details.
func cut(details string) string {
	if len(details) > longestDetails {
		details = strings.ToValidUTF8(details[:longestDetails], "") + "\n…"
	}
	return details
}

// place returns the place at fault, an empty one where it is not known.
func (c *Card) place() Place {
	if len(c.Where) == 0 {
		return Place{}
	}
	return c.Where[0]
}

// Error returns the card in one line.
func (c *Card) Error() string { return join(": ", c.place().String(), c.What) }

// Text returns the card as plain text, without the details.
func (c *Card) Text() string {
	var b strings.Builder
	b.WriteString(c.What)
	for _, p := range c.Where {
		if line := p.text(); line != "" {
			fmt.Fprintf(&b, "\n  %s", line)
		}
	}
	if c.Advice != "" {
		fmt.Fprintf(&b, "\n  %s", c.Advice)
	}
	return b.String()
}

// Traceback returns the card as lines of plain text, with the details.
func (c *Card) Traceback() []string {
	return strings.Split(join("\n\n", c.Text(), c.Details), "\n")
}

// Strip returns the short line that stands below a card.
func (c *Card) Strip() string { return join(" in ", c.Kind, c.place().String()) }

// text returns a place in one line.
func (p Place) text() string {
	where := join(": ", p.String(), p.Code)
	switch {
	case where == "":
		return p.Says
	case p.Says == "":
		return "in " + where
	}
	return p.Says + " " + where
}

// Bundle returns the card by MIME type.
func (c *Card) Bundle() map[string]any {
	return map[string]any{"text/html": c.HTML(), "text/plain": c.Text()}
}

// HTML returns the card as HTML with text and inline style only, which every front end shows.
func (c *Card) HTML() string {
	var b strings.Builder
	b.WriteString(`<div style="border-left:4px solid #d33;background:rgba(221,51,51,.08);padding:8px 12px;margin:4px 0">`)
	fmt.Fprintf(&b, `<div><b>%s</b></div>`, html.EscapeString(c.What))
	for _, p := range c.Where {
		if says := join(" ", p.Says, p.String()); says != "" {
			fmt.Fprintf(&b, `<div style="margin-top:4px">%s`, html.EscapeString(says))
			if p.Code != "" {
				fmt.Fprintf(&b, `: <code>%s</code>`, html.EscapeString(p.Code))
			}
			b.WriteString(`</div>`)
		} else if p.Code != "" {
			fmt.Fprintf(&b, `<div style="margin-top:4px">in <code>%s</code></div>`, html.EscapeString(p.Code))
		}
	}
	if c.Advice != "" {
		fmt.Fprintf(&b, `<div style="margin-top:4px">%s</div>`, html.EscapeString(c.Advice))
	}
	if c.Details != "" {
		fmt.Fprintf(&b, `<details style="margin-top:4px;opacity:.75"><summary>Details</summary><pre>%s</pre></details>`,
			html.EscapeString(c.Details))
	}
	b.WriteString(`</div>`)
	return b.String()
}
