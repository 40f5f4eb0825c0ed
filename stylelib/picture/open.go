// Package picture reads, writes, scales and joins pictures, as image.Image, and turns them into arrays of values and back.
//
// Values are sRGB values of R, G and B in [0, 1], float32 or float64, row by row; transparent pixels are shown on white. They have 16
// bits a channel inside the package, where a file has them.
//
//	open.go         Open and Inspect: picture files
//	profiles.go     where files keep an ICC profile; internal/icc converts by it
//	orientation.go  the EXIF orientation
//	webp.go         what Go's decoder of WebP leaves to do
//	save.go         Save, to PNG, JPEG and TIFF
//	recipe.go       a text in a PNG that says how the picture was made
//	pixels.go       pictures to values and back
//	resize.go       scaling in linear light
//	compose.go      several pictures in a row, alpha
//	sample.go       the sample photographs that set-up installs
//
// It needs packages weights, for the folder of StyleNet's files, internal/rgb and internal/atomicfile.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // formats that Open reads; image/jpeg, image/png and tiff are imported by name
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
	"stylenet/stylelib/picture/internal/icc"
)

// MaxPixels is the number of pixels of the largest picture that is read or made: a guard against files that claim absurd sizes.
const MaxPixels = 1 << 27

// Open reads a picture file (PNG, JPEG, GIF, WebP, TIFF, BMP), turns it upright by its EXIF orientation, converts its colours to sRGB by
// its ICC profile, and scales it so that its longer side has longSide pixels; 0 keeps its own size. 16 bits a channel stay 16 bits.
//
// It follows profiles of PNG, JPEG, WebP and TIFF of the kind that cameras and screens have: a tone curve for each channel and a matrix,
// such as Display P3 and Adobe RGB, or a grey curve. Other profiles are not an error: [Inspect] warns of them.
func Open(path string, longSide int) (image.Image, error) {
	file, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("picture: %s: %w", path, err)
	}
	picture, err := file.decode()
	if err != nil {
		return nil, fmt.Errorf("picture: %s: %w", path, err)
	}
	if longSide == 0 {
		return picture, nil
	}
	return Resize(picture, longSide)
}

// Info is what a picture file says of itself.
type Info struct {
	Format        string // JPEG, PNG …
	Width, Height int    // in pixels, as stored, before the picture is turned upright
	Bits          int    // a channel, 8 or 16; fewer are counted as 8
	Orientation   int    // by EXIF, from 1, upright, to 8
	Profile       string // name of the ICC colour profile, "unnamed" where it has no name; empty: there is no profile, values are sRGB
	Warning       string // why colours may be wrong; empty: they are not
}

// Inspect reads the metadata that [Open] uses, without decoding the picture. Of a picture that Open cannot read it returns the same
// error, as far as the file's header shows it.
//
// Warning is set where a profile cannot be followed. Values of pictures whose profile is made of tables (LUT), or damaged, are taken for
// sRGB; a CMYK picture is converted to RGB as if its inks were ideal.
func Inspect(path string) (Info, error) {
	file, err := readFile(path)
	if err != nil {
		return Info{}, fmt.Errorf("picture: %s: %w", path, err)
	}
	return file.Info, nil
}

// pictureFile is a picture file in memory.
type pictureFile struct {
	Info
	data    []byte
	profile *icc.Profile // to convert from; nil: values are sRGB, or are taken for it
}

// readFile reads a picture file and decodes its header. It returns an error where the size that the header claims is too large.
func readFile(path string) (*pictureFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		var inPath *os.PathError
		if errors.As(err, &inPath) {
			err = inPath.Err // Open and Inspect name the path
		}
		if folder, folderErr := os.Getwd(); errors.Is(err, fs.ErrNotExist) && folderErr == nil && !filepath.IsAbs(path) {
			err = fmt.Errorf("%w (paths begin in %s)", err, folder)
		}
		return nil, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, headerError(data, err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > MaxPixels/config.Height {
		return nil, fmt.Errorf("it claims %dx%d pixels; up to %d million are read", config.Width, config.Height, MaxPixels>>20)
	}
	file := &pictureFile{data: data}
	file.Info = Info{Format: strings.ToUpper(format), Width: config.Width, Height: config.Height, Bits: 8, Orientation: orientation(data, format)}
	switch config.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		file.Bits = 16
	}
	file.readProfile(findProfile(data, format), config.ColorModel)
	return file, nil
}

// readProfile decides from an ICC profile, nil where there is none, what the picture's values are.
func (f *pictureFile) readProfile(data []byte, model color.Model) {
	isGrey := model == color.GrayModel || model == color.Gray16Model
	if model == color.CMYKModel {
		f.Warning = "it is a CMYK picture, turned into RGB as if its inks were ideal"
	}
	if data == nil {
		return
	}
	p, err := icc.Parse(data)
	f.Profile = "unnamed"
	if p != nil && p.Name != "" {
		f.Profile = p.Name
	}
	switch {
	case model == color.CMYKModel:
		f.Warning += fmt.Sprintf("; its colour profile %q is not followed", f.Profile)
	case err != nil:
		f.Warning = fmt.Sprintf("its colour profile %q %v; its colours are taken for sRGB", f.Profile, err)
	case p.IsGrey && !isGrey:
		f.Warning = fmt.Sprintf("its colour profile %q is for grey pictures; its colours are taken for sRGB", f.Profile)
	case !p.IsSRGB():
		f.profile = p
	}
}

// decode returns the picture upright, in sRGB values.
func (f *pictureFile) decode() (image.Image, error) {
	picture, _, err := image.Decode(bytes.NewReader(f.data))
	var unsupported tiff.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return nil, fmt.Errorf("a %s of a kind that is not read: %w", f.Format, err)
	case err != nil && f.Format == "WEBP" && isAnimated(f.data):
		return nil, errors.New("an animated WebP; of WebP only still pictures are read")
	case err != nil:
		return nil, fmt.Errorf("damaged %s: %w", f.Format, err)
	}
	if full := image.Rect(0, 0, f.Width, f.Height); picture.Bounds().Size() != full.Size() { // a GIF's first frame; around it is transparent
		canvas := image.NewNRGBA(full)
		draw.Draw(canvas, picture.Bounds(), picture, picture.Bounds().Min, draw.Src)
		picture = canvas
	}
	if f.Format == "WEBP" {
		picture = fromVideoRange(picture)
	}
	if f.profile != nil {
		picture = toSRGB(picture, f.profile)
	}
	return turnUpright(picture, f.Orientation), nil
}

// headerError says what is wrong with a file whose header cannot be decoded.
func headerError(data []byte, err error) error {
	var unsupported tiff.UnsupportedError
	switch {
	case len(data) == 0:
		return errors.New("the file is empty")
	case errors.Is(err, image.ErrFormat):
		return errors.New("not a picture file; PNG, JPEG, GIF, WebP, TIFF and BMP are read")
	case errors.As(err, &unsupported):
		return fmt.Errorf("a TIFF of a kind that is not read: %w", err)
	}
	return fmt.Errorf("damaged picture: %w", err)
}
