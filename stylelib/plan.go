package stylelib

import (
	"bytes"
	"context"
	"image"
	"os"
	"sort"
	"strconv"
	"time"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// Forecast is what a run is expected to take, see [Plan].
type Forecast struct {
	Memory int64         // bytes: this whole process at its peak
	Device int64         // bytes: what of it a step needs on each of several devices; 0 where there is one
	Free   int64         // bytes that this process may have, with those it has; 0 where the system does not tell
	Step   time.Duration // one step, of the last level
	Total  time.Duration // the run, with compiling

	// Largest is the longer side of the largest picture, of the same proportions and with the same options, that Free has
	// room for; Tile is the largest Options.Tile, of 2048, 1024 and 512, with which this one would fit where it does not.
	// 0: not known, or none.
	Largest, Tile int
}

// Fits tells whether there is room for the run, as far as is known.
func (f *Forecast) Fits() bool { return f.Free == 0 || f.Memory <= f.Free }

// Plan forecasts what [Transfer] takes with the same arguments, or [Pyramid] with levels of these sizes, without painting.
// It compiles the step for a small picture and takes a few, for a step's time grows with the pixels, and adds up what a step
// of the full size keeps. That takes some seconds and leaves the network's weights on the backend, where Transfer finds them.
func Plan(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, o Options, sizes ...int) (*Forecast, error) {
	o = o.withDefaults()
	if err := o.check(backend, net, content, styles); err != nil {
		return nil, err
	}
	size := content.Bounds().Size()
	if len(sizes) == 0 {
		sizes = []int{max(size.X, size.Y)}
	} else if err := o.checkPyramid(size, sizes); err != nil {
		return nil, err
	}
	f, probes := &Forecast{}, map[conv.Method]*probe{}
	for i, steps := range PyramidSteps(o.Steps, sizes) {
		o, level := o, size
		if i < len(sizes)-1 {
			level = o.smaller(net, size, sizes[i])
			if err := o.checkSize(net, "content", level, func(Target) bool { return true }); err != nil {
				return nil, err
			}
		}
		o.Steps = steps
		method := (&run{backend: backend, net: net, o: o}).chooseMethod(&State{Height: level.Y, Width: level.X})
		p := probes[method]
		if p == nil {
			var err error
			if p, err = o.probe(ctx, backend, net, content, styles, method); err != nil {
				return nil, err
			}
			probes[method] = p
		}
		beside := o.stepsBeside(level, targetPasses(size, styles))
		f.Step = time.Duration(p.step * o.pixelsSeen(net, level)) // the last level's in the end
		f.Total += time.Duration(o.compilations(level, styles)*float64(p.compiling) + (float64(steps)+beside)*float64(f.Step))
	}
	if o.Devices > 1 {
		f.Device = o.deviceMemory(net, size)
	}
	resident, peak := processMemory()
	beside := int64(0) // of what a step needs
	if len(sizes) > 1 {
		beside = min(levelsMemory, o.arraysMemory(net, size)/2)
	}
	f.Memory = max(peak, resident+beside+o.stepMemory(net, size))
	if free := freeMemory(); free > 0 {
		f.Free = free + resident
		room := free - beside
		f.Largest = o.largest(net, size, room)
		for tile := 512; tile <= 2048 && !f.Fits(); tile *= 2 {
			if o.Tile = tile; o.checkTiles(net) == nil && o.stepMemory(net, size) <= room {
				f.Tile = tile
			}
		}
	}
	return f, nil
}

// probe is what was measured of steps by one method of convolution.
type probe struct {
	compiling time.Duration // without the uploading of the network, which is not done again
	step      float64       // nanoseconds a pixel
}

// probe takes steps of a small picture.
func (o Options) probe(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content image.Image, styles []image.Image, method conv.Method) (*probe, error) {
	const long = 256
	var small []image.Image
	for _, img := range append([]image.Image{content}, styles...) {
		if size := img.Bounds().Size(); max(size.X, size.Y) > long {
			size = o.smaller(net, size, long)
			img = picture.ResizeTo(img, size.X, size.Y)
		}
		small = append(small, img)
	}
	values, h, w := picture.Values(small[0])
	state, err := Start{}.state(values, h, w, o.Optimizer)
	if err != nil {
		return nil, err
	}
	state.Method = method.String()
	before := net.UploadTime()
	var ends []time.Duration
	_, err = Transfer(ctx, backend, net, small[0], small[1:], Options{Terms: o.Terms, Optimizer: o.Optimizer, Clip: o.Clip,
		From: state, Steps: 8, Every: 1, OnStep: func(s Step) error {
			ends = append(ends, s.Elapsed)
			return nil
		}})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	step := ends[1] - ends[0]
	for i := 2; i < len(ends); i++ {
		step = min(step, ends[i]-ends[i-1])
	}
	running := time.Duration((targetPasses(image.Pt(w, h), small[1:])/2 + 1) * float64(step)) // the targets and the first step
	compiling := max(0, ends[0]-running-(net.UploadTime()-before))
	return &probe{compiling, float64(step) / float64(h*w)}, nil
}

// pixelsSeen returns how many pixels a step's work is for: in tiles, those of all windows, half of them once more.
func (o *Options) pixelsSeen(net *vgg.Extractor, size image.Point) float64 {
	if !o.inTiles(size) {
		return float64(size.X) * float64(size.Y)
	}
	t := o.tilingFor(net, size, layersOf(o.Terms))
	return 1.5 * float64(len(t.tiles)) * float64(t.window.X) * float64(t.window.Y)
}

// compilations returns how many times as long as the probe's all programs take to compile. In tiles there is one for each pass
// over the picture, and one for the first pass over each target.
func (o *Options) compilations(size image.Point, styles []image.Image) float64 {
	if o.inTiles(size) {
		return 1.5 + float64(1+len(styles))/2
	}
	return 1
}

// stepsBeside returns how many steps' time a run takes beside its steps: for looking at the targets, whose pictures are
// seen so often, one way only.
func (o *Options) stepsBeside(size image.Point, looks float64) float64 {
	if o.inTiles(size) {
		return looks / 3 // the first of two passes, of which the second goes both ways
	}
	return looks / 2
}

// looks returns how often as many pixels as the picture has are looked at for the targets: once, and the styles.
func targetPasses(size image.Point, styles []image.Image) float64 {
	pixels := float64(size.X * size.Y)
	for _, style := range styles {
		pixels += float64(style.Bounds().Dx() * style.Bounds().Dy())
	}
	return pixels / float64(size.X*size.Y)
}

// stepMemory returns how many bytes a step needs beside the network: for its arrays, and to be compiled.
func (o *Options) stepMemory(net *vgg.Extractor, size image.Point) int64 {
	arrays := o.arraysMemory(net, size)
	return arrays + min(compilerMemory, arrays) // small programs find room in what the probe has left
}

// arraysMemory returns how many bytes a step's arrays take.
func (o *Options) arraysMemory(net *vgg.Extractor, size image.Point) int64 {
	pixels, picture := o.pictureBytes(size)
	all, largest, work := o.featureBytes(net)
	if n := int64(o.Devices); n > 1 { // which may all be this computer's
		patches := 0. // that its convolutions gather of narrow features, beside what XLA sets aside: measured
		if largest < bytesAPixel(narrowLayer, 1) {
			patches = 4 * pixels * largest
		}
		return n*o.deviceMemory(net, size) + (n-1)*o.kernelBytes(net) + int64(patches)
	}
	if !o.inTiles(size) {
		return int64(picture + pixels*(all+work*largest))
	}
	g := (&run{net: net, o: *o}).gather(pictureShape(size.Y, size.X), Nothing)
	window := float64(g.window.X) * float64(g.window.Y)
	kept := 0. // features of whole layers
	for _, name := range g.kept {
		l := net.Layer(name)
		kept += pixels * bytesAPixel(l.Channels, l.Stride)
	}
	shown := float64(len(g.tiles)) * window / pixels // how often a pixel is in a window
	judging := kept * (3 + 2*shown)                  // the target's, the picture's and their gradient, joined and in windows
	pulling := kept*(1+shown) + window*(all+(work+1)*largest)
	return int64(picture + pixels*bytesAPixel(3, 1) + max(judging, pulling))
}

// deviceMemory returns how many bytes a step needs on each of several devices beside the network: for its share of the
// rows, and for one kernel at a time, turned round for the way back. Work is measured with VGG-19's widths and with
// stylenet's, from 256 to 1024 pixels on two and four devices: within 10 % of what XLA sets aside.
func (o *Options) deviceMemory(net *vgg.Extractor, size image.Point) int64 {
	const work = 2.8 // more than featureBytes says, for the plain method and for the neighbours' rows
	pixels, picture := o.pictureBytes(size)
	all, largest, _ := o.featureBytes(net)
	kernel := 0
	for _, c := range o.convsUsed(net) {
		kernel = max(kernel, 4*len(c.Kernel))
	}
	return int64(kernel) + int64((picture+pixels*(all+work*largest))/float64(o.Devices))
}

// kernelBytes returns the size of the kernels down to the deepest layer that is looked at.
func (o *Options) kernelBytes(net *vgg.Extractor) (bytes int64) {
	for _, c := range o.convsUsed(net) {
		bytes += 4 * int64(len(c.Kernel))
	}
	return bytes
}

// pictureBytes returns how many pixels a picture has, and what its arrays take.
func (o *Options) pictureBytes(size image.Point) (pixels, bytes float64) {
	pixels = float64(size.X) * float64(size.Y)
	arrays := 4. // the picture before, this one, the next, and the gradient
	for _, shape := range o.Optimizer.Memory(pictureShape(size.Y, size.X)) {
		arrays += 2 * float64(shape.Size()) / (3 * pixels) // before and after
	}
	return pixels, pixels * arrays * bytesAPixel(3, 1)
}

const (
	compilerMemory = 80e6  // about what XLA needs to compile the step of a large picture
	levelsMemory   = 120e6 // about what a large pyramid's small levels leave behind
	narrowLayer    = 64    // channels: for fewer a step takes more memory, measured with stylenet's 16
)

// featureBytes returns how many bytes a pixel's features have, in all layers that are looked at or lead there, which are
// kept for the way back, and in the largest; and how many times the largest is there to work on: measured with
// VGG-19's widths at 512 and 1024 pixels, and with stylenet's narrow ones up to 4096, where XLA orders a step's operations for
// little memory, as set-up asks it to.
func (o *Options) featureBytes(net *vgg.Extractor) (all, largest, work float64) {
	for _, c := range o.convsUsed(net) {
		bytes := bytesAPixel(c.Out, net.Layer(c.Name).Stride)
		if all += bytes; bytes <= largest {
			continue
		}
		if largest, work = bytes, 1.6; c.Out < narrowLayer {
			work = 2.4
		}
	}
	return all, largest, work
}

// convsUsed returns the convolutions down to the deepest layer that is looked at.
func (o *Options) convsUsed(net *vgg.Extractor) (used []weights.Conv) {
	deepest := 0
	for _, layer := range layersOf(o.Terms) {
		deepest = max(deepest, net.Layer(layer).Before)
	}
	for _, c := range net.Weights.Convs {
		if net.Layer(c.Name).Before <= deepest {
			used = append(used, c)
		}
	}
	return used
}

// bytesAPixel returns what a layer's features take for each of the picture's pixels.
func bytesAPixel(channels, stride int) float64 { return 4 * float64(channels) / float64(stride*stride) }

// largest returns the longer side of the largest picture that a number of bytes has room for.
func (o *Options) largest(net *vgg.Extractor, size image.Point, bytes int64) int {
	return sort.Search(1<<17, func(side int) bool { return o.stepMemory(net, picture.WithLongSide(size, side+1)) > bytes })
}

// processMemory returns how many bytes this process has, and the most that it had; 0 where the system does not tell.
func processMemory() (resident, peak int64) {
	status, _ := os.ReadFile("/proc/self/status")
	return kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:")
}

// freeMemory returns how many bytes more this process may have; 0 where the system does not tell.
func freeMemory() int64 {
	info, _ := os.ReadFile("/proc/meminfo")
	free := kilobytes(info, "MemAvailable:")
	if limit, used := number("/sys/fs/cgroup/memory.max"), number("/sys/fs/cgroup/memory.current"); limit > 0 { // a container's
		free = min(free, max(1, limit-used))
	}
	return free
}

// kilobytes returns the number of bytes behind a name in one of Linux's tables.
func kilobytes(table []byte, name string) int64 {
	for line := range bytes.Lines(table) {
		if value, ok := bytes.CutPrefix(line, []byte(name)); ok {
			n, _ := strconv.ParseInt(string(bytes.Fields(value)[0]), 10, 64)
			return n << 10
		}
	}
	return 0
}

// number returns the number that is all of a file; 0 if there is none.
func number(file string) int64 {
	text, _ := os.ReadFile(file)
	n, _ := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return n
}
