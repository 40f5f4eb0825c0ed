// Package report turns what a cell's program writes, and how it ends, into what a person reads: streams of bearable
// length, and for an error one card that says what went wrong, where, and what to do. Set-up builds it into the kernel
// as well (see gonb.patch), so it uses nothing but the standard library.
package report

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// Card is an error as a person reads it.
type Card struct {
	Kind    string  // "error", "panic", "compile error", "exit" or "interrupted"
	What    string  // what went wrong, in one line
	Advice  string  // what to do; may be empty
	Where   []Place // the place at fault first, then what led there, or other errors of a compilation
	Details string  // everything else that is known, such as the stack; folded away

	// Stack is where a program was when it told the kernel of an error; the kernel finds the places in it.
	Stack string
}

// Place is a line of a cell.
type Place struct {
	Says string // what to say before it: "called from", or another error's message; empty for the first
	Cell int    // as the cell's prompt says it, [3]; 0 where it is not known
	Line int    // from 1; 0 where it is not known
	Code string // the line itself, without the space around it
}

// String returns the place in words: "cell [3], line 4".
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

// Of returns the card of an error in the given cell: the one that it is or wraps, else a plain one.
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

// Strip returns one short line to stand below a card that is shown.
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

// HTML returns the card for a notebook: text and inline style only, so that it shows everywhere.
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
