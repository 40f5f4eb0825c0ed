package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"stylenet/kernelext/internal/setup"
)

// goTest runs the Go tests, with one line for each package and the output of the tests that fail.
func (t *tester) goTest(ctx context.Context, short bool) error {
	args := []string{"go", "test", "-json", "-timeout", "30m"}
	if short {
		args = append(args, "-short")
	}
	cmd := setup.Command(ctx, append(args, "./...")...)
	cmd.Dir, cmd.Env, cmd.Stderr = t.module, t.env, os.Stdout
	return t.follow(ctx, cmd, "go test", t.readEvents)
}

// follow runs a command that writes the outcome of tests, which read counts. A command that fails although no test did
// counts as one failure itself.
func (t *tester) follow(ctx context.Context, cmd *exec.Cmd, name string, read func(io.Reader) error) error {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	before := t.failed
	readErr := read(out)
	if err := cmd.Wait(); err != nil && t.failed == before && ctx.Err() == nil {
		t.failed++
		fmt.Printf("FAIL  %s: %v\n", name, err)
	}
	return readErr
}

// event is one line of go test -json.
type event struct {
	Action, Package, Test, Output string
	ImportPath                    string // of a package that does not build, in build events
	Elapsed                       float64
}

// quiet is how long the tests may go on before we say that they do.
const quiet = 15 * time.Second

// readEvents takes in all events, and says what is at work when none has come to an end for a while.
func (t *tester) readEvents(out io.Reader) error {
	lines, failed := make(chan []byte), make(chan error, 1)
	go func() { failed <- readLines(out, lines) }()
	r := results{output: map[string]*strings.Builder{}, failed: map[string]bool{}}
	silence := time.NewTimer(quiet)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				return <-failed
			}
			var e event
			if err := json.Unmarshal(line, &e); err != nil {
				fmt.Printf("%s", line) // something that the go command itself has to say
			} else if t.take(e, &r) {
				silence.Reset(quiet)
			}
		case <-silence.C:
			fmt.Printf("      still at it: %s\n", r.latest)
			silence.Reset(quiet)
		}
	}
}

// readLines sends the lines of a text and closes the channel at its end.
func readLines(from io.Reader, lines chan<- []byte) error {
	defer close(lines)
	for reader := bufio.NewReader(from); ; {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			lines <- line
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// results is what is known of tests that have not ended yet.
type results struct {
	output map[string]*strings.Builder // by package and test
	failed map[string]bool             // packages of which a test failed
	latest string                      // the test begun last
}

// take counts a test that has ended and shows what a failed one wrote. It tells whether it showed anything.
func (t *tester) take(e event, r *results) (shown bool) {
	name := strings.TrimSpace(e.Package + e.ImportPath + " " + e.Test)
	switch e.Action {
	case "run", "start":
		r.latest = name
	case "output", "build-output":
		if r.output[name] == nil {
			r.output[name] = &strings.Builder{}
		}
		r.output[name].WriteString(e.Output)
	case "build-fail":
		fmt.Print(r.output[name])
	case "pass", "fail", "skip":
		if e.Test == "" {
			return t.endPackage(e, r)
		}
		return t.endTest(e, r, name)
	}
	return false
}

// endTest counts a test, and shows what a failed or skipped one wrote.
func (t *tester) endTest(e event, r *results, name string) (shown bool) {
	wrote := r.output[name]
	delete(r.output, name)
	switch e.Action {
	case "pass":
		t.passed++
		return false
	case "skip":
		t.skipped++
		fmt.Printf("skip  %s\n%s", name, wrote)
	default:
		t.failed++
		r.failed[e.Package] = true
		fmt.Printf("FAIL  %s\n%s", name, wrote)
	}
	return true
}

// endPackage shows a line for a package with tests. A package that fails without a failed test (it does not
// build, or ended early) counts as one failure.
func (t *tester) endPackage(e event, r *results) (shown bool) {
	switch e.Action {
	case "skip": // it has no tests
		return false
	case "fail":
		fmt.Printf("FAIL  %s (%.1f s)\n", e.Package, e.Elapsed)
		if !r.failed[e.Package] {
			t.failed++
			fmt.Print(r.output[e.Package])
		}
	default:
		fmt.Printf("ok    %s (%.1f s)\n", e.Package, e.Elapsed)
	}
	return true
}
