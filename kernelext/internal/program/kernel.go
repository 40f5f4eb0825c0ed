package program

import (
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The environment variables that a kernel and the programs that it runs share.
const (
	CellVar     = "GONB_CELL"     // the number of the cell that runs
	ErrorVar    = "GONB_ERROR"    // the file in which a program tells of an error that it has met
	HeadlessVar = "GONB_HEADLESS" // not empty: nobody watches
)

// Announce says in the kernel's folder which process it belongs to, so that who finds the folder can tell whether the kernel
// is still alive, and says to programs where to tell of errors.
func Announce(folder string) error {
	if err := os.Setenv(ErrorVar, filepath.Join(folder, "_error")); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "kernel.pid"), []byte(strconv.Itoa(os.Getpid())), 0o600)
}

// SetCell says to the programs to come which cell runs.
func SetCell(number int) error { return os.Setenv(CellVar, strconv.Itoa(number)) }

// StopWithParent calls stop when the program that started this one is gone: nobody else would stop it. It does so only where
// that program says so, by its process id in JPY_PARENT_PID, as Jupyter does for kernels that are not to outlive it. Another
// starter may end with its work done.
func StopWithParent(stop func()) {
	parent := os.Getppid()
	if os.Getenv("JPY_PARENT_PID") != strconv.Itoa(parent) {
		return
	}
	for os.Getppid() == parent {
		time.Sleep(time.Second)
	}
	stop()
}
