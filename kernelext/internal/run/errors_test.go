package run

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"stylenet/kernelext/internal/setup"
)

// The first cells of two notebooks, which define what later ones call. With graphs a cell takes longer to link.
const (
	helpers = `import "stylenet/kernelext"

// deref reads through a pointer.
//
// Its comment has more than one line.
func deref(p *int) int {
	return *p
}`

	graphHelpers = `import (
	"github.com/gomlx/gomlx/core/graph"
	"stylenet/kernelext"
	"stylenet/stylelib"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

func add(a, b *graph.Node) *graph.Node {
	return graph.Add(a, b)
}

func network() *vgg.Extractor {
	return vgg.New(kernelext.Must(weights.Open(kernelext.Context(), "random")))
}`
)

// failure is a cell that fails. In what is wanted, [2] stands for the cell's own number.
type failure struct {
	name, source string
	text         string // what the card says as plain text, up to …
	details      string // some of what is folded away; empty: nothing is
	stderr       string // what remains of the error stream
}

// failures run behind helpers, graphFailures behind graphHelpers.
var failures = []failure{
	{"panic", "%%\nx := 1\n_ = x\npanic(\"out of paint\")",
		"panic: out of paint\n  in cell [2], line 4: panic(\"out of paint\")", "cell.Run_2\n\tcell [2], line 4", ""},
	{"Check", "%%\nkernelext.Check(errors.New(\"no cat; there are dogs\"))",
		"no cat\n  in cell [2], line 2: kernelext.Check(errors.New(\"no cat; there are dogs\"))\n  there are dogs", "", ""},
	{"nil pointer in an earlier cell's function", "%%\nvar p *int\n\nfmt.Println(deref(p))",
		"panic: runtime error: invalid memory address or nil pointer dereference\n" +
			"  in cell [1], line 7: return *p\n  called from cell [2], line 4: fmt.Println(deref(p))\n  Something used in this line is nil…",
		"cell.deref\n\tcell [1], line 7\ncell.Run_4\n\tcell [2], line 4", ""},
	{"exit", "%%\nfmt.Fprintln(os.Stderr, \"why\")\nos.Exit(3)",
		"the cell ended with exit status 3\n  in cell [2], line 3: os.Exit(3)\n  os.Exit or log.Fatal ended it…", "", "why\n"},
	{"value of an earlier cell", "%%\nx := content",
		"undefined: content\n  in cell [2], line 2: x := content\n  Nothing of the name content is known here: run the cell…", "", ""},
	{"unfinished", "%%\nfmt.Println(",
		"the cell is not finished: this '(' is not closed\n  in cell [2], line 2: fmt.Println(", "", ""},
	{"six errors", "%%\na1()\na2()\na3()\na4()\na5()\na6()",
		"undefined: a1\n  in cell [2], line 2: a1()\n  undefined: a2: cell [2], line 3: a2()\n  undefined: a3: cell [2], line 4: a3()\n" +
			"  undefined: a4: cell [2], line 5: a4()\n  undefined: a5: cell [2], line 6: a5()\n  and 1 more…", "cell [2], line 7: undefined: a6", ""},
	{"no such package", "import \"stylenet/nothing\"\n%%\nnothing.Do()",
		"module stylenet@latest found …", "", ""},
	{"killed", "%%\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\nselect {}",
		"the program was ended by a signal: killed\n  in cell [2]\n  Most often memory has run out…", "", ""},
	{"goroutine", "%%\ngo func() { panic(\"elsewhere\") }()\ntime.Sleep(time.Minute)",
		"panic: elsewhere\n  in cell [2], line 2: go func() { panic(\"elsewhere\") }()", "func1\n\tcell [2], line 2", ""},
	{"no such command", "%nonsense", "there is no command %nonsense\n  in cell [2]\n  %help lists those that there are", "", ""},
	{"shell", "!false", "bash failed: exit status 1\n  in cell [2]", "", ""},
	{"nothing kept", "%%\nfmt.Println(kernelext.Recall[int](\"cat\"))",
		"nothing is kept under \"cat\": run the cell that keeps it first\n  in cell [2], line 2: fmt.Println(kernelext.Recall[int](\"cat\"))\n  kept so far: nothing", "", ""},
	{"standard input", "%%\nvar n int\nfor n < 1 {\n\tfmt.Scan(&n)\n}",
		"the cell read from standard input, and nobody types there\n  in cell [2], line 4: fmt.Scan(&n)\n  kernelext.Ask …", "", ""},
	{"standard input of a shell", "!read x", "bash failed: exit status 1\n  in cell [2]", "", ""},
	{"embed", "import _ \"embed\"\n//go:embed a.txt\nvar data string", "//go:embed does not work in a cell\n  in cell [2], line 2: //go:embed a.txt\n  os.ReadFile…", "", ""},
	{"raw string that does not end", "%%\nx := `a\n!false", "raw string literal not terminated\n  in cell [2], line 2: x := `a", "", ""},
}

var graphFailures = []failure{
	{"shapes, as a panic", "%%\nb := kernelext.Must(stylelib.OpenBackend())\ngraph.MustExecOnce(b, add, []float32{1, 2}, []float32{1, 2, 3})",
		"panicked: dimension of axis #0 doesn't match and cannot be broadcast for BinaryOp (Add), got shapes (Float32)[2] and (Float32)[3]\n" +
			"  in cell [1], line 10: return graph.Add(a, b)\n  called from cell [2], line 3: graph.MustExecOnce(b, add, []float32{1, 2}, []float32{1, 2, 3})\n  The shapes do not fit each other…",
		"graph.MustExecOnce[...]\n", ""},
	{"shapes, as an error", "%%\nb := kernelext.Must(stylelib.OpenBackend())\n_, err := graph.ExecOnce(b, add, []float32{1, 2}, []float32{1, 2, 3})\nkernelext.Check(err)",
		"failed during graph construction/compilation: …", "cell.add\n\tcell [1], line 10", ""},
	{"unknown layer", "%%\nvar photo image.Image = image.NewRGBA(image.Rect(0, 0, 64, 64))\nb := kernelext.Must(stylelib.OpenBackend())\n" +
		"_, err := stylelib.Transfer(kernelext.Context(), b, network(), photo, []image.Image{photo}, stylelib.Options{Terms: []stylelib.Term{stylelib.ContentTerm(1, \"relu9_1\")}})\nkernelext.Check(err)",
		"stylelib: term \"content\": no layer \"relu9_1\"\n  in cell [2], line 5: kernelext.Check(err)\n  this network's layers are picture conv1_1 relu1_1…", "", ""},
}

// TestEveryErrorIsOneCard: what Jupyter shows of a failing cell is one card and the short line by which it marks an
// error, and the reply says that it failed.
func TestEveryErrorIsOneCard(t *testing.T) {
	t.Parallel()
	testFailures(t, helpers, failures)
}

func TestEveryErrorWithGraphsIsOneCard(t *testing.T) {
	t.Parallel()
	testFailures(t, graphHelpers, graphFailures)
}

func testFailures(t *testing.T, first string, failures []failure) {
	k := testKernel(t, realKernel(t))
	if answer, said := runCell(t, k, first); answer.Status != "ok" {
		t.Fatal(said)
	}
	for i, f := range failures {
		t.Run(f.name, func(t *testing.T) {
			answer, said := runCell(t, k, f.source)
			if answer.Status != "error" {
				t.Errorf("status %s, want error", answer.Status)
			}
			own := strings.NewReplacer("[2], line", fmt.Sprintf("[%d], line", i+2), "in cell [2]", fmt.Sprintf("in cell [%d]", i+2))
			checkCard(t, said, own.Replace(f.text), own.Replace(f.details), f.stderr)
		})
	}
}

// testKernel starts a kernel that stops when the test is over.
func testKernel(t *testing.T, spec setup.Kernelspec) *kernel {
	t.Helper()
	k, err := startKernel(t.Context(), spec, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.stop)
	return k
}

// runCell runs a cell to its end, within a minute, and returns what it put out.
func runCell(t *testing.T, k *kernel, source string) (reply, []output) {
	t.Helper()
	var said outputs
	answer, err := k.execute(t.Context(), source, time.Minute, func(m message) error { return said.add(m.Header.Type, m.Content) })
	if err != nil {
		t.Fatal(err)
	}
	return answer, said.cell
}

// checkCard checks the outputs of a cell that failed.
func checkCard(t *testing.T, said []output, text, details, stderr string) {
	t.Helper()
	written := ""
	for len(said) > 0 && said[0]["name"] == "stderr" {
		written += said[0]["text"].(string)
		said = said[1:]
	}
	if written != stderr {
		t.Errorf("its error stream is %q, want %q", written, stderr)
	}
	if len(said) != 2 || said[0]["output_type"] != "display_data" || said[1]["output_type"] != "error" {
		t.Fatalf("its outputs are %v, want a card and an error", said)
	}
	data := said[0]["data"].(map[string]any)
	got, html := data["text/plain"].(string), data["text/html"].(string)
	if begin, ok := strings.CutSuffix(text, "…"); !strings.HasPrefix(got, begin) || !ok && got != text {
		t.Errorf("the card says\n%s\nwant\n%s", got, text)
	}
	if _, folded, ok := strings.Cut(html, "<details"); ok != (details != "") || !strings.Contains(folded, details) {
		t.Errorf("folded away is\n%s\nwant in it\n%s", folded, details)
	}
	if visible, _, _ := strings.Cut(html, "<details"); strings.Contains(visible, "goroutine") {
		t.Errorf("a stack that is not folded away: %s", visible)
	}
	if strip := said[1]["traceback"].([]string); len(strip) != 1 || len(strip[0]) > 60 || !strings.Contains(strip[0], " in cell [") {
		t.Errorf("the line below the card is %q", strip)
	}
}

// TestStopIsOneCard: a cell that Stop ends against its will fails, with the same card.
func TestStopIsOneCard(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	var said outputs
	answer, err := k.execute(t.Context(), "%%\nfmt.Println(\"ready\")\ntime.Sleep(time.Minute)", 0, func(m message) error {
		if m.Header.Type == "stream" {
			k.send(k.control, "interrupt_request", struct{}{})
			return nil
		}
		return said.add(m.Header.Type, m.Content)
	})
	if err != nil || answer.Status != "error" {
		t.Errorf("%+v, %v, want an error", answer, err)
	}
	checkCard(t, said.cell, "stopped\n  in cell [1]\n  It did not hear…", "", "")
}

// TestMissingPlugin: the card says what to install.
func TestMissingPlugin(t *testing.T) {
	t.Parallel()
	spec := realKernel(t)
	spec.Env["PJRT_PLUGIN_LIBRARY_PATH"], spec.Env["STYLENET_HOME"] = t.TempDir(), t.TempDir()
	_, said := runCell(t, testKernel(t, spec), "%%\nkernelext.Must(stylelib.OpenBackend())")
	checkCard(t, said, "stylelib: no backend \"xla:cpu\": …", "", "")
	if text := said[0]["data"].(map[string]any)["text/plain"].(string); !strings.Contains(text, "`go run ./kernelext/stylenet setup` installs") {
		t.Errorf("the card does not say what to do:\n%s", text)
	}
}
