package run

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"stylenet/kernelext/internal/report"
)

// errFailed is why a run stops at a cell that reported an error.
var errFailed = errors.New("failed")

// cellError is a cell that failed, was interrupted or ran too long.
type cellError struct {
	Number int    // of the cell among the code cells, from 1
	Title  string // as in the progress line
	Reason string // in one line
	Source string // of the cell, with line numbers and a mark at the lines at fault where they are known
	Said   string // what the cell wrote last, as plain text
	err    error
}

func newCellError(cell *codeCell, said string, err error, o Options) *cellError {
	e := &cellError{Number: cell.number, Title: cell.title, Said: said, err: err}
	e.Source = marked(cell.source, linesAtFault(said, cell.count))
	switch {
	case errors.Is(err, errTimeout):
		e.Reason = fmt.Sprintf("interrupted after the timeout of %s", o.Timeout)
		if err != errTimeout {
			e.Reason += strings.TrimPrefix(err.Error(), errTimeout.Error())
		}
	case errors.Is(err, context.Canceled):
		e.Reason = "interrupted" + strings.TrimPrefix(err.Error(), context.Canceled.Error())
	default:
		e.Reason = err.Error()
	}
	return e
}

// timedOut returns the outputs of a cell that ran too long. They end with a card that says so, in place of the
// kernel's.
func timedOut(outputs []output, timeout time.Duration, count int) []output {
	if last := len(outputs) - 1; last > 0 && outputs[last]["ename"] == "interrupted" {
		outputs = outputs[:last-1]
	}
	c := &report.Card{Kind: "timeout", What: fmt.Sprintf("stopped after the timeout of %s", timeout),
		Advice: "A longer -timeout, or a smaller task, lets the cell come to its end.", Where: []report.Place{{Cell: count}}}
	return append(outputs, output{"output_type": "display_data", "data": c.Bundle(), "metadata": map[string]any{}},
		output{"output_type": "error", "ename": c.Kind, "evalue": c.Error(), "traceback": []string{c.Strip()}})
}

// Error returns the cell, its source, and what it wrote last.
func (e *cellError) Error() string {
	text := fmt.Sprintf("cell %d, %q: %s\n\n%s", e.Number, e.Title, e.Reason, e.Source)
	if e.Said != "" {
		text += "\n" + e.Said + "\n"
	}
	return strings.TrimRight(text, "\n")
}

// Unwrap returns the cause: the context's error for an interrupted run.
func (e *cellError) Unwrap() error { return e.err }

// saidLast returns the last lines of what a failed cell wrote to its error stream, and what the kernel reports of it.
func saidLast(outputs []output, reported []string) string {
	var written strings.Builder
	for _, o := range outputs {
		if o["name"] == "stderr" {
			written.WriteString(plain(asTerminal(o["text"].(string))))
		}
	}
	said := strings.Split(strings.TrimSpace(written.String()), "\n")
	if cut := len(said) - 40; cut > 0 {
		said = append([]string{fmt.Sprintf("... %d lines before", cut)}, said[cut:]...)
	}
	return strings.TrimSpace(strings.Join(append(said, reported...), "\n"))
}

var (
	escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]`)
	atFault = regexp.MustCompile(`cell \[(\d+)\], line (\d+)`)
)

// plain removes a terminal's colours from a text.
func plain(text string) string { return escapes.ReplaceAllString(text, "") }

// linesAtFault returns the lines of the cell that the kernel names. It numbers the cells by how many it has run.
func linesAtFault(said string, count int) map[int]bool {
	lines := map[int]bool{}
	for _, match := range atFault.FindAllStringSubmatch(said, -1) {
		if match[1] == strconv.Itoa(count) {
			line, _ := strconv.Atoi(match[2])
			lines[line] = true
		}
	}
	return lines
}

// marked numbers the lines of a source and marks some of them.
func marked(source string, lines map[int]bool) string {
	var all strings.Builder
	for i, text := range strings.Split(strings.TrimRight(strings.ReplaceAll(source, "\r\n", "\n"), "\n"), "\n") {
		mark := " "
		if lines[i+1] {
			mark = ">"
		}
		fmt.Fprintf(&all, "%s%4d | %s\n", mark, i+1, text)
	}
	return all.String()
}
