// Package atomicfile writes files that appear under their names only when they are complete.
package atomicfile

import (
	"io"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Write creates or replaces the file at path with what write writes; folders are made as needed. Where it returns an error, a file that was
// there stays as it was. A link is followed: its target is replaced. The error has no prefix.
func Write(path string, write func(io.Writer) error) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(folder), renameio.WithPermissions(0o666))
	if err != nil {
		return err
	}
	defer f.Cleanup() // does nothing after the replacement
	if err := write(f); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}
