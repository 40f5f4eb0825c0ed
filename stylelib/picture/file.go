package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/tiff"
	"stylenet/stylelib/picture/internal/icc"
)

// PictureInfo is what a picture file says of itself.
type Info struct {
	Format        string // JPEG, PNG …
	Width, Height int    // as stored, before it is turned upright
	Bits          int    // a channel, 8 or 16; less is counted as 8
	Orientation   int    // as EXIF counts it, from 1, upright, to 8
	Profile       string // name of the ICC colour profile, "unnamed" where it has none; empty: there is no profile, codes are sRGB's
	Warning       string // why colours may not be the true ones; empty: they are
}

// InspectPicture reads what [Open] would go by, without decoding the picture. Of a picture that OpenPicture cannot
// read it returns the same error, as far as the file's head shows it.
//
// Warning is set where a profile cannot be followed: its colours, made of tables (LUT), or damaged, are then taken for
// sRGB's; those of a CMYK picture are turned into RGB as if its inks were ideal.
func Inspect(path string) (Info, error) {
	file, err := openPictureFile(path)
	if err != nil {
		return Info{}, fmt.Errorf("stylelib: picture %s: %w", path, err)
	}
	return file.Info, nil
}

// pictureFile is a picture file in memory.
type pictureFile struct {
	Info
	data    []byte
	profile *icc.Profile // to be followed; nil: there is none, or it is sRGB's, or cannot be
}

// openPictureFile reads a file and looks at its head; the claimed size is checked.
func openPictureFile(path string) (*pictureFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		var inPath *os.PathError
		if errors.As(err, &inPath) {
			err = inPath.Err // the caller names the path
		}
		if folder, folderErr := os.Getwd(); errors.Is(err, fs.ErrNotExist) && folderErr == nil && !filepath.IsAbs(path) {
			err = fmt.Errorf("%w (paths begin in %s)", err, folder)
		}
		return nil, err
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, notAPicture(data, err)
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

// readProfile decides how the picture's codes are to be understood.
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

// decode returns the picture upright, in sRGB codes.
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
	if whole := image.Rect(0, 0, f.Width, f.Height); picture.Bounds().Size() != whole.Size() { // a GIF's first frame, of which the rest is blank
		canvas := image.NewNRGBA(whole)
		draw.Draw(canvas, picture.Bounds(), picture, picture.Bounds().Min, draw.Src)
		picture = canvas
	}
	if f.Format == "WEBP" {
		picture = fromVideoRange(picture)
	}
	if f.profile != nil {
		picture = inSRGB(picture, f.profile)
	}
	return upright(picture, f.Orientation), nil
}

// fromVideoRange returns the colours that a lossy WebP means, whose Y goes from 16 to 235 and whose Cb and Cr from 16 to 240
// (ITU-R BT.601, as RFC 6386 has it). Go takes these numbers for a JPEG's, from 0 to 255.
func fromVideoRange(picture image.Image) image.Image {
	b := picture.Bounds()
	var at func(x, y int) (color.YCbCr, uint8)
	switch p := picture.(type) {
	case *image.YCbCr:
		at = func(x, y int) (color.YCbCr, uint8) { return p.YCbCrAt(x, y), 255 }
	case *image.NYCbCrA:
		at = func(x, y int) (color.YCbCr, uint8) { return p.YCbCrAt(x, y), p.A[p.AOffset(x, y)] }
	default: // lossless
		return picture
	}
	code := func(v float64) uint8 { return uint8(min(max(v, 0), 255) + 0.5) }
	out := image.NewNRGBA(image.Rectangle{Max: b.Size()})
	for y := range b.Dy() {
		for x := range b.Dx() {
			c, alpha := at(b.Min.X+x, b.Min.Y+y)
			light := 255. / 219 * (float64(c.Y) - 16)
			blue, red := 255./112*(float64(c.Cb)-128), 255./112*(float64(c.Cr)-128)
			out.SetNRGBA(x, y, color.NRGBA{code(light + 0.701*red), code(light - 0.886*0.114/0.587*blue - 0.701*0.299/0.587*red), code(light + 0.886*blue), alpha})
		}
	}
	return out
}

// isAnimated reports whether a WebP has several pictures: a flag of its extended header.
func isAnimated(webp []byte) bool {
	return len(webp) > 20 && string(webp[12:16]) == "VP8X" && webp[20]&2 != 0
}

// notAPicture words the error for a file whose first bytes no decoder knows.
func notAPicture(data []byte, err error) error {
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
