package run

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stubborn is a cell that no interrupt ends, nor the program that it has started.
const stubborn = `%%
signal.Ignore(os.Interrupt)
child := exec.Command("sleep", "300") // it inherits what is ignored
child.Start()
fmt.Println("ready")
time.Sleep(5 * time.Minute)`

// begin sends a cell and returns when it has written something.
func begin(t *testing.T, k *kernel, source string) {
	t.Helper()
	if _, err := k.send(k.shell, "execute_request", map[string]any{"code": source, "silent": false, "store_history": true,
		"allow_stdin": false, "stop_on_error": true}); err != nil {
		t.Fatal(err)
	}
	for limit := time.After(time.Minute); ; {
		select {
		case m := <-k.messages:
			if m.Header.Type == "stream" {
				return
			}
		case <-limit:
			t.Fatal("the cell does not begin")
		}
	}
}

// await returns when the kernel has ended.
func await(t *testing.T, k *kernel) {
	t.Helper()
	for limit := time.After(20 * time.Second); ; {
		select {
		case <-k.messages:
		case <-k.died:
			return
		case <-limit:
			t.Fatal("the kernel does not end")
		}
	}
}

// running returns the programs that a kernel has started and that are still there; on Linux only.
func running(k *kernel) (found []string) {
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environs {
		environ, _ := os.ReadFile(path)
		if strings.Contains(string(environ), "GONB_TMP_DIR="+k.temp+"/") {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			if len(command) > 0 { // a program that has ended and waits for its parent has none
				found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
			}
		}
	}
	return found
}

// TestRestartEndsAStubbornCell: a restart in the middle of a cell that ignores interrupts leaves nothing behind.
func TestRestartEndsAStubbornCell(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(k *kernel){
		"restart": func(k *kernel) { k.send(k.control, "shutdown_request", map[string]any{"restart": true}) },
		"SIGTERM": func(k *kernel) { k.cmd.Process.Signal(syscall.SIGTERM) },
	} {
		t.Run(how, func(t *testing.T) {
			k := testKernel(t, realKernel(t))
			begin(t, k, stubborn)
			end(k)
			await(t, k)
			if left := running(k); len(left) > 0 {
				t.Errorf("still running: %q", left)
			}
			if left, _ := filepath.Glob(filepath.Join(k.temp, "gonb_*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// TestKilledKernelTakesItsCellAlong is for kill -9, which a kernel cannot see coming.
func TestKilledKernelTakesItsCellAlong(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("only Linux ends a program with the one that started it")
	}
	k := testKernel(t, realKernel(t))
	begin(t, k, "%%\nsignal.Ignore(os.Interrupt)\nfmt.Println(\"ready\")\ntime.Sleep(5 * time.Minute)")
	if len(running(k)) == 0 {
		t.Fatal("no cell is running")
	}
	k.cmd.Process.Kill()
	await(t, k)
	for end := time.Now().Add(10 * time.Second); len(running(k)) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("still running: %q", running(k))
		}
	}
}

// TestStopEndsWhatACommandHasStarted: a shell's own programs end with it.
func TestStopEndsWhatACommandHasStarted(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	answer, err := k.execute(t.Context(), "!echo ready; sleep 300 | cat; echo never", time.Minute, func(m message) error {
		if m.Header.Type == "stream" {
			k.send(k.control, "interrupt_request", struct{}{})
		}
		return nil
	})
	if err != nil || answer.Status != "error" {
		t.Errorf("%+v, %v, want a cell that failed", answer, err)
	}
}

// TestTwoNotebooksAtOnce: each has its own values.
func TestTwoNotebooksAtOnce(t *testing.T) {
	t.Parallel()
	spec := realKernel(t)
	for i := range 2 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			k := testKernel(t, spec)
			for round := range 3 {
				written(t, k, fmt.Sprintf("%%%%\nkernelext.Keep(\"x\", %d)", 10*i+round))
				if got, want := written(t, k, "%%\nfmt.Println(kernelext.Recall[int](\"x\"))"), fmt.Sprintln(10*i+round); got != want {
					t.Errorf("recalled %s, want %s", got, want)
				}
			}
		})
	}
}

// TestMuchOutput: a cell that writes and displays 50 MB leaves a notebook that can be used.
func TestMuchOutput(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	answer, said := runCell(t, k, `%%
line := strings.Repeat("夜空", 16) + "\n"
for range 50_000_000 / len(line) {
	fmt.Print(line)
}
gonbui.DisplayHtml(strings.Repeat("<b>x</b>", 50_000_000/8))
gonbui.Sync()`)
	if answer.Status != "ok" || len(said) != 2 {
		t.Fatalf("%+v, %d outputs", answer, len(said))
	}
	text := said[0]["text"].(string)
	if end := "[the rest of the output is not shown: it is longer than 1 MB; write that much to a file]\n"; len(text) > 1_001_000 || !strings.HasSuffix(text, end) {
		t.Errorf("%d bytes of output, that end in %q", len(text), text[len(text)-100:])
	}
	if strings.ContainsRune(text, '\uFFFD') {
		t.Error("a letter was cut in two")
	}
	if html := said[1]["data"].(map[string]any)["text/html"]; html != "[a display of 50 MB is not shown: the most is 10 MB; write that much to a file]" {
		t.Errorf("displayed %.100v", html)
	}
	if got := written(t, k, "%%\nfmt.Println(1)"); got != "1\n" {
		t.Errorf("the next cell writes %q", got)
	}
}

// TestStoppedTransfer: Stop ends a transfer that is running; the picture so far is shown, kept and saved, and the run
// goes on from there in another cell.
func TestStoppedTransfer(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	written(t, k, `import (
	"stylenet/kernelext"
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

func paint(o stylelib.Options) (*stylelib.Result, error) {
	p := image.NewRGBA(image.Rect(0, 0, 32, 32))
	for i := range p.Pix {
		p.Pix[i] = uint8(i * i)
	}
	net := vgg.New(kernelext.Must(weights.Open(kernelext.Context(), "random")))
	o.Terms = []stylelib.Term{stylelib.ContentTerm(1, "relu1_1"), stylelib.StyleTerm(1, "relu1_1")}
	return stylelib.Transfer(kernelext.Context(), kernelext.Must(stylelib.OpenBackend()), net, p, []image.Image{p}, o)
}`)
	var said outputs
	stopped := false
	answer, err := k.execute(t.Context(), `%%
live := kernelext.NewLive("Painting")
result, err := paint(stylelib.Options{Steps: 100_000_000, Every: 1, OnStep: func(s stylelib.Step) error {
	if s.N == 3 {
		fmt.Println("ready")
	}
	live.Progress(s.N, s.Total)
	live.Preview(s.Picture)
	return nil
}})
live.Picture(result.Picture)
live.Close()
kernelext.Check(err)
kernelext.Keep("picture", result.Picture)
kernelext.Keep("state", result.State)
kernelext.Save("night.state", result.State)
kernelext.Check(picture.Save("night.png", result.Picture))
fmt.Println(result.Stopped, len(result.Steps) == result.State.Step)`, time.Minute, func(m message) error {
		if m.Header.Type == "stream" && !stopped {
			stopped = true
			k.send(k.control, "interrupt_request", struct{}{})
		}
		return said.add(m.Header.Type, m.Content)
	})
	if err != nil || answer.Status != "ok" || !strings.HasSuffix(fmt.Sprint(said.cell[len(said.cell)-1]["text"]), "true true\n") {
		t.Fatalf("%+v, %v; %.2000v", answer, err, said.cell)
	}
	if !strings.Contains(fmt.Sprint(said.cell), "Painting: picture 256x256 after step ") {
		t.Errorf("no picture is shown: %.2000v", said.cell)
	}
	got := written(t, k, `%%
kept := kernelext.Recall[image.Image]("picture")
saved := kernelext.Must(picture.Open("night.png", 0))
fmt.Println(kept.Bounds(), saved.Bounds())
from, state := kernelext.Recall[*stylelib.State]("state"), kernelext.Load[*stylelib.State]("night.state")
fmt.Println(reflect.DeepEqual(from, state))
result := kernelext.Must(paint(stylelib.Options{Steps: 5, From: state}))
fmt.Println(result.State.Step-from.Step, result.Stopped)`)
	if want := "(0,0)-(32,32) (0,0)-(32,32)\ntrue\n5 false\n"; got != want {
		t.Errorf("later\n%s\nwant\n%s", got, want)
	}
}
