package weights

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Here returns the path of a copy of the network on this computer: the one StyleNet keeps, else one that another
// program has left. It looks at names and sizes only; empty where there is none.
func (p Published) Here() string {
	folder, err := folder()
	if err != nil {
		return ""
	}
	if kept := p.kept(folder); isFile(kept, 0) {
		return kept
	}
	for _, path := range p.copies(folder) {
		if isFile(path, p.Size) {
			return path
		}
	}
	return ""
}

// isFile tells whether a file exists, and has the given size unless that is 0.
func isFile(path string, size int64) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (size == 0 || info.Size() == size)
}

// Verify reads all of a network of the [Catalog] on this computer, or of a file, compares checksums and says in one
// line what it has found. An error means that something is wrong with the file, or that no checksum is known for it.
func Verify(name string) (string, error) {
	if p, ok := publishedAs(name); ok {
		return p.verify()
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("weights: no network and no file %q; the networks are %s", name, catalogNames())
	}
	for _, p := range published {
		if p.checkFile(name) == nil {
			return fmt.Sprintf("%s is %s: its checksum is the published one", name, p.Name), nil
		}
	}
	return verifySums(name)
}

// verify checks the copy that is kept of a network, or else one that another program has left.
func (p Published) verify() (string, error) {
	path := p.Here()
	switch {
	case path == "":
		folder, err := folder()
		if err != nil {
			return "", err
		}
		return "", fmt.Errorf("weights: %s is not on this computer; %s", p.Name, p.remedy(folder))
	case filepath.Base(path) == filepath.Base(p.kept("")):
		return verifySums(path)
	}
	if err := p.checkFile(path); err != nil {
		return "", fmt.Errorf("weights: %s is not %s: %w", path, p.Name, err)
	}
	return fmt.Sprintf("%s is %s: its checksum is the published one", path, p.Name), nil
}

// verifySums checks a file of our own by the checksums in it.
func verifySums(path string) (string, error) {
	n, err := Load(path)
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("weights: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("weights: %w", err)
	}
	c, err := list(f, info.Size())
	if err != nil || c.metadata[metadataSums] == "" {
		return "", fmt.Errorf("weights: %s can be read, but has no checksums and is none of the published files: SHA-256 %s", path, n.SHA256)
	}
	return fmt.Sprintf("%s is whole: the checksums of %d arrays are right; made from a file with SHA-256 %s", path, len(c.arrays), n.SHA256), nil
}

// checkFile compares a file with what was published.
func (p Published) checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return p.check(f, info.Size())
}

// check compares the size and the checksum of a file with what was published.
func (p Published) check(r io.ReaderAt, size int64) error {
	if p.Size > 0 && size != p.Size {
		return fmt.Errorf("%d bytes, want %d", size, p.Size)
	}
	sum, want, kind := hash.Hash(sha256.New()), p.SHA256, "SHA-256"
	if want == "" {
		sum, want, kind = md5.New(), p.MD5, "MD5"
	}
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size)); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); want == "" || !strings.HasPrefix(got, want) {
		head := make([]byte, min(size, 64))
		r.ReadAt(head, 0)
		if text := bytes.ToLower(bytes.TrimSpace(head)); bytes.HasPrefix(text, []byte("<!doctype")) || bytes.HasPrefix(text, []byte("<html")) {
			return errors.New("a web page, not the file")
		}
		return fmt.Errorf("%s %s, want %s", kind, got, want)
	}
	return nil
}

// fileSum returns the SHA-256 of a file, in hex.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
