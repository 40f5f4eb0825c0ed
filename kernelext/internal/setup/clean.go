package setup

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Leftover is a file or folder that we made on this machine: a part of the set-up, compiled programs, or the folder of a killed kernel.
type Leftover struct {
	Path      string
	Size      int64 // bytes
	Processes []int // of a killed kernel, still running
}

// Leftovers lists what set-up made, the programs that were compiled since, and the temporary folders of the user's
// kernels that are gone. Networks in the folder weights are not among them: nobody but the user asked for those.
func (s *Setup) Leftovers() ([]Leftover, error) {
	var found []Leftover
	patterns := []string{"bin", "cells", "gonb-source-*", "jupyter", "plugin", "programs", "samples", "setup.lock", "venv", "wheel-*"}
	for _, pattern := range patterns {
		names, err := fs.Glob(os.DirFS(s.Home), pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			path := filepath.Join(s.Home, name)
			found = append(found, Leftover{Path: path, Size: folderSize(path)})
		}
	}
	if dir, err := userKernelDir(); err == nil {
		if _, err := os.Stat(dir); err == nil {
			found = append(found, Leftover{Path: dir, Size: folderSize(dir)})
		}
	}
	dead, err := deadKernels(os.TempDir())
	return append(found, dead...), err
}

// Weights returns the folder of the networks that were fetched, or put there by hand; its size is 0 where there are
// none.
func (s *Setup) Weights() Leftover {
	dir := filepath.Join(s.Home, "weights")
	return Leftover{Path: dir, Size: folderSize(dir)}
}

// Remove deletes it and ends its processes.
func (l Leftover) Remove() error {
	for _, pid := range l.Processes {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	return os.RemoveAll(l.Path)
}

// deadKernels finds the temporary folders of this user whose kernel or runner is gone. A kernel writes its process
// id into its folder, a runner has it in the folder's name.
func deadKernels(temp string) ([]Leftover, error) {
	entries, err := os.ReadDir(temp)
	if err != nil {
		return nil, err
	}
	var found []Leftover
	for _, entry := range entries {
		path := filepath.Join(temp, entry.Name())
		var owner string
		switch {
		case strings.HasPrefix(entry.Name(), "gonb_"):
			text, _ := os.ReadFile(filepath.Join(path, "kernel.pid"))
			owner = string(text)
		case strings.HasPrefix(entry.Name(), RunFolder):
			owner, _, _ = strings.Cut(strings.TrimPrefix(entry.Name(), RunFolder), "-")
		}
		pid, err := strconv.Atoi(owner)
		if err != nil || !ours(entry) || alive(pid) {
			continue
		}
		found = append(found, Leftover{Path: path, Size: folderSize(path), Processes: processesIn(path)})
	}
	return found, nil
}

// RunFolder begins the name of a runner's temporary folder; the runner's process id and a dash follow.
const RunFolder = "stylenet-run-"

func ours(entry fs.DirEntry) bool {
	info, err := entry.Info()
	if err != nil || !info.IsDir() {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}

func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

// processesIn returns the processes that a kernel started which has its folder at or below dir. Only on Linux.
func processesIn(dir string) []int {
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	var found []int
	for _, path := range paths {
		environ, err := os.ReadFile(path) // fails for other users' processes
		if err != nil {
			continue
		}
		for variable := range strings.SplitSeq(string(environ), "\x00") {
			folder, ok := strings.CutPrefix(variable, "GONB_TMP_DIR=")
			if ok && (folder == dir || strings.HasPrefix(folder, dir+"/")) {
				if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
					found = append(found, pid)
				}
			}
		}
	}
	return found
}

// folderSize returns the number of bytes of a file, or of the files in a folder.
func folderSize(path string) int64 {
	var total int64
	filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone, or not readable for us
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}

// Bytes writes a size for people.
func Bytes(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
