package picture

import (
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/tiff"
	"stylenet/stylelib/internal/atomicfile"
)

// Save writes a picture as PNG, JPEG (quality 95) or TIFF, by the path's ending, with 8 bits a channel, rounded; a [SixteenBits] one with
// 16. The file appears under its name only when it is complete. Folders are made as needed.
func Save(path string, picture image.Image) error {
	encode, err := encoder(path)
	if err == nil {
		picture, err = withBits(path, picture)
	}
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { return encode(w, picture) })
	}
	if err != nil {
		return fmt.Errorf("picture: writing %s: %w", path, err)
	}
	return nil
}

// SixteenBits is a picture that [Save] and [SaveWithRecipe] write with 16 bits a channel, as PNG or TIFF:
//
//	err := picture.Save("out.tif", picture.SixteenBits{result.Picture})
//
// It is for pictures that are edited further or printed. A PNG becomes about three times as large.
type SixteenBits struct{ image.Image }

// Holds16Bits reports whether a file of this name can have 16 bits a channel, as PNG and TIFF can.
func Holds16Bits(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".png" || ending == ".tif" || ending == ".tiff"
}

// withBits returns a picture with the number of bits that it is to be written with.
func withBits(path string, picture image.Image) (image.Image, error) {
	if _, err := Size(picture); err != nil {
		return nil, fmt.Errorf("the picture %w", err)
	}
	sixteen, isSixteen := picture.(SixteenBits)
	switch {
	case isSixteen && !Holds16Bits(path):
		return nil, errors.New("16 bits a channel need a name that ends in .png or .tif")
	case isSixteen:
		return sixteenBits(sixteen.Image), nil
	}
	return eightBits(picture), nil
}

// CanSave returns the error that [Save] would return for this path, as far as it is known before there is a picture: an unknown ending, a
// folder that cannot be made or written to. It makes the folder.
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
		return fmt.Errorf("picture: cannot write %s: %w", path, err)
	}
	return nil
}

// encoder returns the function that writes the format of a path's ending.
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
