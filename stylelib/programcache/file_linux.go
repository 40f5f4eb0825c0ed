package programcache

import (
	"fmt"
	"os"
	"syscall"
)

// aboutFile returns what the system says of a file: its place, size and times.
func aboutFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", fmt.Errorf("the system says nothing of %s", path)
	}
	return fmt.Sprintln(path, s.Dev, s.Ino, s.Size, s.Mtim, s.Ctim), nil
}
