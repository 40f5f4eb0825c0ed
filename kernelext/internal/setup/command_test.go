package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A program starts another one, writes both process ids and waits. One tidies up at an interrupt, one is deaf to it.
func TestCancelEndsWhatAProgramStarted(t *testing.T) {
	defer func(old time.Duration) { grace = old }(grace)
	for name, c := range map[string]struct {
		script string
		grace  time.Duration
	}{
		"polite": {"sleep 40 & trap 'kill $!; echo >tidied; exit' INT; echo $! $$ >pids.new; mv pids.new pids; wait", 20 * time.Second},
		"deaf":   {"trap '' INT; sleep 40 & echo $! $$ >pids.new; mv pids.new pids; wait", 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			grace = c.grace
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			pids := make(chan string, 1)
			go func() {
				for ctx.Err() == nil {
					if text, err := os.ReadFile(filepath.Join(dir, "pids")); err == nil {
						pids <- string(text)
						cancel()
					}
					time.Sleep(10 * time.Millisecond)
				}
			}()
			_, err := tool{dir: dir}.run(ctx, "bash", "-c", c.script)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v, want that of the context", err)
			}
			for _, text := range strings.Fields(<-pids) {
				pid, err := strconv.Atoi(text)
				if err != nil || running(pid) {
					t.Errorf("process %d is still running, %v", pid, err)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "tidied")); name == "polite" && err != nil {
				t.Error("it could not tidy up:", err)
			}
		})
	}
}

// running tells whether a process is there and not merely waiting to be reaped by whoever adopted it.
func running(pid int) bool {
	for range 50 {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err == nil && strings.Contains(string(stat), ") Z ") || !alive(pid) {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
	return true
}
