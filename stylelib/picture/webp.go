package picture

import (
	"image"
	"image/color"
)

// fromVideoRange returns the right colours of a lossy WebP, whose Y is from 16 to 235 and whose Cb and Cr are from 16 to 240 (ITU-R BT.601,
// as RFC 6386 requires). Go's decoder takes these numbers for those of a JPEG, from 0 to 255.
func fromVideoRange(picture image.Image) image.Image {
	b := picture.Bounds()
	var at func(x, y int) (color.YCbCr, uint8)
	switch p := picture.(type) {
	case *image.YCbCr:
		at = func(x, y int) (color.YCbCr, uint8) { return p.YCbCrAt(x, y), 255 }
	case *image.NYCbCrA:
		at = func(x, y int) (color.YCbCr, uint8) { return p.YCbCrAt(x, y), p.A[p.AOffset(x, y)] }
	default: // lossless
		return picture
	}
	round := func(v float64) uint8 { return uint8(min(max(v, 0), 255) + 0.5) }
	out := image.NewNRGBA(image.Rectangle{Max: b.Size()})
	for y := range b.Dy() {
		for x := range b.Dx() {
			c, alpha := at(b.Min.X+x, b.Min.Y+y)
			luma := 255. / 219 * (float64(c.Y) - 16)
			blue, red := 255./112*(float64(c.Cb)-128), 255./112*(float64(c.Cr)-128)
			out.SetNRGBA(x, y, color.NRGBA{round(luma + 0.701*red),
				round(luma - 0.886*0.114/0.587*blue - 0.701*0.299/0.587*red), round(luma + 0.886*blue), alpha})
		}
	}
	return out
}

// isAnimated reports whether a WebP has several frames: a flag of its extended header.
func isAnimated(webp []byte) bool {
	return len(webp) > 20 && string(webp[12:16]) == "VP8X" && webp[20]&2 != 0
}
