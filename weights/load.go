package weights

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"stylenet/weights/internal/array"
	"stylenet/weights/internal/safetensors"
	"stylenet/weights/internal/torch"
)

// FormatError says that a file is damaged, or not what it claims to be.
type FormatError struct {
	Path   string
	Format string // "safetensors"; empty where the file is of no known format
	Array  string // the array's name in the file, where the fault lies in one
	Reason string
}

// UnsupportedError says that a file may be fine, but holds something that is not read here.
type UnsupportedError FormatError

// Error returns everything in one line.
func (e *FormatError) Error() string {
	text := "weights: " + e.Path
	if e.Format != "" {
		text += " (" + e.Format + ")"
	}
	if e.Array != "" {
		text += fmt.Sprintf(": array %q", e.Array)
	}
	return text + ": " + e.Reason
}

// Error returns everything in one line.
func (e *UnsupportedError) Error() string { return (*FormatError)(e).Error() }

// contents is what a file holds, before anybody asks whether it is a VGG-19.
type contents struct {
	format   string
	arrays   []array.Array
	metadata map[string]string // of safetensors
}

// Load reads a network from a file of any format and origin known here; both are told apart by what is in the file,
// not by its name. It returns a [*FormatError] or an [*UnsupportedError] where the file is at fault.
func Load(path string) (*Network, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("weights: %s is a folder; a file is wanted", path)
	}
	n, err := load(f, info.Size())
	return n, withPath(err, path)
}

// load reads a network from a file of the given size.
func load(r io.ReaderAt, size int64) (*Network, error) {
	hash := startHash(r, size)
	c, err := read(r, size)
	if err != nil {
		return nil, withFormat(err, c.format)
	}
	n, err := arrange(c)
	if err != nil {
		return nil, withFormat(err, c.format)
	}
	n.SHA256 = <-hash
	return n, nil
}

// read tells the format by the first bytes and lists the arrays. The format is set, where known, even with an error.
func read(r io.ReaderAt, size int64) (c contents, err error) {
	head := make([]byte, min(size, 512))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return c, array.Bad("%v", err)
	}
	starts := func(with string) bool { return bytes.HasPrefix(head, []byte(with)) }
	switch {
	case starts("PK\x03\x04"):
		return readZip(r, size)
	case starts("\x80\x02\x8a\x0a"):
		c.format = "PyTorch, older format"
		c.arrays, err = torch.ReadLegacy(r, size)
	case len(head) > 8 && head[8] == '{':
		c.format = "safetensors"
		c.arrays, c.metadata, err = safetensors.Read(r, size)
	default:
		err = unknown(head)
	}
	return c, err
}

// readZip tells the formats that are zip archives apart by the names in them.
func readZip(r io.ReaderAt, size int64) (contents, error) {
	c := contents{format: "zip archive"}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return c, array.Bad("%v", err)
	}
	for _, f := range archive.File {
		if strings.HasSuffix(f.Name, "/data.pkl") {
			c.format = "PyTorch"
			c.arrays, err = torch.ReadZip(archive, size)
			return c, err
		}
	}
	return c, array.Unsupported("its first of %d files is %.100q; PyTorch's have a data.pkl", len(archive.File), archive.File[0].Name)
}

// accepted names the formats that are read.
const accepted = "PyTorch (.pth, .pt, .bin) and safetensors are read"

// unknown says what a file that starts with head may be.
func unknown(head []byte) error {
	text := strings.ToLower(string(bytes.TrimSpace(head)))
	switch {
	case len(head) == 0:
		return array.Bad("the file is empty")
	case strings.HasPrefix(text, "<!doctype") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<?xml"):
		return array.Bad("a web page, not weights: the download went wrong")
	case strings.HasPrefix(text, "version https://git-lfs"):
		return array.Bad("a Git LFS pointer, not the file it stands for: fetch that with git lfs pull")
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return array.Unsupported("a tar archive; %s", accepted)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return array.Unsupported("compressed with gzip; unpack it first")
	case bytes.Trim(head, "\x00") == nil:
		return array.Bad("it starts with zeros: the download went wrong")
	}
	return array.Unsupported("a format that is not known here, its first bytes are % x; %s", head[:min(8, len(head))], accepted)
}

// maxHashed is the size up to which files are hashed whenever they are loaded: it takes about a millisecond per MB.
const maxHashed = 100 << 20

// startHash computes a file's SHA-256 beside other work and sends it, in hex; empty where the file is long.
func startHash(r io.ReaderAt, size int64) <-chan string {
	result := make(chan string, 1)
	if size > maxHashed {
		result <- ""
		return result
	}
	go func() {
		h := sha256.New()
		if _, err := io.Copy(h, io.NewSectionReader(r, 0, size)); err != nil {
			result <- ""
			return
		}
		result <- hex.EncodeToString(h.Sum(nil))
	}()
	return result
}

// withFormat turns a reader's error into the package's own.
func withFormat(err error, format string) error {
	var e *array.Error
	if !errors.As(err, &e) {
		return err
	}
	fault := FormatError{Format: format, Array: e.Array, Reason: e.Reason}
	if e.Unsupported {
		return (*UnsupportedError)(&fault)
	}
	return &fault
}

// withPath adds the path of the file.
func withPath(err error, path string) error {
	switch e := err.(type) {
	case *FormatError:
		e.Path = path
	case *UnsupportedError:
		e.Path = path
	}
	return err
}
