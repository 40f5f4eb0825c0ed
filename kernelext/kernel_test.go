//go:build unix

package kernelext

import (
	"bufio"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"stylenet/kernelext/internal/report"
)

// TestMain runs, in a process that a test below has started, one of the cells instead of the tests.
func TestMain(m *testing.M) {
	if name := os.Getenv("KERNELEXT_TEST_CELL"); name != "" {
		cells[name]()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// errLayerText is errLayer as a card's plain text.
const errLayerText = "stylelib: no layer \"conv4_9\"\n  layers are conv1_1 … pool5"

var errLayer = errors.New(`stylelib: no layer "conv4_9"; layers are conv1_1 … pool5`)

// cells are programs as the kernel runs them.
var cells = map[string]func(){
	"check": func() { Check(errLayer) },
	"must":  func() { _ = Must(1, fmt.Errorf("weights: vgg19.pth: %w", os.ErrNotExist)) },
	"keep":  func() { Keep("cell", func() {}) },
	"show": func() {
		Show(quarters(400, 300))
		live := NewLive("Painting")
		live.Progress(1, 2)
		live.Point("loss", 1, 3)
		live.Picture(quarters(200, 200))
		time.Sleep(2 * redrawEvery)
		live.Close()
		Check(errLayer)
	},
	"stop": func() {
		ctx := Context()
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("the picture so far")
	},
	"steps": func() {
		live := NewLive("Painting")
		for step := range live.Steps(1000) {
			if step == 3 {
				fmt.Println("ready")
				<-Context().Done()
			}
			live.Preview(func() (image.Image, error) { return plainColour(200, 200+step, red), nil })
		}
	},
	"stubborn": func() {
		ctx := Context()
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("stopping")
		time.Sleep(time.Minute)
	},
}

func cell(t *testing.T, name string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), append(env, "KERNELEXT_TEST_CELL="+name)...)
	return cmd
}

func TestCheckFailsTheProgram(t *testing.T) {
	for name, want := range map[string]string{
		"check": errLayerText + "\n  at ",
		"must":  "weights: vgg19.pth: file does not exist\n  at ",
		"keep":  `"cell", of type func(), cannot be kept: `,
	} {
		var stderr strings.Builder
		cmd := cell(t, name)
		cmd.Stderr = &stderr
		err := cmd.Run()
		if cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("%s: %v, want exit status 1", name, err)
		}
		if got := stderr.String(); !strings.HasPrefix(got, want) || !strings.Contains(got, "kernel_test.go:") {
			t.Errorf("%s: standard error is\n%s\nwant\n%s…", name, got, want)
		}
	}
}

// message is what a kernel needs of protocol.DisplayData.
type message = protocol.DisplayData

// kernel plays the kernel's part for one cell: it makes the two pipes, answers what asks for an answer and returns
// everything that was displayed.
func kernel(t *testing.T, name string, env ...string) (messages []*message, stderr string, exit int) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	for _, pipe := range []string{from, to} {
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var text strings.Builder
	cmd := cell(t, name, append(env, "GONB_TMP_DIR="+dir, "GONB_PIPE="+from, "GONB_PIPE_BACK="+to)...)
	cmd.Stderr = &text
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	decoder, encoder := gob.NewDecoder(r), gob.NewEncoder(w)
	for {
		m := &message{}
		if err := decoder.Decode(m); err != nil {
			break
		}
		if ask, ok := m.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			answer := &protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: ask.Value}
			if err := encoder.Encode(answer); err != nil {
				t.Fatal(err)
			}
			continue
		}
		messages = append(messages, m)
	}
	_ = cmd.Wait()
	return messages, text.String(), cmd.ProcessState.ExitCode()
}

// Everything that a cell shows reaches the kernel, each thing with a sentence of plain text, before the cell fails.
func TestCellInANotebook(t *testing.T) {
	messages, stderr, exit := kernel(t, "show", "GONB_HEADLESS=")
	if exit != 1 || stderr != "" {
		t.Errorf("exit status %d, standard error %q", exit, stderr)
	}
	var kinds []string
	ids := map[string]int{}
	for _, m := range messages {
		if text, _ := m.Data[protocol.MIMETextPlain].(string); text == "" {
			t.Error("a display without plain text")
		}
		if m.DisplayID != "" {
			ids[m.DisplayID]++
			if ids[m.DisplayID] > 1 && m.Data[protocol.MIMETextHTML] != nil {
				continue // one of several redraws
			}
		}
		for _, kind := range []protocol.MIMEType{"image/jpeg", "image/png", "text/html"} {
			if m.Data[kind] != nil {
				kinds = append(kinds, string(kind))
			}
		}
	}
	// the picture, the panel, its record (picture, curves, table), the card
	if got, want := strings.Join(kinds, " "), "image/jpeg text/html image/jpeg image/png text/html text/html"; got != want {
		t.Errorf("displayed %s, want %s", got, want)
	}
	if len(ids) != 1 {
		t.Errorf("%d display ids", len(ids))
	}
	last := messages[len(messages)-1].Data
	if text := last[protocol.MIMETextPlain]; text != errLayerText {
		t.Errorf("the error as plain text: %q", text)
	}
	if card := last[protocol.MIMETextHTML].(string); !strings.Contains(card, "<b>stylelib: no layer &#34;conv4_9&#34;</b>") ||
		!strings.Contains(card, ">layers are conv1_1 … pool5</div>") {
		t.Errorf("the card: %s", card)
	}
}

// Our own kernel shows the error, so that it can say in which cell and line it came up.
func TestCellTellsOurKernelOfItsError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "_error")
	messages, stderr, exit := kernel(t, "check", "GONB_ERROR="+file)
	if exit != 1 || len(messages) != 0 || stderr != "" {
		t.Errorf("exit status %d, %d displays, standard error %q", exit, len(messages), stderr)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c report.Card
	if err := json.Unmarshal(data, &c); err != nil || c.Text() != errLayerText || !strings.Contains(c.Stack, "kernel_test.go:") {
		t.Errorf("told %s, %v", data, err)
	}
}

// start starts a cell and waits until it says "ready".
func start(t *testing.T, name string) (*exec.Cmd, *bufio.Scanner) {
	cmd := cell(t, name)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the cell says %q", lines.Text())
	}
	return cmd, lines
}

func TestStopEndsACellInGoodOrder(t *testing.T) {
	cmd, lines := start(t, "stop")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if !lines.Scan() || lines.Text() != "the picture so far" {
		t.Errorf("the cell says %q", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// Stop ends a loop over Steps after the step that it is in, with that step's picture.
func TestStopEndsSteps(t *testing.T) {
	cmd, lines := start(t, "steps")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if len(said) != 2 || said[0] != "out/painting-1.png: Painting: picture 200x203 after step 3" ||
		!strings.HasPrefix(said[1], "Painting: stopped at step 3 of 1000 in ") {
		t.Errorf("the cell says %q", said)
	}
}

// A cell that does not end after the first signal is killed by one that comes later.
func TestSecondStopKills(t *testing.T) {
	cmd, lines := start(t, "stubborn")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if !lines.Scan() || lines.Text() != "stopping" {
		t.Errorf("the cell says %q", lines.Text())
	}
	go func() {
		for cmd.Process.Signal(os.Interrupt) == nil { // until it is gone
			time.Sleep(20 * time.Millisecond)
		}
	}()
	err := cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGINT {
		t.Errorf("%v, want a death by SIGINT", err)
	}
}

func TestSourceLine(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GONB_TMP_DIR", dir)
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\n\n\tkernelext.Check(err)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := sourceLine(file, 3); got != "kernelext.Check(err)" {
		t.Errorf("%q", got)
	}
	for _, line := range []int{0, 5, -1} {
		if got := sourceLine(file, line); got != "" {
			t.Errorf("line %d: %q", line, got)
		}
	}
	if got := sourceLine("/etc/hostname", 1); got != "" {
		t.Errorf("a file elsewhere: %q", got)
	}
}
