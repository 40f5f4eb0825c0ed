// Package memory finds out how much memory a process occupies. What lies on a graphics card does not count.
package memory

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// InUse returns how many bytes this process occupies, 0 where the system does not say.
func InUse() int64 {
	bytes, _ := status("VmRSS:")
	return bytes
}

// Peak returns the most bytes that this process has occupied so far.
func Peak() (int64, error) {
	if runtime.GOOS == "linux" { // where Getrusage also counts what the process was before it became this program
		return status("VmHWM:")
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

// status returns a field of /proc/self/status that is in kB, in bytes.
func status(field string) (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if words := bytes.Fields(lines.Bytes()); len(words) == 3 && string(words[0]) == field {
			kilobytes, err := strconv.ParseInt(string(words[1]), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("/proc/self/status has no " + field)
}
