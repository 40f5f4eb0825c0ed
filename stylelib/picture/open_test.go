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

// encoded returns what encode writes.
func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Every format and kind of pixel gives the same RGB values; what is transparent is shown on white.
func TestOpenKinds(t *testing.T) {
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

// A GIF's first frame may be smaller than its picture; the rest is then transparent, which is white.
func TestSmallGIFFrame(t *testing.T) {
	palette := color.Palette{color.Black, color.NRGBA{255, 0, 0, 255}}
	frame := image.NewPaletted(image.Rect(2, 1, 4, 3), palette)
	for i := range frame.Pix {
		frame.Pix[i] = 1
	}
	animation := &gif.GIF{Image: []*image.Paletted{frame}, Delay: []int{0}, Config: image.Config{ColorModel: palette, Width: 5, Height: 4}}
	picture, err := Open(write(t, "frame.gif", encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, animation) })), 0)
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

// The luma of lossy WebP is from 16 to 235. The files were made and read by Pillow, see testdata/webp/webp.py.
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

// A CMYK JPEG as programs for print write it: four channels, inverted, marked by Adobe. It was made by Pillow:
// Image.new("CMYK", (16, 16), (0, 127, 255, 0)).save("cmyk.jpg", quality=95).
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

func TestBadPictures(t *testing.T) {
	intact := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray(image.Rect(0, 0, 64, 64))) })
	huge := append([]byte{}, intact...)
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
		{"cut.png", intact[:len(intact)-20], "damaged PNG"},
		{"headless.png", intact[:20], "damaged picture"},
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
	want := "picture: missing.png: no such file or directory (paths begin in " + folder + ")"
	if _, err := Open("missing.png", 0); err == nil || err.Error() != want {
		t.Errorf("missing file: error %q", err)
	}
	for _, size := range []int{-1, 10_000_000} {
		if _, err := Open(write(t, "ok.png", intact), size); err == nil || !strings.Contains(err.Error(), "give a size from 1 to about 11585") {
			t.Errorf("size %d: error %v", size, err)
		}
	}
}

// No bytes make Open panic, and what it opens has the size asked for.
func FuzzOpen(f *testing.F) {
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
