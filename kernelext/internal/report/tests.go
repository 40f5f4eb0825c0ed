package report

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
)

// Tests passes on the standard output of a test, with places in cells for lines of its program, and finds the tests that
// failed.
type Tests struct {
	To      io.Writer
	Cells   Cells
	part    []byte // the beginning of a line
	running string
	logged  map[string][]Place // by test
	failed  []string
}

var (
	testBegins = regexp.MustCompile(`^=== (?:RUN|CONT|NAME) +(\S+)`)
	testFails  = regexp.MustCompile(`^ *--- FAIL: (\S+)`)
	testLogs   = regexp.MustCompile(`^( +)In\[(\d+)\]:(\d+): (.*)`)
	onlyLogs   = regexp.MustCompile(`^\w+\.Logf?\(`) // and fails nothing
)

// Write passes on the lines that are finished.
func (t *Tests) Write(p []byte) (int, error) {
	t.part = append(t.part, p...)
	for {
		end := bytes.IndexByte(t.part, '\n') + 1
		if end == 0 {
			return len(p), nil
		}
		line := string(t.part[:end])
		t.part = t.part[end:]
		if _, err := io.WriteString(t.To, t.line(line)); err != nil {
			return len(p), err
		}
	}
}

// flush passes on the beginning of a line.
func (t *Tests) flush() {
	if t != nil {
		t.To.Write(t.part)
		t.part = nil
	}
}

// line takes in one line and returns what is to be shown of it.
func (t *Tests) line(line string) string {
	if match := testBegins.FindStringSubmatch(line); match != nil {
		t.running = match[1]
	}
	if match := testFails.FindStringSubmatch(line); match != nil {
		t.failed = append(t.failed, match[1])
	}
	match := testLogs.FindStringSubmatchIndex(line)
	if match == nil {
		return line
	}
	cell, _ := strconv.Atoi(line[match[4]:match[5]])
	n, _ := strconv.Atoi(line[match[6]:match[7]])
	p := t.Cells.Place(cell, n)
	if t.logged == nil {
		t.logged = map[string][]Place{}
	}
	shown := line[:match[3]] + p.String() + line[match[7]:]
	p.Says = line[match[8]:match[9]]
	if !onlyLogs.MatchString(p.Code) {
		t.logged[t.running] = append(t.logged[t.running], p)
	}
	return shown
}

// card returns the card of the tests that failed.
func (t *Tests) card() *Card {
	c := &Card{Kind: "test", What: t.failed[0] + " failed"}
	for _, name := range t.failed {
		c.Where = append(c.Where, t.logged[name]...)
	}
	c.list()
	return c
}
