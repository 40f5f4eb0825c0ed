// Package whole writes files that are there either as a whole or not at all.
package whole

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Write writes what the function write writes into the file of that name, which gets the given permissions. Until all
// is written, and where an error comes in between, the file stays what it was.
func Write(name string, perm os.FileMode, write func(io.Writer) error) error {
	temp, err := os.CreateTemp(filepath.Dir(name), ".unfinished-")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // in vain when all went well
	if err := errors.Join(write(temp), temp.Chmod(perm), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), name)
}

// CanWrite finds out, before there is anything to write, whether Write can; it makes the folder.
func CanWrite(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return &os.PathError{Op: "write", Path: name, Err: errors.New("it is a folder")}
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), ".unfinished-")
	if err != nil {
		return err
	}
	return errors.Join(temp.Close(), os.Remove(temp.Name()))
}
