package picture

import (
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
	"stylenet/stylelib/internal/atomicfile"
)

// SavePicture writes a picture as PNG, JPEG (quality 95) or TIFF, as the path's ending says, with 8 bits a channel, rounded;
// a [SixteenBits] one with 16. It appears under its name only when it is whole; folders are made as needed.
func Save(path string, picture image.Image) error {
	encode, err := encoder(path)
	if err == nil {
		picture, err = storable(path, picture)
	}
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { return encode(w, picture) })
	}
	if err != nil {
		return fmt.Errorf("stylelib: writing picture %s: %w", path, err)
	}
	return nil
}

// Deep is a picture that [Save] and [SaveWithRecipe] write with 16 bits a channel, as PNG or TIFF:
//
//	err := picture.Save("out.tif", picture.SixteenBits{result.Picture})
//
// It is for whoever works on with a picture, or prints it; a PNG becomes about three times as large.
type SixteenBits struct{ image.Image }

// CanBeDeep reports whether a file of this name can have 16 bits a channel: PNG and TIFF can.
func Holds16Bits(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".png" || ending == ".tif" || ending == ".tiff"
}

// storable returns a picture with as many bits as it is to be written with.
func storable(path string, picture image.Image) (image.Image, error) {
	if _, err := Size(picture); err != nil {
		return nil, fmt.Errorf("the picture %w", err)
	}
	deep, isDeep := picture.(SixteenBits)
	switch {
	case isDeep && !Holds16Bits(path):
		return nil, errors.New("16 bits a channel need a name that ends in .png or .tif")
	case isDeep:
		return sixteenBits(deep.Image), nil
	}
	return eightBits(picture), nil
}

// CanSave returns the error that [Save] would return for this path, as far as it can be known before hours
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
