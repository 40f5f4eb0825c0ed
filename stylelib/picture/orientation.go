package picture

import (
	"bytes"
	"image"
	"image/draw"

	"github.com/bep/imagemeta"
)

// orientation returns the EXIF orientation in a picture file, 1 (upright) to 8; 1 where there is none, or none of these.
func orientation(data []byte, format string) int {
	formats := map[string]imagemeta.ImageFormat{
		"jpeg": imagemeta.JPEG, "png": imagemeta.PNG, "webp": imagemeta.WebP, "tiff": imagemeta.TIFF,
	}
	known, ok := formats[format]
	if !ok {
		return 1
	}
	found := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R:               bytes.NewReader(data),
		ImageFormat:     known,
		Sources:         imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && value >= 1 && value <= 8 {
				found = int(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1 // a picture with damaged metadata is still read
	}
	return found
}

// turnUpright rotates and mirrors a picture by its EXIF orientation, 1 to 8.
func turnUpright(picture image.Image, orientation int) image.Image {
	if orientation == 1 {
		return picture
	}
	b := picture.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.Rect(0, 0, w, h)
	if orientation >= 5 { // rotated by 90 degrees, with or without a mirror
		out = image.Rect(0, 0, h, w)
	}
	// from returns the stored pixel of an upright one.
	from := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return w - 1 - x, y },
		3: func(x, y int) (int, int) { return w - 1 - x, h - 1 - y },
		4: func(x, y int) (int, int) { return x, h - 1 - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, h - 1 - x },
		7: func(x, y int) (int, int) { return w - 1 - y, h - 1 - x },
		8: func(x, y int) (int, int) { return w - 1 - y, x },
	}[orientation]
	var upright draw.Image = image.NewNRGBA64(out)
	for y := range out.Dy() {
		for x := range out.Dx() {
			sx, sy := from(x, y)
			upright.Set(x, y, picture.At(b.Min.X+sx, b.Min.Y+sy))
		}
	}
	return upright
}
