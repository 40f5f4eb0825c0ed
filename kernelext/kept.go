package kernelext

import (
	"bufio"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"time"
	"unsafe"
)

// header is the first line of what is kept, as JSON. The value follows it: []float32 in the machine's own byte order,
// anything else as gob writes it, a picture with its type.
type header struct {
	Name string
	Type string // as %T writes it
	Deps string // the hash of what the value was made from, or empty
	Kept time.Time
	size int64 // of the value, in bytes
}

// pictureTypes has the types of pictures that come back as what they were.
var pictureTypes = map[string]bool{}

func init() {
	for _, p := range []image.Image{&image.NRGBA{}, &image.RGBA{}, &image.Gray{}, &image.YCbCr{}, &image.NYCbCrA{},
		&image.Paletted{}, &image.NRGBA64{}, &image.RGBA64{}, &image.Gray16{}, &image.CMYK{}, &image.Alpha{},
		&image.Alpha16{}, &chart{}} {
		gob.Register(p)
		pictureTypes[fmt.Sprintf("%T", p)] = true
	}
}

// keep writes a value behind its header.
func keep(name string, value any, deps string) error {
	value = knownPicture(value)
	h := header{Name: name, Type: fmt.Sprintf("%T", value), Deps: deps, Kept: time.Now()}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	err = shelf().put(fileOf(name), func(w io.Writer) error {
		buffered := bufio.NewWriter(w)
		buffered.Write(append(line, '\n'))
		if err := encodeValue(buffered, value); err != nil {
			return err
		}
		return buffered.Flush()
	})
	if err != nil {
		return fmt.Errorf("%q, of type %T, cannot be kept: %w", name, value, err)
	}
	return nil
}

// knownPicture returns a picture of a type that is not in pictureTypes as pixels with 8 bits a channel, a nil pointer
// as nil, and anything else as it is.
func knownPicture(value any) any {
	if isNil(value) {
		return nil
	}
	p, ok := value.(image.Image)
	if !ok || pictureTypes[fmt.Sprintf("%T", value)] {
		return value
	}
	to := image.NewNRGBA(p.Bounds())
	draw.Draw(to, to.Bounds(), p, to.Bounds().Min, draw.Src)
	return to
}

// isNil tells whether a value is nil, or a pointer that is.
func isNil(value any) bool {
	v := reflect.ValueOf(value)
	return value == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

func encodeValue(w io.Writer, value any) error {
	switch v := value.(type) {
	case nil:
		return errors.New("it is nil")
	case []float32:
		_, err := w.Write(raw(v))
		return err
	case image.Image:
		return gob.NewEncoder(w).Encode(&v)
	}
	return gob.NewEncoder(w).Encode(value)
}

// recall reads the value kept under a name.
func recall[T any](name string) (value T, h header, err error) {
	file, size, err := shelf().get(fileOf(name))
	if errors.Is(err, fs.ErrNotExist) {
		return value, h, missing(name)
	}
	if err != nil {
		return value, h, err
	}
	defer file.Close()
	r := bufio.NewReader(file)
	if h, err = readHeader(r, size); err != nil {
		return value, h, fmt.Errorf("%q cannot be read: %w", name, err)
	}
	fits, err := decodeValue(r, h, &value)
	if err != nil {
		return value, h, fmt.Errorf("%q, kept as %s, cannot be read: %w", name, h.Type, err)
	}
	if !fits {
		return value, h, fmt.Errorf("%q was kept as %s, not as %s; write Recall[%[2]s](%[1]q)", name, h.Type, reflect.TypeFor[T]())
	}
	return value, h, nil
}

// decodeValue reads what encodeValue wrote, and reports whether it fits the target's type.
func decodeValue[T any](r io.Reader, h header, target *T) (fits bool, err error) {
	if pictureTypes[h.Type] {
		var p image.Image
		if err := gob.NewDecoder(r).Decode(&p); err != nil {
			return false, err
		}
		*target, fits = p.(T)
		return fits, nil
	}
	if h.Type != reflect.TypeFor[T]().String() {
		return false, nil
	}
	if floats, ok := any(target).(*[]float32); ok {
		*floats = make([]float32, h.size/4)
		_, err := io.ReadFull(r, raw(*floats))
		return true, err
	}
	return true, gob.NewDecoder(r).Decode(target)
}

// readHeader reads the first line of something kept, of the given size in bytes.
func readHeader(r *bufio.Reader, size int64) (h header, err error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return h, err
	}
	err = json.Unmarshal(line, &h)
	h.size = size - int64(len(line))
	return h, err
}

// heads returns the headers of all that is kept, in the order of their names.
func heads() ([]header, error) {
	files, err := shelf().list()
	if err != nil {
		return nil, err
	}
	var all []header
	for _, name := range files {
		file, size, err := shelf().get(name)
		if err != nil {
			return nil, err
		}
		h, err := readHeader(bufio.NewReader(file), size)
		file.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b header) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// raw returns the bytes of floats in memory.
func raw(floats []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(floats))), 4*len(floats))
}

// fileOf returns the name of the file for a value: any name will do for a value, but not for a file.
func fileOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:12])
}
