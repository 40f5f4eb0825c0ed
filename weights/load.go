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
	"strconv"
	"strings"
	"sync"

	"stylenet/weights/internal/array"
	"stylenet/weights/internal/hdf5"
	"stylenet/weights/internal/matlab"
	"stylenet/weights/internal/npz"
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

// Load reads a network from a file of any format and origin known here; both are told apart by what is in the file,
// not by its name. It returns a [*FormatError] or an [*UnsupportedError] where the file is at fault.
func Load(path string) (*Network, error) { return Options{}.Load(path) }

// Load reads a network from a file, see the function [Load].
func (o Options) Load(path string) (*Network, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("weights: %s is not a file", path)
	}
	n, err := o.read(f, info.Size())
	return n, withPath(err, path)
}

// read reads a network from a file of the given size.
func (o Options) read(r io.ReaderAt, size int64) (*Network, error) {
	c, err := list(r, size)
	if err != nil {
		return nil, withFormat(err, c.format)
	}
	c.sum = c.startHash(r, size)
	n, err := o.arrange(c)
	if err != nil {
		return nil, withFormat(err, c.format)
	}
	return n, nil
}

// contents is what a file holds, before anybody asks whether it is a VGG-19.
type contents struct {
	format   string
	arrays   []array.Array
	metadata map[string]string // of safetensors
	sum      func() string     // the file's SHA-256 in hex, or nothing: see startHash
}

// list tells the format by the first bytes and lists the arrays. The format is set, where known, even with an error.
func list(r io.ReaderAt, size int64) (c contents, err error) {
	head := make([]byte, min(size, 512))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return c, array.Bad("%v", err)
	}
	starts := func(with string) bool { return bytes.HasPrefix(head, []byte(with)) }
	switch {
	case starts("PK\x03\x04"):
		return listZip(r, size)
	case starts("\x80") && bytes.Contains(head[:min(24, len(head))], []byte(torch.Magic)):
		c.format = "PyTorch, older format"
		c.arrays, err = torch.ReadLegacy(r, size)
	case starts("\x89HDF\r\n\x1a\n"):
		c.format = "HDF5"
		c.arrays, err = hdf5.Read(r, size)
	case starts("MATLAB 5.0 MAT-file"):
		c.format = "MATLAB"
		c.arrays, err = matlab.Read(r, size, matconvnetWants)
	case len(head) > 8 && head[8] == '{':
		c.format = "safetensors"
		if c.arrays, c.metadata, err = safetensors.Read(r, size); err == nil {
			err = c.withSums()
		}
	default:
		err = unknown(head)
	}
	return c, err
}

// listZip tells the formats that are zip archives apart by the names in them.
func listZip(r io.ReaderAt, size int64) (contents, error) {
	c := contents{format: "zip archive"}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return c, array.Bad("%v", err)
	}
	for _, f := range archive.File {
		switch {
		case strings.HasSuffix(f.Name, "/data.pkl"):
			c.format = "PyTorch"
			c.arrays, err = torch.ReadZip(archive, size)
			return c, err
		case strings.HasSuffix(f.Name, ".npy"):
			c.format = "NumPy archive"
			c.arrays, err = npz.Read(archive, size)
			return c, err
		case f.Name == "model.weights.h5":
			return c, array.Unsupported("a Keras 3 archive: unpack the file model.weights.h5 that is in it")
		}
	}
	if len(archive.File) == 0 {
		return c, array.Unsupported("there is nothing in it")
	}
	return c, array.Unsupported("its first of %d files is %.100q; PyTorch's have a data.pkl, NumPy's have .npy files", len(archive.File), archive.File[0].Name)
}

// matconvnetWants picks the kernels and biases out of MatConvNet's variables, and the mean picture. The fully
// connected layers, seven eighths of the file, come behind the last convolution and are left.
func matconvnetWants(name string, shape []int) matlab.Verdict {
	switch name {
	case "layers", "meta", "normalization", "meta.normalization", "normalization.averageImage", "meta.normalization.averageImage":
		return matlab.Keep
	}
	layer, part, _ := strings.Cut(strings.TrimPrefix(name, "layers{"), "}")
	number, err := strconv.Atoi(layer)
	const last = 35 // conv5_4
	switch {
	case err != nil:
		return matlab.Skip
	case number > last:
		return matlab.Leave
	case sequentialConv(layer, 1) != "" && (part == "" || strings.HasPrefix(part, ".weights")):
		return matlab.Keep
	}
	return matlab.Skip
}

// accepted names the formats that are read.
const accepted = "PyTorch's .pth, safetensors, Keras's .h5, MatConvNet's .mat and NumPy's .npz are read"

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
	case strings.HasPrefix(text, "matlab 7.3"):
		return array.Unsupported("MATLAB 7.3; save the file with -v7")
	case bytes.HasPrefix(head, []byte("\x93NUMPY")):
		return array.Unsupported("a single array of NumPy; an archive of them is read, as numpy.savez writes it")
	case head[0] == 0x80:
		return array.Unsupported("a pickle of Python's, but not one that PyTorch wrote; %s", accepted)
	case bytes.Trim(head, "\x00") == nil:
		return array.Bad("it starts with zeros: the download went wrong")
	}
	return array.Unsupported("a format that is not known here, its first bytes are % x; %s", head[:min(8, len(head))], accepted)
}

// maxHashed is the size up to which files are hashed whenever they are loaded: it takes about a millisecond per MB.
const maxHashed = 100 << 20

// startHash computes a file's SHA-256 beside other work; what it returns waits for it. Our own files say instead which
// file they were made from. Longer files have none, unless they may be one of the two published ones of the same names
// and shapes, which only their checksums tell apart: one has a known size, the other numbers its fully connected
// layers in its own way.
func (c contents) startHash(r io.ReaderAt, size int64) func() string {
	if c.metadata[metadataInput] != "" {
		return func() string { return c.metadata[metadataSource] }
	}
	const published = 574673361 // bytes
	if size > maxHashed && size != published && c.endingIn("classifier.1.weight") == nil {
		return func() string { return "" }
	}
	sum := make(chan string, 1)
	go func() {
		h := sha256.New()
		if _, err := io.Copy(h, io.NewSectionReader(r, 0, size)); err != nil {
			sum <- ""
			return
		}
		sum <- hex.EncodeToString(h.Sum(nil))
	}()
	return sync.OnceValue(func() string { return <-sum })
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
