package kernelext

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"
	xdraw "golang.org/x/image/draw"
)

const animationWidth = 256 // the widest that an animation is stored, in pixels

// Animate writes pictures to a file as an animated GIF, and shows it. The GIF shows each picture for the given time, the
// last for two seconds, and repeats. All pictures get the size of the first, at most 256 pixels wide, and share a palette
// of 256 colours.
func Animate(path string, each time.Duration, pictures ...image.Image) {
	Check(checkPictures("Animate", pictures...))
	if len(pictures) == 0 || each < 20*time.Millisecond {
		Check(fmt.Errorf("kernelext.Animate: %d pictures of %v; at least one, of 20ms or more, is needed", len(pictures), each))
	}
	data, err := animation(each, pictures)
	Check(err)
	Check(os.MkdirAll(filepath.Dir(path), 0o755))
	Check(renameio.WriteFile(path, data, 0o644, renameio.WithTempDir(filepath.Dir(path))))
	text := fmt.Sprintf("%s: animation of %s", path, plural(len(pictures), "picture"))
	show(output{html: fmt.Sprintf(`<img alt="animation" src="data:image/gif;base64,%s">`, base64.StdEncoding.EncodeToString(data)), text: text})
}

func animation(each time.Duration, pictures []image.Image) ([]byte, error) {
	first := fit(pictures[0], animationWidth, 2*animationWidth).Bounds().Size()
	frames := make([]*image.RGBA, len(pictures))
	for i, p := range pictures {
		frames[i] = image.NewRGBA(image.Rectangle{Max: first})
		xdraw.CatmullRom.Scale(frames[i], frames[i].Bounds(), p, p.Bounds(), draw.Src, nil)
	}
	colours := medianCut(frames, 256)
	var g gif.GIF
	for i, f := range frames {
		to := image.NewPaletted(f.Bounds(), colours)
		draw.FloydSteinberg.Draw(to, to.Bounds(), f, image.Point{})
		delay := each
		if i == len(frames)-1 {
			delay = 2 * time.Second
		}
		g.Image, g.Delay = append(g.Image, to), append(g.Delay, int(delay/(10*time.Millisecond)))
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &g)
	return b.Bytes(), err
}

// medianCut chooses at most n colours for pictures by the algorithm of Heckbert (1982). It cuts the box of colours with
// the longest side at the median of that side, again and again. Each box then gives its mean.
func medianCut(pictures []*image.RGBA, n int) color.Palette {
	const samples = 60_000
	pixels := 0
	for _, p := range pictures {
		pixels += len(p.Pix) / 4
	}
	var all [][3]uint8
	for i := 0; i < pixels; i += 1 + pixels/samples {
		p := pictures[i*len(pictures)/pixels]
		k := 4 * (i % (len(p.Pix) / 4))
		all = append(all, [3]uint8(p.Pix[k:k+3]))
	}
	boxes := [][][3]uint8{all}
	for len(boxes) < n {
		widest, axis, length := 0, 0, 0
		for i, box := range boxes {
			if a, l := longestAxis(box); l > length {
				widest, axis, length = i, a, l
			}
		}
		if length == 0 {
			break // every colour has a box
		}
		box := boxes[widest]
		slices.SortFunc(box, func(a, b [3]uint8) int { return cmp.Compare(a[axis], b[axis]) })
		cut := len(box) / 2
		for cut > 1 && box[cut][axis] == box[cut-1][axis] && box[cut][axis] != box[0][axis] {
			cut--
		}
		boxes[widest] = box[:cut]
		boxes = append(boxes, box[cut:])
	}
	var colours color.Palette
	for _, box := range boxes {
		var sum [3]int
		for _, c := range box {
			for k := range 3 {
				sum[k] += int(c[k])
			}
		}
		half := len(box) / 2
		mean := func(k int) uint8 { return uint8((sum[k] + half) / len(box)) }
		colours = append(colours, color.RGBA{mean(0), mean(1), mean(2), 255})
	}
	return colours
}

// longestAxis returns the axis along which the colours of a box lie farthest apart, and how far.
func longestAxis(box [][3]uint8) (axis, length int) {
	low, high := [3]uint8{255, 255, 255}, [3]uint8{}
	for _, c := range box {
		for k := range 3 {
			low[k], high[k] = min(low[k], c[k]), max(high[k], c[k])
		}
	}
	for k := range 3 {
		if l := int(high[k]) - int(low[k]); l > length {
			axis, length = k, l
		}
	}
	return axis, length
}
