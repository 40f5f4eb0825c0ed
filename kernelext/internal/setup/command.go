package setup

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
	"time"
)

// grace is how long a process group may take to end after an interrupt.
var grace = 3 * time.Second

// Command is exec.CommandContext with a process group of its own. When the context is done, it ends the whole group, thus
// also a compiler, a test or a download that the program started: by an interrupt, and after 3 seconds by SIGKILL. Ctrl-C
// in the terminal does not reach the group directly.
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
