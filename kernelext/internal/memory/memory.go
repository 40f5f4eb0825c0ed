// Package memory finds out how much memory a process occupies. What lies on a graphics card does not count.
package memory

import (
	"os"
	"runtime"
	"syscall"

	"github.com/prometheus/procfs"
)

// InUse returns how many bytes this process occupies, 0 where the system does not say.
func InUse() int64 {
	status, _ := status()
	return int64(status.VmRSS)
}

// Peak returns the most bytes that this process has occupied so far.
func Peak() (int64, error) {
	if runtime.GOOS == "linux" { // where Getrusage also counts what the process was before it became this program
		status, err := status()
		return int64(status.VmHWM), err
	}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, err
	}
	return maxRSS(&usage), nil
}

// PeakOf returns the most bytes that a process occupied which has ended, 0 where the system does not say.
func PeakOf(ended *os.ProcessState) int64 {
	usage, ok := ended.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return maxRSS(usage)
}

func maxRSS(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return usage.Maxrss // bytes there
	}
	return usage.Maxrss << 10
}

// status is this process's row in /proc.
func status() (procfs.ProcStatus, error) {
	self, err := procfs.Self()
	if err != nil {
		return procfs.ProcStatus{}, err
	}
	return self.NewStatus()
}
