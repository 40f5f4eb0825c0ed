package program

import (
	"os/exec"
	"syscall"
)

// own puts a program into a process group of its own, so that what it starts ends with it, and has Linux end it when the
// kernel is killed.
func own(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// signal sends a signal to a program and to what it has started. There is nobody to tell if both have ended.
func signal(cmd *exec.Cmd, s syscall.Signal) { syscall.Kill(-cmd.Process.Pid, s) }
