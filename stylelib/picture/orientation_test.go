package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"testing"

	"stylenet/stylelib/internal/testkit"
)

// withOrientation returns a JPEG with an EXIF segment that holds one entry, the orientation.
func withOrientation(jpeg []byte, orientation uint16) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1}
	tiff = binary.BigEndian.AppendUint16(tiff, orientation)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, jpeg[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(append(out, segment...), jpeg[2:]...)
}

// The EXIF standard says, for each value, on which side of the upright picture the stored first row and first column are. The stored
// picture is 32x16, white in its first corner and grey at the end of its first row.
func TestOrientation(t *testing.T) {
	stored := testkit.Filled(image.NewGray(image.Rect(0, 0, 32, 16)), color.Black)
	for y := range 8 {
		for x := range 8 {
			stored.SetGray(x, y, color.Gray{255})
			stored.SetGray(31-x, y, color.Gray{128})
		}
	}
	data := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, stored, nil) })
	const top, bottom, left, right = 0, 1, 0, 1
	for orientation, want := range map[uint16]struct {
		w, h        int
		white, grey [2]int // row side, column side
	}{
		1: {32, 16, [2]int{top, left}, [2]int{top, right}},
		2: {32, 16, [2]int{top, right}, [2]int{top, left}},
		3: {32, 16, [2]int{bottom, right}, [2]int{bottom, left}},
		4: {32, 16, [2]int{bottom, left}, [2]int{bottom, right}},
		5: {16, 32, [2]int{top, left}, [2]int{bottom, left}},
		6: {16, 32, [2]int{top, right}, [2]int{bottom, right}},
		7: {16, 32, [2]int{bottom, right}, [2]int{top, right}},
		8: {16, 32, [2]int{bottom, left}, [2]int{top, left}},
		9: {32, 16, [2]int{top, left}, [2]int{top, right}}, // not a value: left as it is
	} {
		picture, err := Open(write(t, "turned.jpg", withOrientation(data, orientation)), 0)
		if err != nil {
			t.Errorf("orientation %d: %v", orientation, err)
			continue
		}
		if b := picture.Bounds(); b.Dx() != want.w || b.Dy() != want.h {
			t.Errorf("orientation %d: %dx%d, want %dx%d", orientation, b.Dx(), b.Dy(), want.w, want.h)
			continue
		}
		at := func(side [2]int) int {
			y, x := 2+side[0]*(want.h-5), 2+side[1]*(want.w-5)
			r, _, _, _ := picture.At(x, y).RGBA()
			return int(r >> 8)
		}
		if white, grey := at(want.white), at(want.grey); white < 245 || grey < 110 || grey > 146 {
			t.Errorf("orientation %d: corners are %d and %d, want 255 and 128", orientation, white, grey)
		}
	}
}

// Orientation 6 in the other formats: the stored first row is the upright picture's right side (testdata/turned/turned.py).
func TestOrientationOfOtherFormats(t *testing.T) {
	for _, name := range []string{"turned.png", "turned.tif", "turned.webp"} {
		path := filepath.Join("testdata", "turned", name)
		picture, err := Open(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		if picture.Bounds().Size() != image.Pt(16, 32) {
			t.Fatalf("%s: %v, want 16x32", name, picture.Bounds())
		}
		values := Colours(picture)
		if topRight, bottomRight := values[2*16+13], values[29*16+13]; topRight != [3]float64{1, 1, 1} || bottomRight != [3]float64{1, 0, 0} {
			t.Errorf("%s: corners %v and %v, want white and red", name, topRight, bottomRight)
		}
		if info, err := Inspect(path); err != nil || info.Orientation != 6 || info.Width != 32 {
			t.Errorf("%s: %+v, error %v", name, info, err)
		}
	}
}
