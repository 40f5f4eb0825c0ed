package picture

import (
	"bytes"
	"encoding/binary"
	"image"

	"stylenet/stylelib/picture/internal/icc"
)

// findProfile returns the bytes of a picture file's ICC profile, nil where it has no complete one.
func findProfile(data []byte, format string) []byte {
	switch format {
	case "png":
		return pngProfile(data)
	case "jpeg":
		return jpegProfile(data)
	case "tiff":
		return tiffProfile(data)
	case "webp":
		return webpProfile(data)
	}
	return nil
}

// pngProfile returns the profile in chunk iCCP: a name, 0, the compression method (0), and the profile, deflated.
func pngProfile(data []byte) []byte {
	for data = data[min(len(pngSignature), len(data)):]; len(data) >= 12; {
		length, kind := uint64(binary.BigEndian.Uint32(data)), string(data[4:8])
		if kind == "IDAT" || length > uint64(len(data)-12) {
			return nil
		}
		if kind == "iCCP" {
			_, packed, _ := bytes.Cut(data[8:8+length], []byte{0})
			if len(packed) == 0 || packed[0] != 0 {
				return nil
			}
			profile, _ := inflate(packed[1:], icc.MaxSize)
			return profile
		}
		data = data[12+length:]
	}
	return nil
}

// jpegProfile joins the segments APP2 that begin with ICC_PROFILE, the segment's number and how many there are. Programs write them in
// order.
func jpegProfile(data []byte) (profile []byte) {
	const mark = "ICC_PROFILE\x00"
	for data = data[min(2, len(data)):]; len(data) >= 4 && data[0] == 0xff; {
		if data[1] == 0xff { // a fill byte
			data = data[1:]
			continue
		}
		length := int(binary.BigEndian.Uint16(data[2:])) // with its own two bytes
		if data[1] == 0xda || length < 2 || 2+length > len(data) {
			break
		}
		body, isProfile := bytes.CutPrefix(data[4:2+length], []byte(mark))
		if data[1] == 0xe2 && isProfile && len(body) > 2 {
			profile = append(profile, body[2:]...)
		}
		data = data[2+length:]
	}
	return profile
}

// tiffProfile returns the value of tag 34675 in the first directory of a TIFF.
func tiffProfile(data []byte) []byte {
	const tag = 34675
	if len(data) < 8 {
		return nil
	}
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	start := uint64(order.Uint32(data[4:]))
	if start+2 > uint64(len(data)) {
		return nil
	}
	entries := data[start+2:]
	for range order.Uint16(data[start:]) {
		if len(entries) < 12 {
			return nil
		}
		if order.Uint16(entries) == tag {
			size, offset := uint64(order.Uint32(entries[4:])), uint64(order.Uint32(entries[8:]))
			if size > 4 && offset+size <= uint64(len(data)) {
				return data[offset : offset+size]
			}
			return nil
		}
		entries = entries[12:]
	}
	return nil
}

// webpProfile returns the chunk ICCP of a WebP, whose chunks begin after 12 bytes.
func webpProfile(data []byte) []byte {
	for data = data[min(12, len(data)):]; len(data) >= 8; {
		length := uint64(binary.LittleEndian.Uint32(data[4:]))
		if length > uint64(len(data)-8) {
			return nil
		}
		if string(data[:4]) == "ICCP" {
			return data[8 : 8+length]
		}
		data = data[min(8+length+length%2, uint64(len(data))):]
	}
	return nil
}

// toSRGB converts a picture from a profile's values to sRGB, 16 bits a channel.
func toSRGB(picture image.Image, p *icc.Profile) image.Image {
	b, at, convert := picture.Bounds(), nrgba64At(picture), p.Converter()
	out := image.NewNRGBA64(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			out.SetNRGBA64(x, y, convert(at(b.Min.X+x, b.Min.Y+y)))
		}
	}
	return out
}
