package program

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run runs a program and returns how it ended, what it wrote, and how long it took.
func run(t *testing.T, cmd *exec.Cmd, begun func(*Program)) (error, string, time.Duration) {
	t.Helper()
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	p := New(cmd)
	defer p.End()
	if err := p.Start(make(chan struct{})); err != nil {
		t.Fatal(err)
	}
	go begun(p)
	return p.Wait(), said.String(), time.Since(start)
}

func nothing(*Program) {}

func TestEnds(t *testing.T) {
	var exit *exec.ExitError
	if err, _, _ := run(t, exec.Command("sh", "-c", "exit 3"), nothing); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("error %v, want exit status 3", err)
	}
	if err, said, _ := run(t, exec.Command("echo", "a"), nothing); err != nil || said != "a\n" {
		t.Errorf("error %v, said %q", err, said)
	}
	Wait() // none is left
}

// TestInterrupt: the first interrupt asks, the second kills, what the program has started too.
func TestInterrupt(t *testing.T) {
	signalled := func(err error) syscall.Signal {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return 0
		}
		return exit.Sys().(syscall.WaitStatus).Signal()
	}
	if err, _, _ := run(t, exec.Command("sleep", "60"), (*Program).Interrupt); signalled(err) != syscall.SIGINT {
		t.Errorf("interrupted once: %v", err)
	}
	deaf := exec.Command("sh", "-c", "trap '' INT; sleep 60; sleep 60")
	err, _, took := run(t, deaf, func(p *Program) {
		time.Sleep(200 * time.Millisecond)
		go p.Interrupt()
		time.Sleep(200 * time.Millisecond)
		p.Interrupt()
	})
	if signalled(err) != syscall.SIGKILL || took > 20*time.Second {
		t.Errorf("interrupted twice: %v after %v", err, took)
	}
}

func TestAnnounce(t *testing.T) {
	t.Setenv(ErrorVar, "")
	t.Setenv(CellVar, "")
	folder := t.TempDir()
	if err := Announce(folder); err != nil || os.Getenv(ErrorVar) != folder+"/_error" {
		t.Errorf("%v, errors are told in %q", err, os.Getenv(ErrorVar))
	}
	if id, _ := os.ReadFile(folder + "/kernel.pid"); string(id) != fmt.Sprint(os.Getpid()) {
		t.Errorf("the kernel's process id is %q", id)
	}
	if err := SetCell(3); err != nil || os.Getenv(CellVar) != "3" {
		t.Errorf("%v, the cell is %q", err, os.Getenv(CellVar))
	}
}

func TestQueue(t *testing.T) {
	var q Queue
	next := func() (all string) {
		for range 3 {
			all += map[bool]string{true: "a", false: "-"}[q.Next()]
		}
		return all
	}
	for _, c := range []struct {
		content map[string]any
		want    string
	}{{nil, "aa-"}, {map[string]any{"stop_on_error": true}, "aa-"}, {map[string]any{"stop_on_error": false}, "---"}} {
		q.Failed(c.content, 2)
		if got := next(); got != c.want {
			t.Errorf("%v: %s, want %s", c.content, got, c.want)
		}
	}
}

// TestStoppedKernel: a program that goes on when the kernel stops is killed.
func TestStoppedKernel(t *testing.T) {
	p := New(exec.Command("sleep", "60"))
	defer p.End()
	stopped := make(chan struct{})
	close(stopped)
	start := time.Now()
	if err := p.Start(stopped); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil || time.Since(start) > 20*time.Second {
		t.Errorf("error %v after %v, want a killed program", err, time.Since(start))
	}
}
