package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stylenet/kernelext/internal/setup"
)

// realKernel returns the kernelspec of the set-up in STYLENET_HOME, which `stylenet test` makes and names.
func realKernel(t testing.TB) setup.Kernelspec {
	t.Helper()
	home := os.Getenv("STYLENET_HOME")
	if testing.Short() || home == "" {
		t.Skip("needs the real kernel: run by `stylenet test`, which sets it up and names its folder in STYLENET_HOME")
	}
	if _, err := os.Stat(filepath.Join(home, "bin", "gonb")); err != nil {
		t.Skip("no kernel in STYLENET_HOME:", err)
	}
	s := &setup.Setup{Home: home, Module: moduleFolder(t)}
	kernel, err := s.Kernelspec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return kernel
}

// moduleFolder returns the folder of the module that cells import.
func moduleFolder(t testing.TB) string {
	module, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return module
}

// writeNotebook writes a notebook of code cells into a folder with a space and Japanese letters in its name.
func writeNotebook(t *testing.T, cells ...string) string {
	t.Helper()
	var list []any
	for i, source := range cells {
		list = append(list, map[string]any{"cell_type": "code", "id": fmt.Sprint("c", i), "metadata": map[string]any{},
			"source": source, "execution_count": 99,
			"outputs": []any{map[string]any{"output_type": "stream", "name": "stdout", "text": "of an earlier run"}}})
	}
	data, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "metadata": map[string]any{}, "cells": list})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "my 絵")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "note book.ipynb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// texts returns for each code cell of a notebook file what it wrote to its streams, and its execution count.
func texts(t *testing.T, path string) (written []string, counts []string) {
	t.Helper()
	notebook, err := ReadNotebook(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range notebook.code {
		all := ""
		for _, o := range cell.fields["outputs"].([]any) {
			all += text(o.(map[string]any)["text"])
		}
		written = append(written, all)
		counts = append(counts, fmt.Sprint(cell.fields["execution_count"]))
	}
	return written, counts
}

// leftBehind fails the test if a folder or process of our kernels is still there.
func leftBehind(t *testing.T) {
	t.Helper()
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), fmt.Sprintf("%s%d-*", setup.RunFolder, os.Getpid())))
	if len(folders) > 0 {
		t.Errorf("left behind: %q", folders)
	}
	environs, _ := filepath.Glob("/proc/[0-9]*/environ") // none but on Linux
	for _, path := range environs {
		environ, _ := os.ReadFile(path)
		if strings.Contains(string(environ), fmt.Sprintf("/%s%d-", setup.RunFolder, os.Getpid())) {
			t.Errorf("left behind: the process of %s", path)
		}
	}
}

func TestRun(t *testing.T) {
	kernel := realKernel(t)
	path := writeNotebook(t,
		"// Double it\nfunc double(x int) int { return 2 * x }",
		"%%\nfmt.Println(double(21), os.Getenv(\"STYLENET_PARAMS\"))\ndir, _ := os.Getwd()\nfmt.Println(filepath.Base(dir))",
		"",
		`import (
	"github.com/janpfeifer/gonb/gonbui"
	"image"
	"image/color"
)
%%
p := image.NewRGBA(image.Rect(0, 0, 3, 2))
p.Set(2, 1, color.RGBA{1, 2, 3, 255})
gonbui.DisplayImage(p)
gonbui.Sync()
kernelextParam := func(string, int) {}
_ = kernelextParam // Param("steps", 1)`)
	var log bytes.Buffer
	result, err := Run(t.Context(), Options{Notebook: path, Params: map[string]string{"steps": "3"}, Kernel: kernel, Log: &log})
	if err != nil {
		t.Fatal(err)
	}
	written, counts := texts(t, path)
	if want := "42 {\"steps\":\"3\"}\nmy 絵\n"; written[1] != want {
		t.Errorf("the second cell wrote %q, want %q", written[1], want)
	}
	if got := strings.Join(counts, " "); got != "1 2 <nil> 3" {
		t.Errorf("execution counts %s, want 1 2 <nil> 3: the empty cell is not run", got)
	}
	file, err := os.Open(filepath.Join(filepath.Dir(path), "out", "note book", "cell4-1.png"))
	if err != nil || result.Pictures != 1 || filepath.Dir(file.Name()) != result.Folder {
		t.Fatalf("%+v, %v, want one picture of cell 4", result, err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := picture.At(2, 1).RGBA(); r>>8 != 1 || g>>8 != 2 || b>>8 != 3 {
		t.Errorf("the pixel that the cell set is %d %d %d, want 1 2 3", r>>8, g>>8, b>>8)
	}
	if got := log.String(); !strings.HasPrefix(got, "cell 1/4  Double it ....") || strings.Count(got, " s\n") != 3 {
		t.Errorf("the log is\n%swant a line with seconds for each of three cells", got)
	}
	leftBehind(t)
}

func TestRunStopsAtAFailingCell(t *testing.T) {
	kernel := realKernel(t)
	for _, c := range []struct {
		name, source string
		want         []string // in the error
	}{
		{"panic", "var p *int\n%%\nfmt.Println(\"before\")\n*p = 1", []string{">   4 | *p = 1", "nil pointer dereference", "cell [2], line 4"}},
		{"exit", "%%\nfmt.Fprintln(os.Stderr, \"why\")\nos.Exit(3)", []string{"why", "exit status 3"}},
		{"compiler", "%%\nx := undefined(1)\n_ = x", []string{">   2 | x := undefined(1)", "cell [2], line 2", "undefined: undefined"}},
		{"syntax", "%%\nfmt.Println(", []string{"| fmt.Println("}},
		{"no module", "import \"stylenet/nothing\"\n%%\nnothing.Do()", []string{"stylenet/nothing"}},
		{"shell", "!false", []string{"exit status 1"}},
		{"died", "%%\nsyscall.Kill(os.Getppid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)", []string{"the kernel died", "killed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeNotebook(t, "%%\nfmt.Println(\"first\")", c.source, "%%\nfmt.Println(\"never\")")
			output := filepath.Join(t.TempDir(), "executed.ipynb")
			_, err := Run(t.Context(), Options{Notebook: path, Output: output, Kernel: kernel, Log: &bytes.Buffer{}})
			var failed *cellError
			if !errors.As(err, &failed) || failed.Number != 2 {
				t.Fatalf("error %v, want one of cell 2", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error is\n%v\nwant in it %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\x1b") || strings.Contains(err.Error(), "</") {
				t.Errorf("the error has a terminal's codes or HTML in it: %q", err)
			}
			written, counts := texts(t, output)
			if written[0] != "first\n" || written[2] != "" || counts[2] != "<nil>" {
				t.Errorf("the cells wrote %q with counts %q, want the third one cleared", written, counts)
			}
			leftBehind(t)
		})
	}
}

func TestTimeout(t *testing.T) {
	kernel := realKernel(t)
	path := writeNotebook(t, "%%\nfmt.Println(\"before\")\ntime.Sleep(time.Minute)")
	start := time.Now()
	_, err := Run(t.Context(), Options{Notebook: path, Timeout: time.Second, Kernel: kernel, Log: &bytes.Buffer{}})
	if err == nil || !strings.Contains(err.Error(), "interrupted after the timeout of 1s") || !errors.Is(err, errTimeout) {
		t.Errorf("error %v, want one that names the timeout", err)
	}
	if written, _ := texts(t, path); !strings.HasPrefix(written[0], "before\n") {
		t.Errorf("stored %q, want what it wrote before", written[0])
	}
	stored, _ := os.ReadFile(path)
	for text, want := range map[string]int{"stopped after the timeout of 1s": 3, "timeout in cell [1]": 1, "Stop was pressed": 0} {
		if got := strings.Count(string(stored), text); got != want {
			t.Errorf("%q stands in the stored notebook %d times, want %d:\n%s", text, got, want, stored)
		}
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %v: the cell was not interrupted", took)
	}
	leftBehind(t)
}

func TestCellThatIgnoresAnInterruptIsKilled(t *testing.T) {
	kernel := realKernel(t)
	defer func(old time.Duration) { killAfter = old }(killAfter)
	killAfter = time.Second
	path := writeNotebook(t, "%%\nsignal.Ignore(os.Interrupt)\nfmt.Println(\"deaf\")\ntime.Sleep(time.Minute)")
	_, err := Run(t.Context(), Options{Notebook: path, Timeout: time.Second, Kernel: kernel, Log: &bytes.Buffer{}})
	if err == nil || !strings.Contains(err.Error(), "timeout of 1s; the cell did not stop, so the kernel was killed") {
		t.Errorf("error %v, want one that says that the kernel was killed", err)
	}
	leftBehind(t)
}

func TestCancelledRunIsStored(t *testing.T) {
	kernel := realKernel(t)
	path := writeNotebook(t, "%%\nfmt.Println(\"first\")", `import "os/signal"
%%
c := make(chan os.Signal, 1)
signal.Notify(c, os.Interrupt)
os.WriteFile("waiting", nil, 0o644)
<-c
time.Sleep(6 * time.Second) // longer than GoNB as published waits
fmt.Println("put away")`, "%%\nfmt.Println(\"never\")")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // Ctrl-C when the second cell waits for it
		for waiting := filepath.Join(filepath.Dir(path), "waiting"); ; time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(waiting); err == nil {
				cancel()
				return
			}
		}
	}()
	_, err := Run(ctx, Options{Notebook: path, Kernel: kernel, Log: &bytes.Buffer{}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if written, _ := texts(t, path); written[0] != "first\n" || written[1] != "put away\n" || written[2] != "" {
		t.Errorf("stored %q, want what the first two cells wrote, the second one after the interrupt", written)
	}
	leftBehind(t)
}

func TestSecondInterruptEnds(t *testing.T) {
	k, err := startKernel(t.Context(), realKernel(t), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.stop()
	said := ""
	answer, err := k.execute(t.Context(), "%%\nsignal.Ignore(os.Interrupt)\nfmt.Println(\"deaf\")\ntime.Sleep(40 * time.Second)", 0,
		func(m message) error {
			said += string(m.Content)
			if strings.Contains(string(m.Content), "deaf\\n") && m.Header.Type == "stream" {
				k.send(k.control, "interrupt_request", struct{}{})
				k.send(k.control, "interrupt_request", struct{}{})
			}
			return nil
		})
	if err != nil || answer.Status != "error" || !strings.Contains(said, "nobody waits for it any more") {
		t.Errorf("%+v, %v, want a cell that nobody waits for; the kernel said %s", answer, err, said)
	}
}

func TestInterruptWhileCompiling(t *testing.T) {
	dir := t.TempDir()
	k, err := startKernel(t.Context(), realKernel(t), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.stop()
	ctx, cancel := context.WithCancel(t.Context())
	answer, err := k.execute(ctx, "%%\nos.WriteFile(\"ran\", nil, 0o600)\ntime.Sleep(40 * time.Second)", 0, func(m message) error {
		if m.Header.Type == "execute_input" {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || answer.Status != "error" {
		t.Errorf("%+v, %v, want a cell that was interrupted", answer, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ran")); err == nil {
		t.Error("the cell ran after it had been interrupted")
	}
}

// TestQueuedCellsAreAborted is what JupyterLab's Run All does: it sends all cells at once.
func TestQueuedCellsAreAborted(t *testing.T) {
	spec := realKernel(t)
	k, err := startKernel(t.Context(), spec, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.stop()
	sent := map[string]int{}
	for i, source := range []string{"%%\nfmt.Println(1)", "%%\ntime.Sleep(time.Second)\npanic(2)", "%%\nfmt.Println(3)", "", "%%\nfmt.Println(4)"} {
		kind := "execute_request"
		if source == "" {
			kind = "kernel_info_request"
		}
		id, err := k.send(k.shell, kind, map[string]any{"code": source, "silent": false,
			"store_history": true, "allow_stdin": false, "stop_on_error": true})
		if err != nil {
			t.Fatal(err)
		}
		sent[id] = i
	}
	var got []string
	for limit := time.After(time.Minute); len(sent) > 0; {
		select {
		case m := <-k.messages:
			i, ok := sent[m.Parent.ID]
			if !ok || !strings.HasSuffix(m.Header.Type, "_reply") {
				continue
			}
			var r reply
			if err := json.Unmarshal(m.Content, &r); err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(i, " ", r.Status))
			delete(sent, m.Parent.ID)
		case <-limit:
			t.Fatalf("replies %q after a minute", got)
		}
	}
	if want := "0 ok, 1 error, 2 aborted, 3 ok, 4 aborted"; strings.Join(got, ", ") != want {
		t.Errorf("replies %q, want %s", got, want)
	}
	answer, err := k.execute(t.Context(), "%%\nfmt.Println(5)", 0, func(message) error { return nil })
	if err != nil || answer.Status != "ok" {
		t.Errorf("a later cell: %+v, %v, want ok", answer, err)
	}
}
