// Package programcache keeps compiled programs in a folder, so that the next process loads what this one has compiled. A style step of
// 100 to 550 kB is loaded in 5 to 25 ms, where compiling it takes half a second and more.
//
//	cache.go     a file for each program, written whole and believed only with its checksum
//	evict.go     which files go when there are too many
//	machine.go   what a compiled program depends on besides itself: plugin, processor, settings
//
// Every file has a name that says all that it depends on, so nothing in the folder is ever out of date: what has changed has another name.
// The package needs the standard library only.
package programcache

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Folder returns the folder of the compiled programs, in StyleNet's own folder.
func Folder(home string) string { return filepath.Join(home, "programs") }

// Off tells whether the user has switched the cache off, with STYLENET_PROGRAMS=off in the environment: for measuring how long compiling
// takes, or for what XLA says or writes only while it compiles.
func Off() bool { return os.Getenv("STYLENET_PROGRAMS") == "off" }

// Limit is how many bytes a folder keeps.
const Limit = 256 << 20

// Cache is a folder of compiled programs. Several processes may use one folder at once.
type Cache struct {
	folder string
	limit  int64 // bytes
}

// Open returns the cache in a folder, which it makes if need be. Programs from the folder are executed, so it must be the user's own, and
// nobody else may write into it.
func Open(folder string) (*Cache, error) {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return nil, fmt.Errorf("programcache: %w", err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("programcache: %w", err)
	}
	if err := check(folder); err != nil {
		return nil, err
	}
	return &Cache{folder, Limit}, nil
}

// check returns an error where a folder may not be used.
func check(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("programcache: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("programcache: %s is a file, want a folder", folder)
	case !ok || int(owner.Uid) != os.Geteuid():
		return fmt.Errorf("programcache: %s is another user's, want a folder of one's own", folder)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("programcache: others may write into %s (%v), want -rwx------", folder, info.Mode().Perm())
	}
	return nil
}

// Use is what a folder holds.
type Use struct {
	Programs int
	Bytes    int64
}

// UseOf returns what a folder holds, nothing where there is no such folder, and an error where [Open] would not use it.
func UseOf(folder string) (Use, error) {
	entries, err := os.ReadDir(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Use{}, nil
	case err != nil:
		return Use{}, fmt.Errorf("programcache: %w", err)
	}
	var use Use
	for _, e := range entries {
		if info, err := e.Info(); err == nil && isOurs(e.Name()) {
			use.Bytes += info.Size()
			if strings.HasSuffix(e.Name(), programSuffix) {
				use.Programs++
			}
		}
	}
	return use, check(folder)
}

// Key names a program by all that it depends on.
type Key [sha256.Size]byte

// KeyOf returns the key of a program that depends on these parts.
func KeyOf(parts ...[]byte) Key {
	sum := sha256.New()
	for _, part := range parts {
		binary.Write(sum, binary.LittleEndian, int64(len(part))) // a hash does not fail
		sum.Write(part)
	}
	return Key(sum.Sum(nil))
}

// Load returns the program of a key, or nil if there is none or its file is damaged.
func (c *Cache) Load(key Key) []byte { return c.read(hex.EncodeToString(key[:]) + programSuffix) }

// Store keeps a program under its key, in place of what was there. If that takes the folder beyond its limit, what was used longest ago goes.
func (c *Cache) Store(key Key, program []byte) error {
	return c.write(hex.EncodeToString(key[:])+programSuffix, program)
}

// The names of our files.
const (
	programSuffix    = ".program"
	pluginSuffix     = ".plugin"      // the checksum of a plugin
	unfinishedPrefix = ".unfinished-" // being written, or left by a killed process
)

// isOurs tells whether a name in the folder is one of ours, whatever else lies there.
func isOurs(name string) bool {
	return strings.HasSuffix(name, programSuffix) || strings.HasSuffix(name, pluginSuffix) || strings.HasPrefix(name, unfinishedPrefix)
}

// checksum is what a file begins with. It covers the name, so a file under another name is damaged too.
func checksum(name string, contents []byte) Key { return KeyOf([]byte(name), contents) }

// read returns a file's contents, or nil.
func (c *Cache) read(name string) []byte {
	path := filepath.Join(c.folder, name)
	file, err := os.ReadFile(path)
	if err != nil || len(file) <= sha256.Size {
		return nil
	}
	sum, contents := Key(file[:sha256.Size]), file[sha256.Size:]
	if sum != checksum(name, contents) {
		return nil
	}
	now := time.Now()
	os.Chtimes(path, now, now) // it was used, see evict; where this fails it goes sooner
	return contents
}

// write writes a file, which appears under its name when it is complete.
func (c *Cache) write(name string, contents []byte) error {
	f, err := os.CreateTemp(c.folder, unfinishedPrefix)
	if err != nil {
		return fmt.Errorf("programcache: %w", err)
	}
	defer os.Remove(f.Name()) // fails once it has its name
	sum := checksum(name, contents)
	_, err = f.Write(sum[:])
	if err == nil {
		_, err = f.Write(contents)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("programcache: %w", err)
	}
	if err := os.Rename(f.Name(), filepath.Join(c.folder, name)); err != nil {
		return fmt.Errorf("programcache: %w", err)
	}
	return c.evict()
}
