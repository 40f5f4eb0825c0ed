package picture

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"stylenet/stylelib/internal/testkit"
)

// write puts data into a new file and returns its path.
func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every kind of picture gives the RGB a person sees, what is transparent shown on white.
func TestKindsOfPicture(t *testing.T) {
	r := image.Rect(0, 0, 4, 3)
	asPNG := func(p image.Image) []byte { return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, p) }) }
	asJPEG := func(p image.Image) []byte {
		return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, p, &jpeg.Options{Quality: 100}) })
	}
	orange := color.NRGBA{255, 128, 0, 255}
	for _, test := range []struct {
		name string
		data []byte
		want [3]float64
		tol  float64
	}{
		{"rgb.png", asPNG(testkit.Filled(image.NewNRGBA(r), orange)), [3]float64{1, 128. / 255, 0}, 1e-6},
		{"grey.png", asPNG(testkit.Filled(image.NewGray(r), color.Gray{51})), [3]float64{0.2, 0.2, 0.2}, 1e-6},
		{"16-bit.png", asPNG(testkit.Filled(image.NewNRGBA64(r), color.NRGBA64{1000, 30000, 65535, 65535})), [3]float64{1000. / 65535, 30000. / 65535, 1}, 1e-6},
		{"16-bit-grey.png", asPNG(testkit.Filled(image.NewGray16(r), color.Gray16{12345})), [3]float64{12345. / 65535, 12345. / 65535, 12345. / 65535}, 1e-6},
		{"alpha.png", asPNG(testkit.Filled(image.NewNRGBA(r), color.NRGBA{255, 0, 0, 51})), [3]float64{1, 0.8, 0.8}, 1e-4},
		{"clear.png", asPNG(testkit.Filled(image.NewNRGBA(r), color.NRGBA{0, 0, 0, 0})), [3]float64{1, 1, 1}, 1e-6},
		{"rgb.jpg", asJPEG(testkit.Filled(image.NewNRGBA(r), orange)), [3]float64{1, 128. / 255, 0}, 2. / 255},
		{"grey.jpg", asJPEG(testkit.Filled(image.NewGray(r), color.Gray{51})), [3]float64{0.2, 0.2, 0.2}, 1. / 255},
		{"picture.gif", encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, testkit.Filled(image.NewNRGBA(r), color.White), nil) }), [3]float64{1, 1, 1}, 1e-6},
		{"picture.bmp", encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, testkit.Filled(image.NewRGBA(r), orange)) }), [3]float64{1, 128. / 255, 0}, 1e-6},
		{"picture.tif", encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, testkit.Filled(image.NewNRGBA(r), orange), nil) }), [3]float64{1, 128. / 255, 0}, 1e-6},
		{"named-wrongly.png", asJPEG(testkit.Filled(image.NewGray(r), color.Gray{51})), [3]float64{0.2, 0.2, 0.2}, 1. / 255},
	} {
		picture, err := Open(write(t, test.name, test.data), 0)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		values, h, w := Values(picture)
		if h != 3 || w != 4 || len(values) != 36 {
			t.Errorf("%s: %dx%d with %d values, want 4x3 with 36", test.name, w, h, len(values))
		}
		for i, v := range values {
			if d := float64(v) - test.want[i%3]; d > test.tol || d < -test.tol {
				t.Errorf("%s: value %d is %g, want %g", test.name, i, v, test.want[i%3])
				break
			}
		}
	}
}

// A GIF's first frame may be smaller than its picture; the rest is then clear, which is white.
func TestGIFOfAPart(t *testing.T) {
	palette := color.Palette{color.Black, color.NRGBA{255, 0, 0, 255}}
	frame := image.NewPaletted(image.Rect(2, 1, 4, 3), palette)
	for i := range frame.Pix {
		frame.Pix[i] = 1
	}
	animation := &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{ColorModel: palette, Width: 5, Height: 4}}
	picture, err := Open(write(t, "part.gif", encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, animation) })), 0)
	if err != nil {
		t.Fatal(err)
	}
	values, h, w := Values(picture)
	if h != 4 || w != 5 {
		t.Fatalf("%dx%d, want 5x4", w, h)
	}
	for y := range h {
		for x := range w {
			want := [3]float32{1, 1, 1}
			if image.Pt(x, y).In(frame.Rect) {
				want = [3]float32{1, 0, 0}
			}
			if got := [3]float32(values[(y*w+x)*3:]); got != want {
				t.Errorf("pixel %d, %d is %v, want %v", x, y, got, want)
			}
		}
	}
}

// Lossy WebP counts light from 16 to 235. The files were made and read by Pillow, see testdata/webp/webp.py.
func TestLossyWebP(t *testing.T) {
	text, err := os.ReadFile("testdata/webp/want.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][4][]float64
	if err := json.Unmarshal(text, &want); err != nil || len(want) != 2 {
		t.Fatalf("%v, error %v", want, err)
	}
	for name, colours := range want {
		picture, err := Open(filepath.Join("testdata", "webp", name), 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, colour := range colours {
			got := color.NRGBAModel.Convert(picture.At(8+16*(i%2), 8+16*(i/2))).(color.NRGBA)
			for c, v := range []uint8{got.R, got.G, got.B, got.A}[:len(colour)] {
				if d := float64(v) - colour[c]; d < -2 || d > 2 {
					t.Errorf("%s: pixel %d is %v, want %v", name, i, got, colour)
					break
				}
			}
		}
	}
	if _, err := Open("testdata/webp/animated.webp", 0); err == nil || !strings.Contains(err.Error(), "an animated WebP; of WebP only still pictures are read") {
		t.Errorf("animated: error %v", err)
	}
}

// Where the name is a link, the file that it leads to is written.
func TestSavePictureFollowsLinks(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file.png"), filepath.Join(folder, "link.png")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	if err := Save(link, testkit.Picture(2, 3, 1)); err != nil {
		t.Fatal(err)
	}
	picture, err := Open(file, 0)
	if info, linkErr := os.Lstat(link); err != nil || linkErr != nil || info.Mode()&os.ModeSymlink == 0 || picture.Bounds().Dx() != 3 {
		t.Errorf("%v, error %v; want the link still, and its file written", info, err)
	}
}

// A CMYK JPEG, as printers' programs write it: four channels, inverted, marked by Adobe. It lies in testdata, made by
// Pillow: Image.new("CMYK", (16, 16), (0, 127, 255, 0)).save("cmyk.jpg", quality=95).
func TestCMYK(t *testing.T) {
	picture, err := Open("testdata/cmyk.jpg", 0)
	if err != nil {
		t.Fatal(err)
	}
	values, _, _ := Values(picture)
	for c, want := range []float32{1, 128. / 255, 0} {
		if d := values[c] - want; d > 0.02 || d < -0.02 {
			t.Errorf("channel %d is %g, want %g", c, values[c], want)
		}
	}
}

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

// The EXIF standard says, for each value, on which side the stored first row and first column belong. The stored
// picture is 32x16 with white in its first corner and grey at the end of its first row.
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

// The other formats' orientation, 6: the stored first row is the upright picture's right side (testdata/turned/turned.py).
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

func TestBadPictures(t *testing.T) {
	good := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 64, 64))) })
	huge := append([]byte{}, good...)
	binary.BigEndian.PutUint32(huge[16:], 1<<30) // the width in the PNG header; its checksum is now wrong too
	bmpHuge := encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, image.NewRGBA(image.Rect(0, 0, 1, 1))) })
	binary.LittleEndian.PutUint32(bmpHuge[18:], 1<<20)
	binary.LittleEndian.PutUint32(bmpHuge[22:], 1<<20)
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty.png", nil, "the file is empty"},
		{"text.jpg", []byte("not a picture"), "not a picture file; PNG, JPEG, GIF, WebP, TIFF and BMP are read"},
		{"cut.png", good[:len(good)-20], "damaged PNG"},
		{"headless.png", good[:20], "damaged picture"},
		{"huge.png", huge, "damaged picture"},
		{"huge.bmp", bmpHuge, "it claims 1048576x1048576 pixels"},
	} {
		path := write(t, test.name, test.data)
		_, err := Open(path, 32)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %q, want one line with %q and the path", test.name, err, test.want)
		}
	}
	folder, _ := os.Getwd()
	want := "stylelib: picture missing.png: no such file or directory (paths begin in " + folder + ")"
	if _, err := Open("missing.png", 0); err == nil || err.Error() != want {
		t.Errorf("missing file: error %q", err)
	}
	for _, size := range []int{-1, 10_000_000} {
		if _, err := Open(write(t, "ok.png", good), size); err == nil || !strings.Contains(err.Error(), "give a size from 1 to about 11585") {
			t.Errorf("size %d: error %v", size, err)
		}
	}
}

func TestResizeKeepsProportions(t *testing.T) {
	for _, test := range []struct{ w, h, longSide, wantW, wantH int }{
		{326, 458, 229, 163, 229}, {458, 326, 229, 229, 163}, {10, 10, 25, 25, 25}, {1000, 1, 10, 10, 1},
	} {
		picture, err := Resize(image.NewGray(image.Rect(0, 0, test.w, test.h)), test.longSide)
		if err != nil {
			t.Fatal(err)
		}
		b := picture.Bounds()
		if b.Dx() != test.wantW || b.Dy() != test.wantH {
			t.Errorf("%dx%d at %d: %dx%d, want %dx%d", test.w, test.h, test.longSide, b.Dx(), b.Dy(), test.wantW, test.wantH)
		}
	}
}

// A fine chequer of black and white sends out half the light of white. Half the light is the sRGB code
// 1.055·0.5^(1/2.4) - 0.055 = 0.735, not 0.5.
func TestResizeAveragesLight(t *testing.T) {
	chequer := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range chequer.Pix {
		chequer.Pix[i] = uint8(255 * ((i + i/64) % 2))
	}
	values, _, _ := Values(ResizeTo(chequer, 8, 8))
	for _, v := range values {
		if v < 0.725 || v > 0.745 {
			t.Fatalf("value %g, want 0.735", v)
		}
	}
}

// A picture comes back rounded to 8 bits, or whole where it is deep; JPEG loses a little more.
func TestSavedPictureIsTheSame(t *testing.T) {
	values := make([]float32, 9*12*3)
	for i := range values {
		values[i] = float32(i) / float32(len(values)) // smooth, so that JPEG keeps it well
	}
	picture := FromValues(values, 9, 12)
	folder := filepath.Join(t.TempDir(), "new", "folder")
	for _, test := range []struct {
		name    string
		picture image.Image
		most    float64 // 16-bit steps
		bits    int
	}{
		{"a.png", picture, 129, 8}, {"a.tif", picture, 129, 8}, {"a.jpg", picture, 3000, 8},
		{"deep.png", SixteenBits{picture}, 0, 16}, {"deep.tif", SixteenBits{picture}, 0, 16},
	} {
		path := filepath.Join(folder, test.name)
		if err := Save(path, test.picture); err != nil {
			t.Fatal(err)
		}
		back, err := Open(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, test.name, back, picture, test.most)
		if info, err := Inspect(path); err != nil || info.Bits != test.bits || info.Width != 12 {
			t.Errorf("%s: %+v, error %v", test.name, info, err)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 5 {
		t.Errorf("%d files in the folder, want 5: no partial file may stay", len(entries))
	}
	if err := Save("a.jpg", SixteenBits{picture}); err == nil || !strings.Contains(err.Error(), "16 bits a channel need a name that ends in .png or .tif") {
		t.Errorf("error %v", err)
	}
}

func TestCanSave(t *testing.T) {
	if err := CanSave(filepath.Join(t.TempDir(), "deep", "a.png")); err != nil {
		t.Error(err)
	}
	file := write(t, "file", nil)
	folder := filepath.Join(t.TempDir(), "folder.png")
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"a.webp": "must end in .png, .jpg or .tif", folder: "it is a folder", filepath.Join(file, "a.png"): "not a directory"} {
		if err := CanSave(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", path, err, want)
		}
	}
}

// Values are clipped, not stretched: 2 is white, -1 black, and 0.5 keeps its code although the range is wider.
func TestToPictureClips(t *testing.T) {
	got := FromValues([]float32{2, -1, 0.5}, 1, 1).At(0, 0)
	if want := (color.NRGBA64{0xffff, 0, 0x8000, 0xffff}); got != want {
		t.Errorf("pixel %v, want %v", got, want)
	}
}

func FuzzOpenPicture(f *testing.F) {
	picture := image.NewGray(image.Rect(0, 0, 8, 8))
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		f.Fatal(err)
	}
	f.Add(withOrientation(b.Bytes(), 6))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "fuzz")
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		picture, err := Open(path, 16)
		if err != nil {
			return
		}
		if b := picture.Bounds(); max(b.Dx(), b.Dy()) != 16 {
			t.Errorf("size %s, want a long side of 16", fmt.Sprint(b.Size()))
		}
	})
}
