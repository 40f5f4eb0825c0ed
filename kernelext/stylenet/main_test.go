package main

import (
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFlagsStandAnywhere(t *testing.T) {
	for _, line := range []string{
		"n.ipynb -p steps=3 -o x.ipynb -timeout 5m -p size=64",
		"-p steps=3 -p size=64 n.ipynb -o x.ipynb --timeout=5m",
		"-timeout 300s -o=x.ipynb -p steps=3 -p size=64 -- n.ipynb",
	} {
		flags := flag.NewFlagSet("run", flag.ContinueOnError)
		params := params{}
		flags.Var(params, "p", "")
		output := flags.String("o", "", "")
		timeout := flags.Duration("timeout", 0, "")
		others, err := parse(flags, strings.Fields(line), "NOTEBOOK")
		if err != nil || !slices.Equal(others, []string{"n.ipynb"}) {
			t.Errorf("%s: %q, %v, want the notebook", line, others, err)
		}
		if *output != "x.ipynb" || *timeout != 5*time.Minute || params["steps"] != "3" || params["size"] != "64" {
			t.Errorf("%s: read -o %s -timeout %v -p %v", line, *output, *timeout, map[string]string(params))
		}
	}
}

func TestWrongCalls(t *testing.T) {
	for _, line := range []string{"", "a b", "a -nosuch", "a -timeout soon", "a -p steps", "a -p =3", "a -o"} {
		flags := flag.NewFlagSet("run", flag.ContinueOnError)
		flags.Var(params{}, "p", "")
		flags.String("o", "", "")
		flags.Duration("timeout", 0, "")
		_, err := parse(flags, strings.Fields(line), "NOTEBOOK")
		var usage usageError
		if !errors.As(err, &usage) || exitCode(err) != 2 {
			t.Errorf("run %s: error %v, want a usage error, with which we exit with 2", line, err)
		}
	}
	for _, c := range []struct {
		err  error
		want int
	}{{nil, 0}, {flag.ErrHelp, 0}, {errReported, 1}, {errors.New("x"), 1}, {usageError{errors.New("x")}, 2}} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("exit code %d for %v, want %d", got, c.err, c.want)
		}
	}
	for _, call := range []string{"nosuch", "run ../../notebooks/1_first_picture.ipynb -timeout -5m", "run no.ipynb"} {
		if got := dispatch(strings.Fields(call)); got != 2 {
			t.Errorf("%s: exit code %d, want 2", call, got)
		}
	}
}

func TestModuleRoot(t *testing.T) {
	want, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := moduleRoot(); err != nil || got != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	other := t.TempDir()
	os.WriteFile(filepath.Join(other, "go.mod"), []byte("module other\n"), 0o600)
	t.Chdir(other)
	if got, err := moduleRoot(); err == nil || !strings.Contains(err.Error(), "not inside a clone of StyleNet") {
		t.Errorf("%s, %v in another module, want an error that says so", got, err)
	}
	if err := runCommand(t.Context(), []string{"x.ipynb"}); err == nil || !strings.Contains(err.Error(), "cd into the clone") {
		t.Errorf("run there: %v, want what to do, not that there is no such notebook", err)
	}
}

func TestFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	if got, err := freePort(port); err != nil || got <= port {
		t.Errorf("port %d, %v, want one above %d, which is taken", got, err, port)
	}
}

func TestCopyNotebooks(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"a.ipynb", "pictures/b.jpg", "out/a/c.png"} {
		os.MkdirAll(filepath.Dir(filepath.Join(from, name)), 0o755)
		if err := os.WriteFile(filepath.Join(from, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyNotebooks(to, from); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.ipynb", "pictures/b.jpg"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); string(got) != name {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(to, "out")); err == nil {
		t.Error("the copy has the pictures of earlier runs: a notebook must not need them")
	}
	if _, err := os.Stat(filepath.Join(from, "out", "a", "c.png")); err != nil {
		t.Error(err)
	}
}

// These are events as go test -json writes them: a package with a passed, a skipped and a failed test, one that
// does not build, one that panics before any test, one without tests, and a word of the go command itself.
const events = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestGood","Output":"quiet words\n"}
{"Action":"pass","Package":"m/a","Test":"TestGood","Elapsed":0.1}
{"Action":"skip","Package":"m/a","Test":"TestSkip"}
{"Action":"output","Package":"m/a","Test":"TestBad/sub","Output":"loud words\n"}
{"Action":"fail","Package":"m/a","Test":"TestBad/sub"}
{"Action":"fail","Package":"m/a","Test":"TestBad"}
{"Action":"output","Package":"m/a","Output":"FAIL\tm/a\n"}
{"Action":"fail","Package":"m/a","Elapsed":1.5}
{"ImportPath":"m/b [m/b.test]","Action":"build-output","Output":"b.go:1: broken\n"}
{"ImportPath":"m/b [m/b.test]","Action":"build-fail"}
{"Action":"start","Package":"m/b"}
{"Action":"fail","Package":"m/b","FailedBuild":"m/b [m/b.test]"}
go: a word
{"Action":"output","Package":"m/c","Output":"panic: early\n"}
{"Action":"fail","Package":"m/c"}
{"Action":"skip","Package":"m/d"}
{"Action":"pass","Package":"m/e","Elapsed":2}
`

func TestGoTestEvents(t *testing.T) {
	tests := &tester{}
	out := captured(t, func() {
		if err := tests.readEvents(strings.NewReader(events)); err != nil {
			t.Error(err)
		}
	})
	if tests.passed != 1 || tests.skipped != 1 || tests.failed != 4 {
		t.Errorf("%d passed, %d failed, %d skipped, want 1, 4 (two tests and two packages), 1", tests.passed, tests.failed, tests.skipped)
	}
	for _, want := range []string{"loud words", "b.go:1: broken", "panic: early", "go: a word", "ok    m/e (2.0 s)", "FAIL  m/a (1.5 s)"} {
		if !strings.Contains(out, want) {
			t.Errorf("shown is\n%swant in it %q", out, want)
		}
	}
	if strings.Contains(out, "quiet words") || strings.Contains(out, "m/d") {
		t.Errorf("shown is\n%swant nothing of a passed test nor of a package without tests", out)
	}
}

// captured returns what f prints.
func captured(t *testing.T, f func()) string {
	t.Helper()
	old := os.Stdout
	defer func() { os.Stdout = old }()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = write
	done := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(read)
		done <- all
	}()
	f()
	write.Close()
	return string(<-done)
}
