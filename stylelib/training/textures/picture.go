package textures

import (
	"image"
	"image/color"
)

// Picture returns the canvas as a grey picture.
func (c Canvas) Picture() image.Image {
	return &image.Gray{Pix: c, Stride: Side, Rect: image.Rect(0, 0, Side, Side)}
}

// Coloured returns the canvas in colours that are made up from a seed, none of the numbered palettes.
func (c Canvas) Coloured(seed uint64) image.Image {
	r := seeded(81, seed)
	var p palette
	for !p.fill(r) {
	}
	picture := image.NewNRGBA(image.Rect(0, 0, Side, Side))
	for i, grey := range c {
		picture.SetNRGBA(i%Side, i/Side, toColour(p[grey][:]))
	}
	return picture
}

// Picture returns the sample as a picture, size pixels a side.
func (s *Sample) Picture(size int) image.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	for i := range size * size {
		picture.SetNRGBA(i%size, i/size, toColour(s.Pixels[3*i:]))
	}
	return picture
}

// toColour rounds RGB in [0, 1].
func toColour(rgb []float32) color.NRGBA {
	code := func(v float32) uint8 { return uint8(float32(clip(v)*255) + 0.5) }
	return color.NRGBA{code(rgb[0]), code(rgb[1]), code(rgb[2]), 255}
}
