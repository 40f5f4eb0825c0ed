package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"

	"stylenet/kernelext/internal/advice"
	"stylenet/kernelext/internal/program"
)

// crashBegins finds the beginning of what the Go runtime prints when a program crashes.
var crashBegins = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: goroutine stack exceeds |unexpected fault address |SIG[A-Z]+: )`)

// Crash passes on the standard error stream of a cell's program, but holds back what the Go runtime prints at a crash, so
// that it can become a card.
type Crash struct {
	To   io.Writer
	held bytes.Buffer
	mid  bool // the last write ended in the middle of a line
}

// Write passes on what comes before the crash.
func (c *Crash) Write(p []byte) (int, error) {
	n := len(p)
	if c.held.Len() > 0 {
		c.held.Write(p)
		return n, nil
	}
	for _, at := range crashBegins.FindAllIndex(p, -1) {
		if at[0] > 0 || !c.mid {
			c.held.Write(p[at[0]:])
			p = p[:at[0]]
			break
		}
	}
	if len(p) == 0 {
		return n, nil
	}
	c.mid = p[len(p)-1] != '\n'
	_, err := c.To.Write(p)
	return n, err
}

// Flush passes on text that was held back although the program did not crash.
func (c *Crash) Flush() {
	c.To.Write(c.held.Bytes())
	c.held.Reset()
}

// End is how a cell's program ended.
type End struct {
	Err         error  // of its exec.Cmd; nil: well
	Crash       *Crash // its standard error stream
	Tests       *Tests // its standard output, if it is a test
	Interrupted bool   // by the person
	Cells       Cells
}

// Error returns the card of a program that failed as an error.
func (e End) Error() error {
	if c := e.Card(); c != nil {
		return c
	}
	return nil
}

// Card returns the card of a program that failed, and nil for one that succeeded. It passes on text that was held back
// although the program succeeded.
func (e End) Card() *Card {
	held := e.Crash.held.String()
	told := e.told()
	e.Tests.flush()
	if e.Err == nil {
		e.Crash.Flush()
		return nil
	}
	var c *Card
	switch {
	case told != nil:
		c = told
	case held != "":
		c = e.crashed(held)
	case e.Tests != nil && len(e.Tests.failed) > 0:
		c = e.Tests.card()
	default:
		c = e.exited()
	}
	if e.Interrupted && (told == nil || strings.Contains(c.What, context.Canceled.Error())) {
		c.Details = cut(strings.TrimSpace(join("\n", c.What, c.Details)))
		c.Kind, c.What, c.Advice = "interrupted", "stopped", advice.Stopped
	}
	return c
}

// crashed returns the card of a program that ended by a panic or another error of the runtime.
func (e End) crashed(held string) *Card {
	c := &Card{Kind: "panic", Details: cut(e.Cells.withPlaces(tidy(held)))}
	text := held
	if at := strings.Index(held, "fatal error: "); at >= 0 {
		text = held[at:]
	}
	c.What, _, _ = strings.Cut(text, "\n")
	c.What, _, _ = strings.Cut(c.What, " [recovered")
	c.What = panicked(c.What)
	if len(c.What) > longestHeadline {
		c.What = strings.ToValidUTF8(c.What[:longestHeadline], "") + "…"
	}
	// The goroutine that failed comes first. If it has none of our lines, take the others.
	_, stacks, _ := strings.Cut(held, "\ngoroutine ")
	first, _, _ := strings.Cut(stacks, "\n\n")
	if c.Where = e.Cells.places(first); c.Where == nil {
		c.Where = e.Cells.places(stacks)
	}
	c.Advice = advice.Crash(c.What)
	return c
}

// ReadInput returns the card of a cell that read from standard input, without the place.
func ReadInput() *Card {
	return &Card{Kind: "error", What: "the cell read from standard input, and nobody types there", Advice: advice.Input}
}

// panicked shortens what GoMLX says of a function that builds a graph and panics.
func panicked(what string) string {
	if at := strings.LastIndex(what, " panicked: "); at > 0 {
		return what[at+1:]
	}
	return what
}

var (
	offsets   = regexp.MustCompile(`(?m) \+0x[0-9a-f]+(?: fp=\S+ sp=\S+ pc=\S+)?$`)
	arguments = regexp.MustCompile(`(?m)\((?:\{?0x[0-9a-f?]+[^)\n]*|\.\.\.)\)$`)
)

// tidy removes the addresses from a stack trace.
func tidy(stack string) string {
	return strings.TrimSpace(arguments.ReplaceAllString(offsets.ReplaceAllString(stack, ""), "(…)"))
}

// exited returns the card of a program that ended without a crash.
func (e End) exited() *Card {
	c := &Card{Kind: "exit", What: "the program ended with " + e.Err.Error()}
	var exit *exec.ExitError
	if !errors.As(e.Err, &exit) {
		c.What = "the program was not run: " + e.Err.Error()
		return c
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		c.What = fmt.Sprintf("the program was ended by a signal: %s", status.Signal())
		c.Advice = advice.Crash(c.What)
		return c
	}
	c.What = "the program ended with " + exit.Error()
	c.Advice = "os.Exit or log.Fatal ended it; if it said why, that stands above."
	return c
}

// Tell sends a card to the kernel, by writing it to the file that program.ErrorVar names.
func Tell(file string, c *Card) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// told reads and removes the card that the program sent. It returns nil where there is none.
func (e End) told() *Card {
	file := os.Getenv(program.ErrorVar)
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	os.Remove(file)
	c := &Card{}
	if json.Unmarshal(data, c) != nil {
		return nil
	}
	c.Where = e.Cells.places(c.Details + c.Stack) // an error with a stack of its own was made further down
	c.Stack, c.Details = "", e.Cells.withPlaces(c.Details)
	return c
}
