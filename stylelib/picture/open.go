package picture

import (
	"fmt"
	"image"
	_ "image/gif" // formats OpenPicture reads

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

// maxPixels is the largest picture that is read or made: a guard against files that claim absurd sizes.
const MaxPixels = 1 << 27

// OpenPicture reads a picture file (PNG, JPEG, GIF, WebP, TIFF, BMP), turns it upright as its EXIF orientation says,
// turns its colours into sRGB as its ICC profile says, and scales it so that its longer side has longSide pixels; 0
// leaves it at its own size. 16 bits a channel stay 16 bits.
//
// Profiles of PNG, JPEG, WebP and TIFF are followed where they are of the kind that cameras and screens have, a curve for
// each channel and a matrix, such as Display P3 and Adobe RGB, or a grey curve. Other profiles are not an error:
// [Inspect] tells of them.
func Open(path string, longSide int) (image.Image, error) {
	picture, err := readPicture(path)
	if err != nil {
		return nil, fmt.Errorf("stylelib: picture %s: %w", path, err)
	}
	if longSide == 0 {
		return picture, nil
	}
	return Resize(picture, longSide)
}

// readPicture reads a picture file in sRGB codes, upright.
func readPicture(path string) (image.Image, error) {
	file, err := openPictureFile(path)
	if err != nil {
		return nil, err
	}
	return file.decode()
}
