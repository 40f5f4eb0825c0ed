package icc

import (
	"encoding/binary"
	"image/color"
	"math"
	"strings"
	"testing"

	"stylenet/stylelib/internal/rgb"
	"stylenet/stylelib/internal/testkit"
)

// The five formulas of ICC.1:2022, table 68, by hand: g 2, a 0.5, b 0.25, c 0.5, d 0.25, e 0.1, f 0.05.
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

// By hand: with sRGB's primaries in another order channels are exchanged, and a curve of power 2 turns the value 0.5 into a quarter of the
// light. Alpha and white stay.
func TestProfileByHand(t *testing.T) {
	var permuted rgb.Matrix // its red is sRGB's green, its green sRGB's blue
	for i, row := range sRGBColumns {
		permuted[i] = [3]float64{row[1], row[2], row[0]}
	}
	p, err := Parse(testkit.ICCProfile(permuted, []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x00")))
	if err != nil {
		t.Fatal(err)
	}
	quarter := 1.055*math.Pow(0.25, 1/2.4) - 0.055
	half := testkit.RGB(1, 0.5, 0)
	half.A = 0x8000
	convert := p.Converter()
	colours := []color.NRGBA64{testkit.RGB(1, 0.5, 0), testkit.RGB(1, 1, 1), testkit.RGB(0, 0, 0.5), half}
	for x, want := range []color.NRGBA64{testkit.RGB(0, 1, quarter), testkit.RGB(1, 1, 1), testkit.RGB(quarter, 0, 0), testkit.RGB(0, 1, quarter)} {
		c := convert(colours[x])
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

// No bytes make Parse panic, and no profile gives values outside [0, 1].
func FuzzProfile(f *testing.F) {
	for _, curve := range []string{"curv\x00\x00\x00\x00\x00\x00\x00\x00", "curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x00",
		"para\x00\x00\x00\x00\x00\x03\x00\x00" + strings.Repeat("\x00\x01\x00\x00", 5)} {
		f.Add(testkit.ICCProfile(sRGBColumns, []byte(curve)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			return
		}
		p.IsSRGB()
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
