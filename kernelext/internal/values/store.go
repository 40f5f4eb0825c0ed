package values

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

// Kernel returns the store of a name in the kernel's folder, which the kernel removes when it stops; in this program's memory
// where there is no kernel.
func Kernel(name string) Store {
	if dir := os.Getenv("GONB_TMP_DIR"); dir != "" {
		return Folder(filepath.Join(dir, name))
	}
	inMemory.Lock()
	defer inMemory.Unlock()
	if inMemory.stores[name] == nil {
		inMemory.stores[name] = &memStore{files: map[string][]byte{}}
	}
	return inMemory.stores[name]
}

var inMemory = struct {
	sync.Mutex
	stores map[string]*memStore
}{stores: map[string]*memStore{}}

// Store holds files under names. For a name without a file, Get returns fs.ErrNotExist.
type Store interface {
	Put(name string, write func(io.Writer) error) error // where write fails, the old file stays
	Get(name string) (file io.ReadCloser, size int64, err error)
	List() ([]string, error)
	Remove(name string) error // no error where there is none
}

// Folder is a store that holds its files in a folder.
type Folder string

func (d Folder) Put(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	return WriteFile(filepath.Join(string(d), name), 0o600, write)
}

// WriteFile replaces a file by what the function write writes. Where that fails, the old file stays.
func WriteFile(path string, perm os.FileMode, write func(io.Writer) error) error {
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

func (d Folder) Get(name string) (io.ReadCloser, int64, error) {
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

func (d Folder) List() ([]string, error) {
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

func (d Folder) Remove(name string) error {
	err := os.Remove(filepath.Join(string(d), name))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

// memStore holds its files in memory.
type memStore struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (m *memStore) Put(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = b.Bytes()
	return nil
}

func (m *memStore) Get(name string) (io.ReadCloser, int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[name]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (m *memStore) List() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.files)), nil
}

func (m *memStore) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}
