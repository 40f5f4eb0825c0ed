package kernelext

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/janpfeifer/gonb/gonbui"
)

// Check does nothing where err is nil. Otherwise it shows the error as a card, ends the cell and makes it fail, so
// that Run All and the runner stop there. Outside a notebook the error goes to the standard error stream and the
// program exits with status 1.
func Check(err error) {
	if err != nil {
		fail(err)
	}
}

// Must returns the value of a function that returns a value and an error, and ends the cell as Check does where
// the error is not nil:
//
//	cat := kernelext.Must(stylelib.OpenPicture("cat.jpg", 384))
func Must[T any](value T, err error) T {
	Check(err)
	return value
}

// fail shows the error and ends the program.
func fail(err error) {
	file, line := caller()
	code := sourceLine(file, line)
	if gonbui.IsNotebook {
		show(output{html: card(err, code), text: plain(err, code)})
	}
	if headless() {
		fmt.Fprintf(os.Stderr, "%s\n  at %s:%d\n", plain(err, code), file, line)
	}
	os.Exit(1)
}

// plain returns the error and the line of code it came from, as short plain text.
func plain(err error, code string) string {
	text, _ := headline(err)
	if code != "" {
		text += "\n  in: " + code
	}
	return text
}

// card returns the error as HTML: what went wrong, where, and the rest of what is known folded away.
func card(err error, code string) string {
	text, details := headline(err)
	var b strings.Builder
	b.WriteString(`<div style="border-left:4px solid #d33;background:rgba(221,51,51,.08);padding:8px 12px;margin:4px 0">`)
	// What was found comes first, what would be accepted after a semicolon.
	found, accepted, _ := strings.Cut(text, "; ")
	fmt.Fprintf(&b, `<div><b>%s</b></div>`, html.EscapeString(found))
	if accepted != "" {
		fmt.Fprintf(&b, `<div>%s</div>`, html.EscapeString(accepted))
	}
	if code != "" {
		fmt.Fprintf(&b, `<div style="margin-top:4px;opacity:.75">in <code>%s</code></div>`, html.EscapeString(code))
	}
	if details != "" {
		fmt.Fprintf(&b, `<details style="margin-top:4px;opacity:.75"><summary>Details</summary><pre>%s</pre></details>`,
			html.EscapeString(details))
	}
	b.WriteString(`</div>`)
	return b.String()
}

const (
	longestHeadline = 400   // bytes
	longestDetails  = 20000 // bytes
)

// headline splits what an error says into its first line and everything else that is known, the stack where the
// error carries one.
func headline(err error) (text, details string) {
	message := strings.TrimSpace(err.Error())
	text, rest, _ := strings.Cut(message, "\n")
	if len(text) > longestHeadline {
		text, rest = strings.ToValidUTF8(text[:longestHeadline], "")+"…", message
	}
	if all := strings.TrimSpace(fmt.Sprintf("%+v", err)); all != message {
		rest = all
	}
	if len(rest) > longestDetails {
		rest = strings.ToValidUTF8(rest[:longestDetails], "") + "\n…"
	}
	return text, strings.TrimSpace(rest)
}

// caller returns the place in the person's own code that called into this package: the first frame outside it.
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

// sourceLine returns a line of a cell's source, which the kernel keeps beside the program that it runs, or an empty
// string where it is not there.
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
