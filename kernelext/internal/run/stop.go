package run

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stop asks the kernel to shut down, kills what still runs, and removes its temporary folder.
func (k *kernel) stop() {
	go k.send(k.control, "shutdown_request", map[string]any{"restart": false})
	deadline := time.After(5 * time.Second)
	for alive := true; alive; {
		select {
		case <-k.messages: // an unread message would block the next
		case <-k.died:
			alive = false
		case <-deadline:
			alive = false
		}
	}
	k.kill()
	<-k.died
	k.disconnect()
	os.RemoveAll(k.temp)
}

// kill ends the kernel and all it started at once.
func (k *kernel) kill() {
	syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
}

// deathError says how the kernel ended, with its last output. Only after died is closed.
func (k *kernel) deathError() error {
	how := "exit status 0"
	if k.waitErr != nil {
		how = k.waitErr.Error()
	}
	return fmt.Errorf("the kernel died (%s)%s", how, k.said.report())
}

// tail keeps the last few kilobytes written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if extra := len(t.text) - 4096; extra > 0 {
		t.text = append([]byte(nil), t.text[extra:]...)
	}
	return len(p), nil
}

// report returns the last lines for an error message.
func (t *tail) report() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	if len(said) > 10 {
		said = said[len(said)-10:]
	}
	return "\nthe kernel said:\n  " + plain(strings.Join(said, "\n  "))
}
