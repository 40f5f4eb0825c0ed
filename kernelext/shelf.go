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

// shelf returns where values are kept: a folder of the kernel's, which removes it when it stops, or the memory of
// this program where there is no kernel.
func shelf() store {
	if dir := os.Getenv("GONB_TMP_DIR"); dir != "" {
		return folder(filepath.Join(dir, "_kept"))
	}
	return &ownMemory
}

// store keeps files. A file that is not there gives fs.ErrNotExist.
type store interface {
	put(name string, write func(io.Writer) error) error // as a whole or not at all
	get(name string) (file io.ReadCloser, size int64, err error)
	list() ([]string, error)
	remove(name string) error // no error where there is none
}

type folder string

func (f folder) put(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	return writeFile(filepath.Join(string(f), name), 0o600, write)
}

// writeFile writes a file through the function write. Until that is done, and where it fails, the file stays what it was.
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

func (f folder) get(name string) (io.ReadCloser, int64, error) {
	file, err := os.Open(filepath.Join(string(f), name))
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

func (f folder) list() ([]string, error) {
	entries, err := os.ReadDir(string(f))
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

func (f folder) remove(name string) error {
	err := os.Remove(filepath.Join(string(f), name))
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

var ownMemory = memStore{files: map[string][]byte{}}

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
