package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"stylenet/kernelext/internal/program"
)

type withStack struct{}

func (withStack) Error() string                 { return "graph: shapes differ" }
func (withStack) Format(s fmt.State, verb rune) { fmt.Fprint(s, "graph: shapes differ\nat dot.go:7") }

// An error with a stack, and a very long one, have a short headline; what else is known is folded away.
func TestNew(t *testing.T) {
	long := errors.New("<b> " + strings.Repeat("長", 300))
	if c := New(long); len(c.What) > longestHeadline+len("…") || !strings.HasSuffix(c.What, "長…") || c.Details != long.Error() {
		t.Errorf("headline of %d bytes, details of %d", len(c.What), len(c.Details))
	}
	if c := New(errors.Join(errors.New("one; two"), errors.New("three"))); c.What != "one" || c.Advice != "two" || c.Details != "three" {
		t.Errorf("%+v", c)
	}
	c := New(withStack{})
	c.Where = []Place{{Code: `x := "<y>"`}, {Says: "called from", Cell: 3, Line: 4, Code: "f()"}, {Cell: 5}}
	html := c.HTML()
	for _, want := range []string{"<b>graph: shapes differ</b>", ">in <code>x := &#34;&lt;y&gt;&#34;</code>", "<details", "at dot.go:7",
		">called from cell [3], line 4: <code>f()</code>", ">cell [5]</div>"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
	if got, want := c.Text(), "graph: shapes differ\n  in x := \"<y>\"\n  called from cell [3], line 4: f()\n  in cell [5]"; got != want {
		t.Errorf("text\n%s\nwant\n%s", got, want)
	}
	if html := New(errors.New("x")).HTML(); strings.Contains(html, "<details") || strings.Contains(html, "<code") {
		t.Errorf("nothing to fold away in %s", html)
	}
}

func TestOf(t *testing.T) {
	c := &Card{Kind: "panic", What: "x", Where: []Place{{Cell: 2, Line: 3}}}
	if got := Of(fmt.Errorf("wrapped: %w", c), 9); got != c || got.Error() != "cell [2], line 3: x" || got.Strip() != "panic in cell [2], line 3" {
		t.Errorf("%+v, want the wrapped card", got)
	}
	got := Of(errors.New("executing special commands in cell: no such\nthing"), 9)
	if got.Error() != "cell [9]: no such" || got.Details != "thing" {
		t.Errorf("%+v", got)
	}
}

var cells = Cells{4: {"func f() {"}, 5: {"", "f()", `t.Log("text")`}}

func TestWrong(t *testing.T) {
	c := Wrong([]Place{{Says: "declared and not used: x", Cell: 4, Line: 1, Code: "func f() {"}, {Says: "undefined: y", Cell: 5, Line: 2, Code: "f()"}})
	want := []Place{{Cell: 5, Line: 2, Code: "f()"}, {Says: "declared and not used: x:", Cell: 4, Line: 1, Code: "func f() {"}}
	if c.What != "undefined: y" || !reflect.DeepEqual(c.Where, want) || c.Details != "" || !strings.HasPrefix(c.Advice, "Nothing of the name y") {
		t.Errorf("%+v", c)
	}
}

// TestComplete: the card of a panic gets the places in its stack, also where the path has a space, and of a recursion a few.
func TestComplete(t *testing.T) {
	c := cells.Complete(&Card{Kind: "panic", What: "panic: runtime error: index out of range [3] with length 3", Stack: "main.f()\n\t/tmp/a b/In[4]:1\nmain.g()\n\t/tmp/In[5]:2\nother\n\t/go/x.go:4\n\t/tmp/In[9]:2\n"}, 5)
	if got, want := c.Text(), c.What+"\n  in cell [4], line 1: func f() {\n  called from cell [5], line 2: f()\n  Compare the index with len(…); the first element has index 0."; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if want := "main.f()\n\tcell [4], line 1\nmain.g()"; !strings.HasPrefix(c.Details, want) || c.Stack != "" {
		t.Errorf("details %q, want %q first", c.Details, want)
	}
	if c := cells.Complete(&Card{Kind: "error", What: "x"}, 7); c.Error() != "cell [7]: x" {
		t.Errorf("without a stack: %v", c)
	}
}

// exited is the error of a program that ended with status 2.
func exited(t *testing.T) error {
	err := exec.Command("sh", "-c", "exit 2").Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return err
}

// The Go runtime writes its last words bit by bit; what the program wrote before goes on its way.
func TestCrash(t *testing.T) {
	var through bytes.Buffer
	c := &Crash{To: &through}
	for _, bit := range []string{"log: panic: no\n", "half", "panic: no\nline\n", "panic: ", "out of paint [recovered, repanicked]", "\n\n",
		"goroutine 7 [running]:\nmain.f(0x1, 0x2)\n\t/tmp/a b/In[4]:1 +0x1d\nmain.main()\n\t/tmp/a b/In[5]:2 +0x2\n\n",
		"goroutine 1 [select]:\nmain.main()\n\t/tmp/In[5]:2 +0x2\n"} {
		if n, err := c.Write([]byte(bit)); n != len(bit) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got, want := through.String(), "log: panic: no\nhalfpanic: no\nline\n"; got != want {
		t.Errorf("handed on %q, want %q", got, want)
	}
	t.Setenv(program.ErrorVar, filepath.Join(t.TempDir(), "none"))
	end := End{Err: exited(t), Crash: c, Cells: cells}
	card := end.Card()
	want := []Place{{Cell: 4, Line: 1, Code: "func f() {"}, {Says: "called from", Cell: 5, Line: 2, Code: "f()"}}
	if card.Kind != "panic" || card.What != "panic: out of paint" || !reflect.DeepEqual(card.Where, want) {
		t.Errorf("%+v", card)
	}
	if want := "goroutine 7 [running]:\nmain.f(…)\n\tcell [4], line 1\nmain.main()\n\tcell [5], line 2\n"; !strings.Contains(card.Details, want) {
		t.Errorf("details\n%s\nwant in them\n%s", card.Details, want)
	}
	end.Interrupted = true
	if card := end.Card(); card.Kind != "interrupted" || card.What != "stopped" || !strings.HasPrefix(card.Details, "panic: out of paint\n") {
		t.Errorf("stopped: %+v", card)
	}
	end.Err = nil
	if card := end.Card(); card != nil || !strings.Contains(through.String(), "\npanic: out of paint") {
		t.Errorf("a program that ended well has the card %+v and wrote %q", card, through.String())
	}
}

func TestTell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "_error")
	told := &Card{Kind: "error", What: "w", Advice: "a", Details: "main.f\n\t/tmp/In[4]:1",
		Stack: "main.main()\n\t/tmp/In[5]:2 +0x2\nmain.f()\n\t/tmp/In[4]:1"}
	if err := Tell(file, told); err != nil {
		t.Fatal(err)
	}
	t.Setenv(program.ErrorVar, file)
	end := End{Err: exited(t), Crash: &Crash{To: &bytes.Buffer{}}, Cells: cells}
	got := end.Card()
	if got.Text() != "w\n  in cell [4], line 1: func f() {\n  called from cell [5], line 2: f()\n  a" || got.Details != "main.f\n\tcell [4], line 1" {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the file is still there: the next cell's error would be taken for this one")
	}
	end.Interrupted = true
	for what, kind := range map[string]string{"disk full": "error", "weights: context canceled": "interrupted"} {
		if err := Tell(file, &Card{Kind: "error", What: what}); err != nil {
			t.Fatal(err)
		}
		if got := end.Card(); got.Kind != kind {
			t.Errorf("after Stop, %q gives %+v, want kind %s", what, got, kind)
		}
	}
	end.Interrupted = false
	if got := end.Card(); got.Kind != "exit" || got.What != "the program ended with exit status 2" {
		t.Errorf("the second time %+v", got)
	}
}

// TestTests: the output of tests has the cells' lines, and the card says what failed.
func TestTests(t *testing.T) {
	var said bytes.Buffer
	tests := &Tests{To: &said, Cells: cells}
	for _, bit := range []string{"=== RUN   TestGood\n    In[4]:1: all is well\n--- PASS: TestGood (0.00s)\n=== RUN   TestBad\n    In[",
		"5]:3: text\n    In[5]:2: got 3\n    other_test.go:5: from no cell\n    In[4]:1: got 4\n=== RUN   TestBad/sub\n=== NAME  TestBad\n    In[5]:2: then\n",
		"--- FAIL: TestBad (0.00s)\n    --- FAIL: TestBad/sub (0.00s)\nFAIL"} {
		if n, err := tests.Write([]byte(bit)); n != len(bit) || err != nil {
			t.Fatal(n, err)
		}
	}
	end := End{Err: exited(t), Crash: &Crash{To: &bytes.Buffer{}}, Tests: tests, Cells: cells}
	got := end.Card()
	if want := "TestBad failed: got 3\n  in cell [5], line 2: f()\n  got 4: cell [4], line 1: func f() {\n  then: cell [5], line 2: f()"; got.Text() != want || got.Kind != "test" {
		t.Errorf("the card says\n%s\nwant\n%s", got.Text(), want)
	}
	if text := said.String(); !strings.Contains(text, "    cell [5], line 3: text\n    cell [5], line 2: got 3\n    other_test.go:5: from no cell\n") || !strings.HasSuffix(text, "\nFAIL") {
		t.Errorf("shown is\n%s", text)
	}
}

func TestStream(t *testing.T) {
	var parts []string
	s := &Stream{To: func(text string) { parts = append(parts, text) }}
	for _, bit := range []string{"a\xe5", "\xa4\x9c\xe7", "\xa9", "\xba\xff", "b"} {
		s.Write([]byte(bit))
	}
	if got := fmt.Sprintf("%q", parts); got != `["a" "夜" "空\xff" "b"]` {
		t.Errorf("%s, want no letter in two parts", got)
	}
	parts = nil
	for range 50 {
		if n, err := s.Write(bytes.Repeat([]byte("x"), 1_000_000)); n != 1_000_000 || err != nil {
			t.Fatal(n, err)
		}
	}
	all := strings.Join(parts, "")
	if n := strings.Count(all, "x"); n != longestStream-9 || strings.Count(all, "[the rest of the output is not shown") != 1 || len(parts) != 2 {
		t.Errorf("%d of 50 million letters are shown, in %d parts, that end in %q", n, len(parts), all[len(all)-100:])
	}
}

func TestFit(t *testing.T) {
	if got := Fit(strings.Repeat("x", 50_000_000)); got != "[a display of 50 MB is not shown: the most is 10 MB; write that much to a file]" {
		t.Errorf("%.100v", got)
	}
	picture := make([]byte, 20_000_000)
	if got := Fit(picture); !reflect.DeepEqual(got, picture) || Fit("x") != "x" {
		t.Error("what fits is not left as it is")
	}
}
