// Command pictures paints the style pictures of the course and writes them
// as JPEG files beside this program. Every picture is made by the code in
// this folder from a fixed seed, so anybody may change a number, paint again
// and use the result.
//
//	go generate ./notebooks/pictures            paints them all
//	go run . -only night_sky                    paints one (in this folder)
//
// Coordinates are picture units: one unit is one pixel of the written file,
// x grows to the right and y grows downwards.
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

// painting is one picture of the collection.
type painting struct {
	name          string // the file is name + ".jpg"
	width, height int    // of the picture, in picture units
	quality       int    // of the JPEG file, 1 to 100
	paint         func(c *canvas)
}

// paintings lists the collection in the order of the README.
var paintings = []painting{
	{"night_sky", 512, 400, 86, paintNightSky},
	{"stained_glass", glassWidth, glassHeight, 86, paintStainedGlass},
	{"waves", 512, 360, 88, paintWaves},
	{"mosaic", mosaicWidth, mosaicHeight, 86, paintMosaic},
	{"meadow", 512, 400, 86, paintMeadow},
	{"autumn", 512, 400, 86, paintAutumn},
	{"ink_wash", 400, 512, 86, paintInkWash},
}

// render paints the picture with zoom output pixels to one picture unit:
// 1 is the size of the file, 0.25 a quick thumbnail of the same painting.
func (p painting) render(zoom float64) *image.RGBA {
	c := newCanvas(p.width, p.height, zoom)
	p.paint(c)
	return c.picture()
}

// write paints the picture at full size into folder.
func (p painting) write(folder string) error {
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
	only := flag.String("only", "", "paint only the picture of this name")
	folder := flag.String("o", ".", "folder that receives the pictures")
	flag.Parse()
	painted := 0
	for _, p := range paintings {
		if *only != "" && *only != p.name {
			continue
		}
		if err := p.write(*folder); err != nil {
			log.Fatalf("painting %s: %v", p.name, err)
		}
		fmt.Println(p.name + ".jpg")
		painted++
	}
	if painted == 0 {
		log.Fatalf("no picture is called %q; see the table in main.go", *only)
	}
}
