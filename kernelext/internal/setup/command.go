package setup

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// grace is how long a program and what it started may take to end after they were asked to.
var grace = 3 * time.Second

// Command is exec.CommandContext, but when the context is done, what the program has started ends as well: a compiler,
// a test, a download. They run in a process group of their own, so that Ctrl-C in the terminal reaches them from here
// only: as an interrupt, after which they tidy up, and after 3 seconds as SIGKILL.
func Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		group := -cmd.Process.Pid
		syscall.Kill(group, syscall.SIGINT)
		for end := time.Now().Add(grace); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if err := syscall.Kill(group, 0); errors.Is(err, syscall.ESRCH) {
				return nil
			}
		}
		syscall.Kill(group, syscall.SIGKILL)
		return nil
	}
	cmd.WaitDelay = grace // for one that has left the group and still holds our pipes
	return cmd
}
