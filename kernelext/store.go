package kernelext

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/google/renameio/v2"
)

// The store in which Keep puts values: a folder of the kernel, or this program's memory where there is no kernel.

// openStore returns the store. The kernel removes its folder when it stops.
func openStore() store {
	if dir := os.Getenv("GONB_TMP_DIR"); dir != "" {
		return dirStore(filepath.Join(dir, "_kept"))
	}
	return &processStore
}

// store holds files under names. For a name without a file, get returns fs.ErrNotExist.
type store interface {
	put(name string, write func(io.Writer) error) error // where write fails, the old file stays
	get(name string) (file io.ReadCloser, size int64, err error)
	list() ([]string, error)
	remove(name string) error // no error where there is none
}

// dirStore holds its files in a folder.
type dirStore string

func (d dirStore) put(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	return writeFile(filepath.Join(string(d), name), 0o600, write)
}

// writeFile replaces a file by what the function write writes. Where that fails, the old file stays.
func writeFile(path string, perm os.FileMode, write func(io.Writer) error) error {
	file, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(perm), renameio.WithExistingPermissions())
	if err != nil {
		return err
	}
	defer file.Cleanup() // does nothing after CloseAtomicallyReplace
	if err := write(file); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

func (d dirStore) get(name string) (io.ReadCloser, int64, error) {
	file, err := os.Open(filepath.Join(string(d), name))
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func (d dirStore) list() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if os.IsNotExist(err) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, err
}

func (d dirStore) remove(name string) error {
	err := os.Remove(filepath.Join(string(d), name))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

var processStore = memStore{files: map[string][]byte{}}

// memStore holds its files in memory.
type memStore struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (m *memStore) put(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = b.Bytes()
	return nil
}

func (m *memStore) get(name string) (io.ReadCloser, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[name]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (m *memStore) list() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.files)), nil
}

func (m *memStore) remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}
