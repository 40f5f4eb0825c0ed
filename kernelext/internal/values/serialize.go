// Package values writes Go values to files and reads them back: what encoding/gob can write, pictures, and types with a codec
// of their own. store.go says where the files lie, serialize.go how a value is written, rawfloats.go how its long slices of
// float32 are.
package values

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
	"reflect"
	"slices"
	"strings"
	"time"
	"unsafe"

	"stylenet/kernelext/internal/codec"
)

// Header is the first line of a kept value, as JSON. The value follows: first the slices of float32 in it, in the machine's
// byte order, then the rest as gob writes it, a picture with its type. A value with a codec follows as that writes it.
type Header struct {
	Name   string
	Type   string // as %T formats it
	Deps   string // the hash of what Once made it from, or empty
	Kept   time.Time
	Cell   string // the prompt number of the cell, empty where it is not known
	Floats []int  // the lengths of the slices of float32, -1 for one that is nil
	Size   int64  `json:"-"` // of the value, in bytes
}

// pictureTypes are the types of pictures that gob can write.
var pictureTypes = map[string]bool{}

func init() {
	for _, p := range []image.Image{&image.NRGBA{}, &image.RGBA{}, &image.Gray{}, &image.YCbCr{}, &image.NYCbCrA{},
		&image.Paletted{}, &image.NRGBA64{}, &image.RGBA64{}, &image.Gray16{}, &image.CMYK{}, &image.Alpha{},
		&image.Alpha16{}} {
		RegisterPicture(p)
	}
}

// RegisterPicture makes a type of pictures known that gob can write. It is for init functions.
func RegisterPicture(p image.Image) {
	gob.Register(p)
	pictureTypes[fmt.Sprintf("%T", p)] = true
}

// Write completes the header, and writes it and the value.
func Write(w io.Writer, h Header, value any) error {
	value = Storable(value)
	if value == nil {
		return errors.New("it is nil")
	}
	h.Type = fmt.Sprintf("%T", value)
	picture, isPicture := value.(image.Image)
	valueCodec, hasCodec := codec.For(reflect.TypeOf(value))
	var floats [][]float32
	rest := reflect.ValueOf(value)
	if !isPicture && !hasCodec {
		rest, floats = extractFloats(rest)
	}
	for _, f := range floats {
		n := len(f)
		if f == nil {
			n = -1
		}
		h.Floats = append(h.Floats, n)
	}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	buffered.Write(append(line, '\n'))
	for _, f := range floats {
		buffered.Write(floatBytes(f)) // Flush returns the error
	}
	switch {
	case hasCodec:
		err = valueCodec.Write(buffered, value)
	case isPicture:
		err = gob.NewEncoder(buffered).Encode(&picture)
	default:
		err = gob.NewEncoder(buffered).EncodeValue(rest)
	}
	if err != nil && h.Type == "*tensors.Tensor" {
		err = fmt.Errorf("%w; tensors can where the cell imports _ \"stylenet/kernelext/keeptensors\"", err)
	}
	return errors.Join(err, buffered.Flush())
}

// Storable converts a picture of a type that is not in pictureTypes to image.NRGBA, and a nil pointer to nil. It
// returns other values unchanged.
func Storable(value any) any {
	if IsNil(value) {
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

// IsNil tells whether a value is nil, or a pointer that is.
func IsNil(value any) bool {
	v := reflect.ValueOf(value)
	return value == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

// Mismatch is the error for a value that is not of the type asked for.
type Mismatch struct{ error }

// Read reads what Write wrote, from a file of the given size in bytes.
func Read[T any](file io.Reader, size int64) (value T, h Header, err error) {
	r := bufio.NewReader(file)
	if h, err = readHeader(r, size); err != nil {
		return value, h, err
	}
	if pictureTypes[h.Type] {
		var p image.Image
		if err := gob.NewDecoder(r).Decode(&p); err != nil {
			return value, h, err
		}
		if picture, ok := p.(T); ok {
			return picture, h, nil
		}
		return value, h, Mismatch{errors.New("a picture")}
	}
	if h.Type != reflect.TypeFor[T]().String() {
		return value, h, Mismatch{errors.New(h.Type)}
	}
	if valueCodec, ok := codec.For(reflect.TypeFor[T]()); ok {
		read, err := valueCodec.Read(r, h.Size)
		if err == nil {
			value = read.(T)
		}
		return value, h, err
	}
	return value, h, readRest(r, h, &value)
}

// readHeader reads the first line of a kept value, whose file has the given size in bytes.
func readHeader(r *bufio.Reader, size int64) (h Header, err error) {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return h, err
	}
	err = json.Unmarshal(line, &h)
	h.Size = size - int64(len(line))
	return h, err
}

// Headers returns the headers of the values in a store, sorted by name.
func Headers(kept Store) ([]Header, error) {
	files, err := kept.List()
	if err != nil {
		return nil, err
	}
	var all []Header
	for _, name := range files {
		file, size, err := kept.Get(name)
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
	slices.SortFunc(all, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// floatBytes returns the memory of a slice as bytes.
func floatBytes(floats []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(floats))), 4*len(floats))
}

// Key returns the name of the file for a value. It is a hash, because a file cannot have every name.
func Key(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:12])
}
