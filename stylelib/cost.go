package stylelib

import (
	"image"

	"stylenet/weights"
)

func (e atOnce) cost(size image.Point) cost {
	pixels, picture := e.pictureBytes(size)
	all, largest, work := e.featureBytes()
	return cost{arrays: int64(picture + pixels*(all+work*largest)), pixels: pixels, forward: forwardShare}
}

func (e inTiles) cost(size image.Point) cost {
	pixels, picture := e.pictureBytes(size)
	all, largest, work := e.featureBytes()
	g := e.gather(pictureShape(size.Y, size.X), Nothing)
	window := float64(g.window.X) * float64(g.window.Y)
	evaluated := float64(len(g.tiles)) * window
	kept := 0. // features of layers that are kept
	for _, name := range g.kept {
		l := e.net.Layer(name)
		kept += pixels * bytesAPixel(l.Channels, l.Stride)
	}
	overlap := evaluated / pixels    // how often a pixel is in a window
	losses := kept * (3 + 2*overlap) // the target's, the picture's and their gradient, joined and in windows
	backward := kept*(1+overlap) + window*(all+(work+1)*largest)
	return cost{
		arrays: int64(picture + pixels*bytesAPixel(3, 1) + max(losses, backward)),
		pixels: 1.5 * evaluated, forward: tiledForwardShare, tiled: true,
	}
}

// cost counts the devices' memory together: all may be this computer's.
func (e *onDevices) cost(size image.Point) cost {
	const work = 2.8 // more than featureBytes says, for the plain method and for the neighbours' rows: measured
	n := float64(e.o.Devices)
	pixels, picture := e.pictureBytes(size)
	all, largest, _ := e.featureBytes()
	kernels, kernel := e.kernelBytes() // the largest is rotated for the backward pass
	patches := 0.                      // that convolutions gather of narrow features, beside what XLA sets aside: measured
	if largest < bytesAPixel(narrowLayer, 1) {
		patches = 4 * pixels * largest
	}
	// With the widths of VGG-19 and of the built-in network, from 256 to 1024 pixels on two and four devices, this is within 10 % of
	// what XLA sets aside.
	device := kernel + int64((picture+pixels*(all+work*largest))/n)
	return cost{
		arrays: int64(n)*device + int64(n-1)*kernels + int64(patches), device: device,
		pixels: pixels, forward: forwardShare,
	}
}

// pictureBytes returns how many pixels a picture has, and what its arrays take.
func (j *job) pictureBytes(size image.Point) (pixels, bytes float64) {
	pixels = float64(size.X) * float64(size.Y)
	arrays := 4. // the picture before, this one, the next, and the gradient
	for _, shape := range j.o.Optimizer.Memory(pictureShape(size.Y, size.X)) {
		arrays += 2 * float64(shape.Size()) / (3 * pixels) // before and after
	}
	return pixels, pixels * arrays * bytesAPixel(3, 1)
}

// featureBytes returns how many bytes a pixel's features have: in all layers down to the deepest that is used, which are kept for the
// backward pass, and in the largest; and how many times the largest is there to work on: measured with VGG-19's widths at 512 and
// 1024 pixels, and with the built-in network's narrow ones up to 4096, where XLA orders a step's operations for little memory, as
// set-up asks it to.
func (j *job) featureBytes() (all, largest, work float64) {
	for _, c := range j.convsUsed() {
		bytes := bytesAPixel(c.Out, j.net.Layer(c.Name).Stride)
		if all += bytes; bytes <= largest {
			continue
		}
		if largest, work = bytes, 1.6; c.Out < narrowLayer {
			work = 2.4
		}
	}
	return all, largest, work
}

// convsUsed returns the convolutions down to the deepest layer that a term describes.
func (j *job) convsUsed() (used []weights.Conv) {
	deepest := 0
	for _, layer := range layersOf(j.o.Terms) {
		deepest = max(deepest, j.net.Layer(layer).Before)
	}
	for _, c := range j.net.Weights.Convs {
		if j.net.Layer(c.Name).Before <= deepest {
			used = append(used, c)
		}
	}
	return used
}

// kernelBytes returns the size of the kernels of those convolutions, and of the largest.
func (j *job) kernelBytes() (all, largest int64) {
	for _, c := range j.convsUsed() {
		bytes := 4 * int64(len(c.Kernel))
		all, largest = all+bytes, max(largest, bytes)
	}
	return all, largest
}

// bytesAPixel returns what a layer's features take for each of the picture's pixels.
func bytesAPixel(channels, stride int) float64 { return 4 * float64(channels) / float64(stride*stride) }
