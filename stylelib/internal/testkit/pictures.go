package testkit

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
)

// Row returns a picture one pixel high.
func Row(pixels ...color.NRGBA64) image.Image {
	picture := image.NewNRGBA64(image.Rect(0, 0, len(pixels), 1))
	for x, c := range pixels {
		picture.SetNRGBA64(x, 0, c)
	}
	return picture
}

// RGB returns an opaque colour from sRGB values in [0, 1].
func RGB(r, g, b float64) color.NRGBA64 {
	return color.NRGBA64{uint16(r*65535 + 0.5), uint16(g*65535 + 0.5), uint16(b*65535 + 0.5), 65535}
}

// Close16 fails where two opaque pictures differ by more than most 16-bit steps.
func Close16(t *testing.T, what string, got, want image.Image, most float64) {
	t.Helper()
	a, b := tensors.MustCopyFlatData[float32](Uploaded(got)), tensors.MustCopyFlatData[float32](Uploaded(want))
	if len(a) != len(b) {
		t.Fatalf("%s: %d values, want %d", what, len(a), len(b))
	}
	for i := range b {
		if d := math.Abs(float64(a[i]-b[i])) * 65535; d > most+0.01 {
			t.Fatalf("%s: pixel %d, channel %d is %.5f, want %.5f", what, i/3, i%3, a[i], b[i])
		}
	}
}

// Filled sets all pixels of a picture to one colour and returns it.
func Filled[T interface {
	image.Image
	Set(x, y int, c color.Color)
}](picture T, c color.Color) T {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			picture.Set(x, y, c)
		}
	}
	return picture
}

// ChannelMeans returns the means of R, G and B, in [0, 1].
func ChannelMeans(picture image.Image) (mean [3]float64) {
	values := tensors.MustCopyFlatData[float32](Uploaded(picture))
	for i, v := range values {
		mean[i%3] += float64(v) / float64(len(values)/3)
	}
	return mean
}

// Grey returns an 8x8 picture of one grey, an sRGB value in [0, 1].
func Grey(v float64) image.Image {
	return Filled(image.NewNRGBA64(image.Rect(0, 0, 8, 8)), RGB(v, v, v))
}

// EightBits returns R, G, B and alpha of each pixel, rounded to 8 bits.
func EightBits(picture image.Image) (values []uint8) {
	b := picture.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, alpha := picture.At(x, y).RGBA()
			for _, v := range []uint32{red, green, blue, alpha} {
				values = append(values, uint8((v+128)/257))
			}
		}
	}
	return values
}

// ICCProfile returns an RGB ICC profile with these primaries as columns, and one tone curve, an encoded element, for all channels.
func ICCProfile(columns [3][3]float64, curve []byte) []byte {
	data := make([]byte, 128, 1024)
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
		data = binary.BigEndian.AppendUint32(data, uint32(128+4+12*len(names)+len(body)))
		data = binary.BigEndian.AppendUint32(data, uint32(len(element)))
		body = append(body, element...)
	}
	return append(data, body...)
}
