package weights

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk mounts a disk of 64 kB, or skips the test where that is not allowed.
func smallDisk(t *testing.T) string {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no small disk: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

func TestFetchOntoAFullDisk(t *testing.T) {
	folder := smallDisk(t)
	s := serve(t, good(payload, `"a"`))
	path := filepath.Join(folder, "file")
	if err := quick().fetch(t.Context(), offer(s.URL, s.URL), path); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that the disk is full", err)
	}
	if len(s.ranges) != 1 {
		t.Errorf("%d requests, want 1: another one cannot help", len(s.ranges))
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file under the final name")
	}
}

func TestSaveOntoAFullDisk(t *testing.T) {
	folder := smallDisk(t)
	n := Random(1)
	n.Convs = n.Convs[:2]
	if err := n.Save(filepath.Join(folder, "network")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want that the disk is full", err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
