//go:build !linux

package program

import (
	"os/exec"
	"syscall"
)

// own does nothing: the program stays in the kernel's process group.
func own(*exec.Cmd) {}

// signal sends a signal to a program. There is nobody to tell if it has ended.
func signal(cmd *exec.Cmd, s syscall.Signal) { cmd.Process.Signal(s) }
