package stylelib

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // formats OpenPicture reads
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
	"stylenet/weights"
)

// maxPixels is the largest picture that is read or made: a guard against files that claim absurd sizes.
const maxPixels = 1 << 27

// OpenPicture reads a picture file (PNG, JPEG, GIF, WebP, TIFF, BMP), turns it upright as its EXIF orientation says,
// and scales it so that its longer side has longSide pixels; 0 leaves it at its own size.
func OpenPicture(path string, longSide int) (image.Image, error) {
	picture, err := readPicture(path)
	if err != nil {
		return nil, fmt.Errorf("stylelib: picture %s: %w", path, err)
	}
	if longSide == 0 {
		return picture, nil
	}
	return Resize(picture, longSide)
}

// readPicture decodes a picture file, the claimed size checked first, and turns it upright.
func readPicture(path string) (image.Image, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		var inPath *os.PathError
		if errors.As(err, &inPath) {
			err = inPath.Err // the caller names the path
		}
		return nil, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, notAPicture(data, err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("it claims %dx%d pixels; up to %d million are read", config.Width, config.Height, maxPixels>>20)
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("damaged %s: %w", strings.ToUpper(format), err)
	}
	return upright(picture, orientation(data, format)), nil
}

// notAPicture words the error for a file whose first bytes no decoder knows.
func notAPicture(data []byte, err error) error {
	switch {
	case len(data) == 0:
		return errors.New("the file is empty")
	case errors.Is(err, image.ErrFormat):
		return errors.New("not a picture file; PNG, JPEG, GIF, WebP, TIFF and BMP are read")
	}
	return fmt.Errorf("damaged picture: %w", err)
}

// SavePicture writes a picture as PNG, JPEG (quality 95) or TIFF, as the path's ending says. It appears under its
// name only when it is whole; folders are made as needed.
func SavePicture(path string, picture image.Image) error {
	encode, err := encoder(path)
	if err == nil {
		err = writeWhole(path, func(w io.Writer) error { return encode(w, picture) })
	}
	if err != nil {
		return fmt.Errorf("stylelib: writing picture %s: %w", path, err)
	}
	return nil
}

// CanSave returns the error that [SavePicture] would return for this path, as far as it can be known before hours
// of painting: an unknown ending, a folder that cannot be made or written.
func CanSave(path string) error {
	_, err := encoder(path)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o777)
	}
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(filepath.Dir(path), ".part-*"); err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
	}
	if info, statErr := os.Stat(path); err == nil && statErr == nil && info.IsDir() {
		err = errors.New("it is a folder")
	}
	if err != nil {
		return fmt.Errorf("stylelib: cannot write picture %s: %w", path, err)
	}
	return nil
}

// encoder returns what writes the format that a path's ending names.
func encoder(path string) (func(io.Writer, image.Image) error, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png":
		return png.Encode, nil
	case ".jpg", ".jpeg":
		return func(w io.Writer, p image.Image) error { return jpeg.Encode(w, p, &jpeg.Options{Quality: 95}) }, nil
	case ".tif", ".tiff":
		return func(w io.Writer, p image.Image) error {
			return tiff.Encode(w, p, &tiff.Options{Compression: tiff.Deflate})
		}, nil
	}
	return nil, errors.New("its name must end in .png, .jpg or .tif")
}

// writeWhole writes a file beside its place and renames it when it is complete.
func writeWhole(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	err = errors.Join(f.Chmod(0o644), write(f), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Sample returns the path of one of the sample photographs that set-up installs, such as "chelsea", the cat.
func Sample(name string) (string, error) {
	home, err := weights.Home()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(home, "samples")
	files, err := filepath.Glob(filepath.Join(folder, "*.*g"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("stylelib: no sample photographs in %s; `go run ./kernelext/stylenet setup` installs them", folder)
	}
	var names []string
	for _, file := range files {
		base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		if base == name {
			return file, nil
		}
		names = append(names, base)
	}
	return "", fmt.Errorf("stylelib: no sample photograph %q; there are %s", name, strings.Join(names, ", "))
}
