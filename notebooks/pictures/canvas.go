package main

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// samples is the number of raster pixels along one side of an output pixel (supersampling, for antialiased edges).
const samples = 2

// canvas is a raster of colours, with a relief that is lit at the end.
type canvas struct {
	width, height float64   // in picture units
	scale         float64   // raster pixels in one picture unit
	w, h          int       // raster size
	pix           []colour  // [h*w]
	relief        []float64 // [h*w]: the thickness of the paint
	light         float64   // strength of the oblique light on the relief
}

// newCanvas returns a black canvas of width x height picture units, with zoom output pixels to the unit.
func newCanvas(width, height int, zoom float64) *canvas {
	c := &canvas{width: float64(width), height: float64(height), light: 0.5}
	c.w = int(math.Round(c.width*zoom)) * samples
	c.h = int(math.Round(c.height*zoom)) * samples
	c.scale = float64(c.w) / c.width
	c.pix = make([]colour, c.w*c.h)
	c.relief = make([]float64, c.w*c.h)
	return c
}

// at returns the centre of raster pixel (i, j) in picture units.
func (c *canvas) at(i, j int) point {
	return point{(float64(i) + 0.5) / c.scale, (float64(j) + 0.5) / c.scale}
}

// fill sets each pixel to the colour that shade returns for its position and its old colour. Several goroutines call shade at
// once.
func (c *canvas) fill(shade func(p point, old colour) colour) {
	c.bands(func(top, bottom int) {
		for j := top; j < bottom; j++ {
			for i := 0; i < c.w; i++ {
				k := j*c.w + i
				c.pix[k] = shade(c.at(i, j), c.pix[k])
			}
		}
	})
}

// bands calls work for horizontal bands of the raster, all at once. The result does not depend on the number of bands, because
// work changes the pixels of its band only.
func (c *canvas) bands(work func(top, bottom int)) {
	n := runtime.GOMAXPROCS(0)
	var wait sync.WaitGroup
	for b := range n {
		wait.Go(func() { work(c.h*b/n, c.h*(b+1)/n) })
	}
	wait.Wait()
}

// image lights the relief and averages the samples of each output pixel.
func (c *canvas) image() *image.RGBA {
	lit := make([]colour, len(c.pix))
	c.bands(func(top, bottom int) {
		for j := top; j < bottom; j++ {
			for i := 0; i < c.w; i++ {
				k := j*c.w + i
				lit[k] = c.pix[k].shaded(c.light * c.slope(i, j))
			}
		}
	})
	img := image.NewRGBA(image.Rect(0, 0, c.w/samples, c.h/samples))
	for y := range c.h / samples {
		for x := range c.w / samples {
			var sum colour
			for k := range samples * samples {
				sum = sum.plus(lit[(y*samples+k/samples)*c.w+x*samples+k%samples])
			}
			img.SetRGBA(x, y, sum.times(1.0/(samples*samples)).rgba())
		}
	}
	return img
}

// slope returns how much the relief at a raster pixel faces the light from the upper left, in [-1, 1]; below 0 it is turned away.
func (c *canvas) slope(i, j int) float64 {
	left, right := max(i-1, 0), min(i+1, c.w-1)
	above, below := max(j-1, 0), min(j+1, c.h-1)
	dx := c.relief[j*c.w+right] - c.relief[j*c.w+left]
	dy := c.relief[below*c.w+i] - c.relief[above*c.w+i]
	s := (0.6*dx + 0.8*dy) * c.scale / 2
	return s / math.Sqrt(1+s*s)
}

// index returns the index in pix of the raster pixel at p.
func (c *canvas) index(p point) int {
	i := min(max(int(p.x*c.scale), 0), c.w-1)
	j := min(max(int(p.y*c.scale), 0), c.h-1)
	return j*c.w + i
}
