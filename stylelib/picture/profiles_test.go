package picture

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/internal/testkit"
	"stylenet/stylelib/picture/internal/icc"
)

// Pictures with profiles, each of another format and another kind of curve. testdata/icc/icc.py computed the colours from the primaries and
// compared them with littleCMS's.
func TestProfiles(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "icc", "icc.json"))
	if err != nil {
		t.Fatal(err)
	}
	var recorded map[string][][3]float64
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	profiles := map[string]string{"p3.png": "Display P3, made anew", "adobe.jpg": "Adobe RGB, made anew", "prophoto.tif": "ProPhoto RGB, made anew",
		"shifted.webp": "Formula 2", "grey.png": "Grey 1.8", "srgb.jpg": "sRGB, made anew"}
	for name, profile := range profiles {
		path := filepath.Join("testdata", "icc", name)
		info, err := Inspect(path)
		if err != nil || info.Profile != profile || info.Warning != "" || info.Bits != 8 {
			t.Errorf("%s: %+v, error %v", name, info, err)
		}
		picture, err := Open(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		values, block, want, most := Colours(picture), 1, recorded[name], 0.2 // a profile keeps primaries to 16 bits
		if filepath.Ext(name) == ".jpg" {                                     // blocks of one colour, and JPEG's own error
			block, most = 8, 2.5
		}
		columns := picture.Bounds().Dx() / block
		worst := 0.
		for i, w := range want {
			got := values[(i/columns*block+block/2)*columns*block+i%columns*block+block/2]
			for c := range 3 {
				worst = max(worst, math.Abs(got[c]*255-w[c]))
			}
		}
		if len(want) < 100 || worst > most {
			t.Errorf("%s: colours are off by up to %.3f of 255", name, worst)
		}
	}
}

// A profile that cannot be followed gives a warning that says why, and the picture's values stay.
func TestProfilesNotFollowed(t *testing.T) {
	followed := testkit.ICCProfile(srgbColumns, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00"))
	lut := bytes.ReplaceAll(bytes.ReplaceAll(followed, []byte("rXYZ"), []byte("A2B0")), []byte("gXYZ"), []byte("B2A0"))
	long := bytes.Clone(followed)
	binary.BigEndian.PutUint32(long[128:], 1<<31)
	outside := bytes.Clone(followed)
	binary.BigEndian.PutUint32(outside[128+4+4:], 1<<31)
	cmyk := bytes.Replace(followed, []byte("RGB "), []byte("CMYK"), 1)
	curve := bytes.Replace(followed, []byte("curv"), []byte("what"), 1)
	black := testkit.ICCProfile(rgb.Matrix{}, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00"))
	picture := encoded(t, func(b *bytes.Buffer) error {
		return jpeg.Encode(b, testkit.Filled(image.NewNRGBA(image.Rect(0, 0, 8, 8)), color.NRGBA{200, 100, 50, 255}), nil)
	})
	for reason, profile := range map[string][]byte{
		"is made of tables (LUT), which are not read": lut, `damaged: it claims 2147483648 tags`: long, `damaged: its tag "rXYZ" lies outside`: outside,
		`is for colours of the kind "CMYK"; RGB and GRAY are read`: cmyk, "damaged: its curve rTRC cannot be read": curve,
		"damaged: it does not begin as an ICC profile does": followed[:100], "damaged: its primaries are no colours": black,
	} {
		path := write(t, "a.jpg", withProfile(picture, profile))
		info, err := Inspect(path)
		if err != nil || !strings.Contains(info.Warning, reason) || !strings.Contains(info.Warning, "taken for sRGB") {
			t.Errorf("warning %q, error %v, want %q", info.Warning, err, reason)
		}
		got, err := Open(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jpeg.Decode(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		testkit.Close16(t, reason, got, want, 0)
	}
	if info, err := Inspect("testdata/cmyk.jpg"); err != nil || !strings.Contains(info.Warning, "CMYK picture") {
		t.Errorf("%+v, error %v", info, err)
	}
}

// withProfile returns a JPEG with an ICC profile in two segments.
func withProfile(jpeg, profile []byte) []byte {
	out := bytes.Clone(jpeg[:2])
	half := len(profile) / 2
	for i, segment := range [][]byte{profile[:half], profile[half:]} {
		out = append(out, 0xff, 0xe2)
		out = binary.BigEndian.AppendUint16(out, uint16(2+14+len(segment)))
		out = append(append(append(out, "ICC_PROFILE\x00"...), byte(i+1), 2), segment...)
	}
	return append(out, jpeg[2:]...)
}

// 16 bits a channel are read to the last bit, from PNG and TIFF, colour and grey.
func TestSixteenBits(t *testing.T) {
	colour, grey := image.NewNRGBA64(image.Rect(0, 0, 5, 4)), image.NewGray16(image.Rect(0, 0, 5, 4))
	for i := range 20 {
		v := uint16(i*3001 + 257*i + 13)
		colour.SetNRGBA64(i%5, i/5, color.NRGBA64{v, v ^ 0x5555, 65535 - v, 0xffff})
		grey.SetGray16(i%5, i/5, color.Gray16{v})
	}
	for _, picture := range []image.Image{colour, grey} {
		for name, data := range map[string][]byte{
			"a.png": encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, picture) }),
			"a.tif": encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, picture, nil) }),
		} {
			path := write(t, name, data)
			got, err := Open(path, 0)
			if err != nil {
				t.Fatal(err)
			}
			testkit.Close16(t, name, got, picture, 0)
			if info, err := Inspect(path); err != nil || info.Bits != 16 {
				t.Errorf("%s: %+v, error %v", name, info, err)
			}
		}
	}
}

// No bytes make the search for a profile panic.
func FuzzFindProfile(f *testing.F) {
	for _, name := range []string{"p3.png", "adobe.jpg", "prophoto.tif", "shifted.webp", "grey.png"} {
		data, err := os.ReadFile(filepath.Join("testdata", "icc", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []string{"png", "jpeg", "tiff", "webp"} {
			if found := findProfile(data, format); len(found) > icc.MaxSize {
				t.Fatalf("a profile of %d bytes", len(found))
			}
		}
	})
}

// srgbColumns are sRGB's primaries as a profile has them (B. Lindbloom's tables).
var srgbColumns = [3][3]float64{{0.4360747, 0.3850649, 0.1430804}, {0.2225045, 0.7168786, 0.0606169}, {0.0139322, 0.0971045, 0.7141733}}
