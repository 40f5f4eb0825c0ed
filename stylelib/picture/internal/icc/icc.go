// Package icc reads ICC colour profiles (ICC.1:2022) of the simple kind, a tone curve for each channel and a matrix, and converts pixels from
// them to sRGB. Values and linear light are in [0, 1]. It needs package internal/rgb.
package icc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image/color"
	"math"
	"strings"
	"sync"
	"unicode/utf16"

	"stylenet/stylelib/internal/rgb"
)

// Profile is an ICC colour profile of the simple kind: a tone curve for each channel and, for RGB, a matrix.
type Profile struct {
	Name   string // its description; empty where it has none
	IsGrey bool
	curves [3]func(value float64) float64 // from values to linear light; the same three for grey
	matrix rgb.Matrix                     // from the profile's linear RGB to sRGB's; white stays white
}

// tags are a profile's tagged elements, by name.
type tags map[string][]byte

// An ICC profile (ICC.1:2022) is a header of 128 bytes, the number of tags, and for each tag its name, offset and size.
// Numbers are big-endian.
const (
	header  = 128
	maxTags = 1000

	MaxSize = 16 << 20 // of a profile that is read, in bytes
)

// Parse reads a profile. It trusts no length in it. It returns an error for a profile with tables in place of a matrix (LUT), where it
// has not both, and for one of another colour space than RGB and grey; then the profile has its name where it can be read. The error has
// no prefix and follows the name of the profile.
func Parse(data []byte) (*Profile, error) {
	if len(data) < header+4 || string(data[36:40]) != "acsp" {
		return nil, errors.New("damaged: it does not begin as an ICC profile does")
	}
	tags, err := readTags(data)
	if err != nil {
		return nil, err
	}
	p := &Profile{Name: tags.name()}
	switch space := strings.TrimSpace(string(data[16:20])); space {
	case "GRAY":
		p.IsGrey = true
		for c := range p.curves {
			if p.curves[c], err = tags.curve("kTRC"); err != nil {
				return p, err
			}
		}
	case "RGB":
		if tags["rXYZ"] == nil && tags["A2B0"] != nil {
			return p, errors.New("is made of tables (LUT), which are not read")
		}
		for c, channel := range []string{"r", "g", "b"} {
			if p.curves[c], err = tags.curve(channel + "TRC"); err != nil {
				return p, err
			}
		}
		if p.matrix, err = tags.matrix(); err != nil {
			return p, err
		}
	default:
		return p, fmt.Errorf("is for colours of the kind %q; RGB and GRAY are read", space)
	}
	return p, nil
}

// readTags returns a profile's tags, and an error where one is not within the data.
func readTags(data []byte) (tags, error) {
	count := binary.BigEndian.Uint32(data[header:])
	table := data[header+4:]
	if count > maxTags || int(count)*12 > len(table) {
		return nil, fmt.Errorf("damaged: it claims %d tags", count)
	}
	tags := tags{}
	for i := range int(count) {
		entry := table[12*i:]
		offset, size := uint64(binary.BigEndian.Uint32(entry[4:])), uint64(binary.BigEndian.Uint32(entry[8:]))
		if offset+size > uint64(len(data)) {
			return nil, fmt.Errorf("damaged: its tag %q lies outside", entry[:4])
		}
		tags[string(entry[:4])] = data[offset : offset+size]
	}
	return tags, nil
}

// name returns the profile's description, "" where it has none that can be read.
func (t tags) name() string {
	data := t["desc"]
	if len(data) < 28 {
		return ""
	}
	var text string
	switch string(data[:4]) {
	case "desc": // ASCII, its length first
		length := min(uint64(binary.BigEndian.Uint32(data[8:])), uint64(len(data)-12))
		text = string(data[12 : 12+length])
	case "mluc": // UTF-16 in several languages; the first is taken
		length, offset := uint64(binary.BigEndian.Uint32(data[20:])), uint64(binary.BigEndian.Uint32(data[24:]))
		if offset+length > uint64(len(data)) {
			return ""
		}
		var units []uint16
		for rest := data[offset : offset+length]; len(rest) > 1; rest = rest[2:] {
			units = append(units, binary.BigEndian.Uint16(rest))
		}
		text = string(utf16.Decode(units))
	}
	text, _, _ = strings.Cut(text, "\x00")
	if runes := []rune(strings.ToValidUTF8(text, "")); len(runes) > 80 {
		text = string(runes[:80]) + "…"
	}
	return strings.Join(strings.Fields(text), " ")
}

// curve reads a tone curve: a power, a table or a formula with parameters. The curve returns values in [0, 1], never NaN.
func (t tags) curve(name string) (func(float64) float64, error) {
	data := t[name]
	if len(data) < 12 {
		return nil, fmt.Errorf("damaged: it has no curve %s", name)
	}
	var curve func(float64) float64
	switch string(data[:4]) {
	case "curv":
		curve = tableCurve(binary.BigEndian.Uint32(data[8:]), data[12:])
	case "para":
		curve = formulaCurve(binary.BigEndian.Uint16(data[8:]), data[12:])
	}
	if curve == nil {
		return nil, fmt.Errorf("damaged: its curve %s cannot be read", name)
	}
	return func(x float64) float64 {
		y := curve(x)
		if !(y > 0) { // NaN too
			return 0
		}
		return min(y, 1)
	}, nil
}

// tableCurve returns a curve of count 16-bit values in even steps, between which it is linear; of no value it is the identity, of one a
// power. It returns nil where the data are too short.
func tableCurve(count uint32, data []byte) func(float64) float64 {
	if uint64(count)*2 > uint64(len(data)) {
		return nil
	}
	value := func(i int) float64 { return float64(binary.BigEndian.Uint16(data[2*i:])) }
	switch count {
	case 0:
		return func(x float64) float64 { return x }
	case 1:
		return func(x float64) float64 { return math.Pow(x, value(0)/256) }
	}
	return func(x float64) float64 {
		at := x * float64(count-1)
		i := min(int(at), int(count)-2)
		share := at - float64(i)
		return ((1-share)*value(i) + share*value(i+1)) / 0xffff
	}
}

// formulaCurve returns a power with a straight line before it, by the formula of a kind, 0 to 4 (ICC.1:2022, table 68). It returns nil for
// another kind and where the data are too short.
func formulaCurve(kind uint16, data []byte) func(float64) float64 {
	counts := []int{1, 3, 4, 5, 7}
	if int(kind) >= len(counts) || 4*counts[kind] > len(data) {
		return nil
	}
	var v [7]float64 // g a b c d e f
	for i := range counts[kind] {
		v[i] = fixed16(data[4*i:])
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch kind {
	case 0:
		a = 1
	case 1:
		c, d = 0, -b/a
	case 2:
		c, d, e, f = 0, -b/a, c, c
	}
	return func(x float64) float64 {
		if x < d {
			return c*x + f
		}
		return math.Pow(a*x+b, g) + e
	}
}

// fixed16 returns a number of 32 bits, 16 of them after the point.
func fixed16(data []byte) float64 { return float64(int32(binary.BigEndian.Uint32(data))) / (1 << 16) }

// sRGBColumns are sRGB's primaries as columns, as an ICC profile has them: adapted to its white, D50, by Bradford's method (B. Lindbloom's
// tables). The rows are X, Y and Z.
var sRGBColumns = rgb.Matrix{
	{0.4360747, 0.3850649, 0.1430804},
	{0.2225045, 0.7168786, 0.0606169},
	{0.0139322, 0.0971045, 0.7141733},
}

// matrix returns the matrix from the profile's linear RGB to sRGB's, such that white stays white.
func (t tags) matrix() (rgb.Matrix, error) {
	var columns rgb.Matrix
	for c, name := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		data := t[name]
		if len(data) < 20 || string(data[:4]) != "XYZ " {
			return columns, fmt.Errorf("damaged: it has no primary %s", name)
		}
		for i := range 3 {
			columns[i][c] = fixed16(data[8+4*i:])
		}
	}
	m := sRGBColumns.RelativeToWhite().Inverse().Times(columns.RelativeToWhite())
	for _, row := range m {
		for _, v := range row {
			if math.IsNaN(v) || math.Abs(v) > 100 {
				return m, errors.New("damaged: its primaries are no colours")
			}
		}
	}
	return m, nil
}

// IsSRGB reports whether the profile is sRGB itself, to half a step of 8 bits.
func (p *Profile) IsSRGB() bool {
	for _, curve := range p.curves {
		for i := range 256 {
			if math.Abs(rgb.FromLinear(curve(float64(i)/255))*255-float64(i)) > 0.5 {
				return false
			}
		}
	}
	return p.IsGrey || p.matrix.Near(rgb.Matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, 1e-3)
}

// Converter returns a function that converts a pixel from the profile's values to sRGB, 16 bits a channel, not premultiplied. Colours
// outside sRGB are clipped. Alpha stays.
func (p *Profile) Converter() func(color.NRGBA64) color.NRGBA64 {
	var light [3][]float64
	for c, curve := range p.curves {
		light[c] = make([]float64, 1<<16)
		for i := range light[c] {
			light[c][i] = curve(float64(i) / 0xffff)
		}
	}
	table := srgbTable()
	srgb := func(v float64) uint16 { return table[int(min(max(v, 0), 1)*float64(len(table)-1)+0.5)] }
	return func(from color.NRGBA64) color.NRGBA64 {
		v := [3]float64{light[0][from.R], light[1][from.G], light[2][from.B]}
		if !p.IsGrey {
			v = p.matrix.Apply(v)
		}
		return color.NRGBA64{srgb(v[0]), srgb(v[1]), srgb(v[2]), from.A}
	}
}

// srgbTable returns the 16-bit sRGB values of linear light in steps of 2⁻¹⁸.
var srgbTable = sync.OnceValue(func() []uint16 {
	const steps = 1 << 18
	table := make([]uint16, steps+1)
	for i := range table {
		table[i] = uint16(math.Round(rgb.FromLinear(float64(i)/steps) * 0xffff))
	}
	return table
})
