package program

import (
	"os"
	"strconv"
	"time"
)

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
