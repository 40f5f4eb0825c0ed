package stylelib

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
)

// Pictures with profiles, each of another format and another kind of curve; the colours are worked out from the primaries
// and compared with littleCMS's by testdata/icc/icc.py.
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
		info, err := InspectPicture(path)
		if err != nil || info.Profile != profile || info.Warning != "" || info.Bits != 8 {
			t.Errorf("%s: %+v, error %v", name, info, err)
		}
		picture, err := OpenPicture(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		values, block, want, most := codeValues(picture), 1, recorded[name], 0.2 // a profile keeps primaries to 16 bits
		if filepath.Ext(name) == ".jpg" {                                        // blocks of one colour, and JPEG's own error
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

// minimalProfile is an RGB profile with these columns and one curve.
func minimalProfile(columns matrix, curve []byte) []byte {
	data := make([]byte, iccHeader, 1024)
	copy(data[16:], "RGB ")
	copy(data[36:], "acsp")
	names := []string{"rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"}
	data = binary.BigEndian.AppendUint32(data, uint32(len(names)))
	var body []byte
	for i, name := range names {
		element := curve
		if i < 3 {
			element = []byte("XYZ \x00\x00\x00\x00")
			for k := range 3 {
				element = binary.BigEndian.AppendUint32(element, uint32(int32(math.Round(columns[k][i]*65536))))
			}
		}
		data = append(data, name...)
		data = binary.BigEndian.AppendUint32(data, uint32(iccHeader+4+12*len(names)+len(body)))
		data = binary.BigEndian.AppendUint32(data, uint32(len(element)))
		body = append(body, element...)
	}
	return append(data, body...)
}

// By hand: with sRGB's primaries in another order colours change places, and a curve of power 2 turns code 0.5 into a
// quarter of the light. Alpha and white stay.
func TestProfileByHand(t *testing.T) {
	var turned matrix // its red is sRGB's green, its green sRGB's blue
	for i, row := range sRGBColumns {
		turned[i] = [3]float64{row[1], row[2], row[0]}
	}
	p, err := parseProfile(minimalProfile(turned, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x00")))
	if err != nil {
		t.Fatal(err)
	}
	quarter := 1.055*math.Pow(0.25, 1/2.4) - 0.055
	seen := rgb(1, 0.5, 0)
	seen.A = 0x8000
	got := inSRGB(row(rgb(1, 0.5, 0), rgb(1, 1, 1), rgb(0, 0, 0.5), seen), p).(*image.NRGBA64)
	for x, want := range []color.NRGBA64{rgb(0, 1, quarter), rgb(1, 1, 1), rgb(quarter, 0, 0), rgb(0, 1, quarter)} {
		c := got.NRGBA64At(x, 0)
		for i, pair := range [][2]uint16{{c.R, want.R}, {c.G, want.G}, {c.B, want.B}} {
			if math.Abs(float64(pair[0])-float64(pair[1])) > 40 { // columns are rounded to 1/65536
				t.Errorf("pixel %d, channel %d: %d, want %d", x, i, pair[0], pair[1])
			}
		}
		if want := []uint16{0xffff, 0xffff, 0xffff, 0x8000}[x]; c.A != want {
			t.Errorf("pixel %d: alpha %d, want %d", x, c.A, want)
		}
	}
}

// The five formulas of ICC.1:2022, table 68, with numbers worked by hand: g 2, a 0.5, b 0.25, c 0.5, d 0.25, e 0.1, f 0.05.
func TestFormulaCurves(t *testing.T) {
	for _, test := range []struct {
		kind   uint16
		params []float64
		want   [2]float64 // at 0.125 and 0.75
	}{
		{0, []float64{2}, [2]float64{0.015625, 0.5625}},
		{1, []float64{2, 0.5, -0.25}, [2]float64{0, 0.015625}},
		{2, []float64{2, 0.5, -0.25, 0.125}, [2]float64{0.125, 0.140625}},
		{3, []float64{2, 0.5, 0.25, 0.5, 0.25}, [2]float64{0.0625, 0.390625}},
		{4, []float64{2, 0.5, 0.25, 0.5, 0.25, 0.125, 0.0625}, [2]float64{0.125, 0.515625}},
	} {
		var data []byte
		for _, p := range test.params {
			data = binary.BigEndian.AppendUint32(data, uint32(int32(p*65536)))
		}
		curve := formulaCurve(test.kind, data)
		if curve == nil || curve(0.125) != test.want[0] || curve(0.75) != test.want[1] {
			t.Errorf("formula %d: %v %v, want %v", test.kind, curve(0.125), curve(0.75), test.want)
		}
		if formulaCurve(test.kind, data[1:]) != nil {
			t.Errorf("formula %d is read from too few bytes", test.kind)
		}
	}
}

// What a profile cannot be followed for is said, and the picture's codes stay.
func TestProfilesNotFollowed(t *testing.T) {
	good := minimalProfile(sRGBColumns, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00"))
	lut := bytes.ReplaceAll(bytes.ReplaceAll(good, []byte("rXYZ"), []byte("A2B0")), []byte("gXYZ"), []byte("B2A0"))
	long := bytes.Clone(good)
	binary.BigEndian.PutUint32(long[iccHeader:], 1<<31)
	outside := bytes.Clone(good)
	binary.BigEndian.PutUint32(outside[iccHeader+4+4:], 1<<31)
	cmyk := bytes.Replace(good, []byte("RGB "), []byte("CMYK"), 1)
	curve := bytes.Replace(good, []byte("curv"), []byte("what"), 1)
	black := minimalProfile(matrix{}, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00"))
	picture := encoded(t, func(b *bytes.Buffer) error {
		return jpeg.Encode(b, filled(image.NewNRGBA(image.Rect(0, 0, 8, 8)), color.NRGBA{200, 100, 50, 255}), nil)
	})
	for what, profile := range map[string][]byte{
		"is made of tables (LUT), which are not read": lut, `damaged: it claims 2147483648 tags`: long, `damaged: its tag "rXYZ" lies outside`: outside,
		`is for colours of the kind "CMYK"; RGB and GRAY are read`: cmyk, "damaged: its curve rTRC cannot be read": curve,
		"damaged: it does not begin as an ICC profile does": good[:100], "damaged: its primaries are no colours": black,
	} {
		path := write(t, "a.jpg", withProfile(picture, profile))
		info, err := InspectPicture(path)
		if err != nil || !strings.Contains(info.Warning, what) || !strings.Contains(info.Warning, "taken for sRGB") {
			t.Errorf("warning %q, error %v, want %q", info.Warning, err, what)
		}
		got, err := OpenPicture(path, 0)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := jpeg.Decode(bytes.NewReader(picture))
		if err != nil {
			t.Fatal(err)
		}
		close16(t, what, got, plain, 0)
	}
	if info, err := InspectPicture("testdata/cmyk.jpg"); err != nil || !strings.Contains(info.Warning, "CMYK picture") {
		t.Errorf("%+v, error %v", info, err)
	}
}

// withProfile returns a JPEG with an ICC profile in two segments.
func withProfile(jpeg, profile []byte) []byte {
	out := bytes.Clone(jpeg[:2])
	half := len(profile) / 2
	for i, part := range [][]byte{profile[:half], profile[half:]} {
		out = append(out, 0xff, 0xe2)
		out = binary.BigEndian.AppendUint16(out, uint16(2+14+len(part)))
		out = append(append(append(out, "ICC_PROFILE\x00"...), byte(i+1), 2), part...)
	}
	return append(out, jpeg[2:]...)
}

// 16 bits a channel come in whole, from PNG and TIFF, colour and grey, and go out whole.
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
			got, err := OpenPicture(path, 0)
			if err != nil {
				t.Fatal(err)
			}
			close16(t, name, got, picture, 0)
			if info, err := InspectPicture(path); err != nil || info.Bits != 16 {
				t.Errorf("%s: %+v, error %v", name, info, err)
			}
		}
	}
}

func FuzzProfile(f *testing.F) {
	for _, name := range []string{"p3.png", "adobe.jpg", "prophoto.tif", "shifted.webp", "grey.png"} {
		data, err := os.ReadFile(filepath.Join("testdata", "icc", name))
		if err != nil {
			f.Fatal(err)
		}
		format := map[string]string{".png": "png", ".jpg": "jpeg", ".tif": "tiff", ".webp": "webp"}[filepath.Ext(name)]
		f.Add(findProfile(data, format))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []string{"png", "jpeg", "tiff", "webp"} {
			findProfile(data, format)
		}
		p, err := parseProfile(data)
		if err != nil {
			return
		}
		p.isSRGB()
		for _, curve := range p.curves {
			for _, x := range []float64{0, 0.001, 0.5, 1} {
				if y := curve(x); !(y >= 0 && y <= 1) {
					t.Fatalf("a curve turns %g into %g", x, y)
				}
			}
		}
		for _, row := range p.matrix {
			for _, v := range row {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("matrix %v", p.matrix)
				}
			}
		}
	})
}
