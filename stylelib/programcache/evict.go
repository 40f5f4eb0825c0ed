package programcache

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// abandoned is the age at which an unfinished file is what a killed process left.
const abandoned = time.Hour

// evict deletes what killed processes left, and then the files that were used longest ago until the rest is within the limit.
func (c *Cache) evict() error {
	entries, err := os.ReadDir(c.folder)
	if err != nil {
		return fmt.Errorf("programcache: %w", err)
	}
	var files []fs.FileInfo
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !info.Mode().IsRegular() || !isOurs(info.Name()): // another process's evict was first, or it is not ours
		case !strings.HasPrefix(info.Name(), unfinishedPrefix):
			files, total = append(files, info), total+info.Size()
		case time.Since(info.ModTime()) > abandoned:
			err = c.remove(info)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, info := range files {
		if total <= c.limit {
			break
		}
		if err := c.remove(info); err != nil {
			return err
		}
		total -= info.Size()
	}
	return nil
}

// remove deletes a file, which may be gone already.
func (c *Cache) remove(info fs.FileInfo) error {
	if err := os.Remove(filepath.Join(c.folder, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("programcache: %w", err)
	}
	return nil
}
