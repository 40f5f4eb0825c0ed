// Package textures makes procedural pictures with labels, from which the built-in network learns: textures, and textures
// in shapes on other textures. No photograph, no font and nobody else's work goes into them. The package imports the
// standard library only.
//
//	textures.go   the families of textures; Draw: one grey canvas of a class
//	noise.go      families: filtered random noise (power spectra, marble, reaction and diffusion, relief)
//	patterns.go   families: periodic patterns (gratings, plaids, tiles, weaves, dots)
//	cells.go      families: cellular noise and Voronoi cells
//	strokes.go    families: brush strokes and lines
//	figures.go    families: many copies of a figure (dead leaves, trees, bubbles, glyphs, grass)
//	fractals.go   families: Julia sets and iterated function systems
//	sample.go     Generator: a picture of textures in shapes on a texture, and its labels
//	shapes.go     the masks of the shapes
//	palettes.go   colour palettes
//	degrade.go    contrast, blur, noise and JPEG's blocks
//	raster.go     an image of float64 values and what families do with it
//	spectrum.go   the fast Fourier transform, and noise of a given spectrum
//	drawing.go    antialiased polygons and lines
//	random.go     random numbers from a seed
//	portable.go   sine, exponential and logarithm that give the same bits on every processor
//
// Draw names a canvas by a class and a number. Class c belongs to family c mod len(Families), and c is the seed of the
// family's parameters; the number is the seed of everything else. So there is no end of classes, and a network can be
// tested with classes that it was not trained on.
//
// The compiler may replace a multiplication and an addition by one fused operation, which rounds once, where the
// processor has one. A conversion such as float64(x*y) + z forbids that, so the pictures are the same on every processor.
package textures

import (
	"fmt"
	"image"
	"image/color"
)

// side is the width and height of a canvas in pixels.
const side = 256

// Canvas is a grey texture [256, 256], 0 to 255, row by row.
type Canvas []uint8

// Family is one procedure that makes textures.
type Family struct {
	Name string
	draw func(p, r *random) raster // p gives the parameters, which make the class, r all other random numbers
}

// Families are all families, in the order of their numbers.
var Families = []Family{
	{"power", power}, {"band", band}, {"labyrinth", labyrinth}, {"marble", marble}, {"contour", contour}, {"bump", bump},
	{"grating", grating}, {"plaid", plaid}, {"rings", rings}, {"zigzag", zigzag}, {"tile", tile}, {"weave", weave}, {"dots", dots},
	{"cells", cells}, {"mosaic", mosaic}, {"crystals", crystals},
	{"strokes", strokes}, {"flow", flow}, {"hair", hair}, {"hatching", hatching}, {"impasto", impasto},
	{"leaves", leaves}, {"tree", tree}, {"bubbles", bubbles}, {"glyphs", glyphs}, {"grass", grass},
	{"julia", julia}, {"fern", fern},
}

// Draw returns canvas n of a class; both count from 0.
func Draw(class, n int) (Canvas, error) {
	if class < 0 || n < 0 {
		return nil, fmt.Errorf("textures: class %d, canvas %d; both count from 0", class, n)
	}
	p, r := seeded(77, uint64(class)), seeded(78, uint64(class), uint64(n))
	z := Families[class%len(Families)].draw(p, r)
	canvas := make(Canvas, side*side)
	for i, v := range z {
		canvas[i] = uint8(clamp(v) * 255)
	}
	return canvas, nil
}

// Picture returns the canvas as a grey picture.
func (c Canvas) Picture() *image.Gray {
	return &image.Gray{Pix: c, Stride: side, Rect: image.Rect(0, 0, side, side)}
}

// Coloured returns the canvas in the colours of a random palette, which is none of those that label a [Sample].
func (c Canvas) Coloured(seed uint64) *image.NRGBA {
	r := seeded(81, seed)
	var p palette
	for !p.fill(r) {
	}
	picture := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i, grey := range c {
		picture.SetNRGBA(i%side, i/side, toColour(p[grey][:]))
	}
	return picture
}

// toColour rounds RGB in [0, 1] to 8 bits.
func toColour(rgb []float32) color.NRGBA {
	round := func(v float32) uint8 { return uint8(float32(clamp(v)*255) + 0.5) }
	return color.NRGBA{round(rgb[0]), round(rgb[1]), round(rgb[2]), 255}
}
