// Command pictures draws the sample styles of the course and writes them as JPEG files into its folder. Each picture comes from
// the code in this folder and a fixed seed, so anybody may change a number, draw the picture again and use it.
//
//	go generate ./notebooks/pictures   draws all pictures
//	go run . -only night_sky           draws one, in this folder
//
// The files:
//
//	main.go      the table of the pictures, and the command
//	canvas.go    the raster of colours, and the relief of the paint
//	brush.go     brush strokes, bristle by bristle
//	shape.go     filled shapes, and curves
//	cells.go     Voronoi cells, and the distance from their borders
//	geometry.go  points, interpolation, streamlines, scattered points
//	noise.go     value noise and fractal noise
//	colour.go    colours and colour ramps
//	autumn.go, ink_wash.go, meadow.go, mosaic.go, night_sky.go, stained_glass.go, waves.go   one picture each
//
// Coordinates are in picture units: 1 is one pixel of the written file, x grows to the right and y downwards.
package main

import (
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"log"
	"os"
	"path/filepath"
)

//go:generate go run .

// picture is one of the sample styles.
type picture struct {
	name          string // the file is name + ".jpg"
	width, height int    // in picture units
	quality       int    // of the JPEG file, 1 to 100
	draw          func(c *canvas)
}

// pictures are the sample styles, in the order of the README.
var pictures = []picture{
	{"night_sky", 512, 400, 86, paintNightSky},
	{"stained_glass", glassWidth, glassHeight, 86, paintStainedGlass},
	{"waves", 512, 360, 88, paintWaves},
	{"mosaic", mosaicWidth, mosaicHeight, 86, paintMosaic},
	{"meadow", 512, 400, 86, paintMeadow},
	{"autumn", 512, 400, 86, paintAutumn},
	{"ink_wash", 400, 512, 86, paintInkWash},
}

// render draws the picture with zoom pixels to one picture unit: 1 for the file, 0.25 for a thumbnail.
func (p picture) render(zoom float64) *image.RGBA {
	c := newCanvas(p.width, p.height, zoom)
	p.draw(c)
	return c.image()
}

// write writes the picture's file into a folder.
func (p picture) write(folder string) error {
	file, err := os.Create(filepath.Join(folder, p.name+".jpg"))
	if err != nil {
		return err
	}
	err = jpeg.Encode(file, p.render(1), &jpeg.Options{Quality: p.quality})
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

func main() {
	only := flag.String("only", "", "draw only the picture of this name")
	folder := flag.String("o", ".", "folder that receives the pictures")
	flag.Parse()
	written := 0
	for _, p := range pictures {
		if *only != "" && *only != p.name {
			continue
		}
		if err := p.write(*folder); err != nil {
			log.Fatalf("picture %s: %v", p.name, err)
		}
		fmt.Println(p.name + ".jpg")
		written++
	}
	if written == 0 {
		log.Fatalf("no picture is called %q; README.md lists them", *only)
	}
}
