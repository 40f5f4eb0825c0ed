package kernelext

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
	"stylenet/kernelext/internal/current"
	"stylenet/kernelext/internal/pipe"
	"stylenet/kernelext/internal/program"
	"stylenet/kernelext/internal/report"
)

// Check does nothing if err is nil. Otherwise it shows the error as a card and ends the cell as failed, so that Run All and
// the runner stop there. Outside a notebook it prints the error to the standard error stream and exits with status 1.
func Check(err error) {
	if err != nil {
		fail(err)
	}
}

// Must returns the value of a function that returns a value and an error. It ends the cell as Check does if the error is
// not nil:
//
//	cat := kernelext.Must(picture.Open("cat.jpg", 384))
func Must[T any](value T, err error) T {
	Check(err)
	return value
}

// fail shows the error and ends the program, or only the cell where the program stays.
func fail(err error) {
	if current.Latest() != nil {
		panic(current.Failure{Err: err})
	}
	c := report.New(err)
	c.Stack = string(debug.Stack())
	switch kernel := os.Getenv(program.ErrorVar); {
	case !gonbui.IsNotebook:
		file, line := caller()
		fmt.Fprintf(os.Stderr, "%s\n  at %s:%d\n", c.Text(), file, line)
	case kernel != "" && report.Tell(kernel, c) == nil: // our kernel knows the cell and the line, and shows the card
		pipe.Sync()
	default: // GoNB as published
		c.Where = []report.Place{{Code: sourceLine(caller())}}
		show(output{html: c.HTML(), text: c.Text()})
	}
	os.Exit(1)
}

// caller returns the line of the user's code that called this package: the first frame outside it.
func caller() (file string, line int) {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		frame, more := frames.Next()
		inside := strings.Contains(frame.Function, "/kernelext.") && !strings.HasSuffix(frame.File, "_test.go")
		if !inside || !more {
			return frame.File, frame.Line
		}
	}
}

// sourceLine returns a line of the program that the kernel made of the cells, empty where there is no such file.
func sourceLine(file string, line int) string {
	dir := os.Getenv("GONB_TMP_DIR")
	if dir == "" || filepath.Dir(file) != filepath.Clean(dir) {
		return ""
	}
	source, err := os.ReadFile(file)
	lines := strings.Split(string(source), "\n")
	if err != nil || line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}
