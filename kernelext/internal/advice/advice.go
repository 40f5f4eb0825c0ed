// Package advice says what to do about errors in cells. What is peculiar to our own packages stands here, so that package
// report knows nothing of them. Set-up also builds the package into the kernel.
package advice

import "regexp"

// hint is advice for the errors that match about.
type hint struct {
	about  *regexp.Regexp
	advice string // $1 stands for what the first group matched
}

// Compiler returns advice about a compile error, or nothing.
func Compiler(text string) string { return first(compiler, text) }

// Crash returns advice about a program that crashed or was ended by a signal, or nothing.
func Crash(text string) string { return first(crash, text) }

// first returns the advice of the first hint that is about the text, or nothing.
func first(hints []hint, text string) string {
	for _, h := range hints {
		if match := h.about.FindStringSubmatchIndex(text); match != nil {
			return string(h.about.ExpandString(nil, h.advice, text, match))
		}
	}
	return ""
}

// Stopped is for a program that was interrupted.
const Stopped = "Stop was pressed. Work that is given kernelext.Context() ends by itself instead, with its result so far."

// Input is for a program that read from standard input.
const Input = "kernelext.Ask shows controls and waits for what is set there; kernelext.Param gives a value that can be set from outside."

// compiler is for the compile errors that newcomers to Go notebooks meet first.
var compiler = []hint{
	{regexp.MustCompile(`^undefined: (\w+)$`), "Nothing of the name $1 is known here: run the cell that makes it first. " +
		"A package outside the standard library and this module has to be imported."},
	{regexp.MustCompile(`^undefined: (\w+)\.(\w+)$`), `Package $1 has nothing of the name $2. The Tab key after "$1." lists what it has.`},
	{regexp.MustCompile(`^declared and not used: (\w+)$`), "Use it, take it out, or write _ = $1."},
	{regexp.MustCompile(`imported and not used`), "Take the import out, or use it."},
	{regexp.MustCompile(`no required module provides package|is not in std|cannot find module|does not contain package|no matching versions`),
		"Check the path of the import, letter by letter. The first use of a module downloads it, which needs the network."},
	{regexp.MustCompile(`^missing return`), "Every way through the function has to end with a return."},
	{regexp.MustCompile(`redeclared in this block`), "Two things have one name. %rm NAME in a cell of its own forgets what an earlier cell defined."},
}

// crash is for programs that crash.
var crash = []hint{
	{regexp.MustCompile(`nil pointer dereference`), "Something used in this line is nil, such as a result whose error nobody checked: " +
		"kernelext.Must and kernelext.Check stop a cell where the error arises."},
	{regexp.MustCompile(`nil map`), "Make the map first: m := map[string]int{}."},
	{regexp.MustCompile(`(?:index|slice bounds) out of range`), "Compare the index with len(…); the first element has index 0."},
	{regexp.MustCompile(`all goroutines are asleep`), "Everything waits for something that never comes, such as a value from a channel."},
	{regexp.MustCompile(`(?:terminated|killed|out of memory|cannot allocate)`), "Most often memory has run out: a smaller picture needs less. A second press on Stop ends a program like this, too."},
	{regexp.MustCompile(`(?i)plugin|\bno (?:\w+ )?backend`), "`go run ./kernelext/stylenet setup` installs what computes; stylelib.OpenBackend opens it."},
	{regexp.MustCompile(`(?i)\b(?:shapes?|rank|axis|axes|dimensions?)\b`), "The shapes do not fit each other: fmt.Println(x.Shape()) prints one while the graph is built."},
}
