package stylelib

import (
	"context"
	"image"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"stylenet/stylelib/conv"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
	"github.com/prometheus/procfs"
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
// of the full size keeps. That takes some seconds and leaves the network's weights on the backend, where Transfer finds them. If an
// earlier process has compiled the small step, it is loaded, and Total has no time for compiling the full one.
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
		level := size
		if i < len(sizes)-1 {
			level = o.smaller(net, size, sizes[i])
			if err := o.checkSize(net, "content", level, func(Target) bool { return true }); err != nil {
				return nil, err
			}
		}
		j := &job{backend: backend, net: net, o: o}
		method := j.chooseMethod(level, steps, "")
		p := probes[method]
		if p == nil {
			var err error
			if p, err = o.probe(ctx, backend, net, content, styles, method); err != nil {
				return nil, err
			}
			probes[method] = p
		}
		c := j.evaluationOf(level).cost(level)
		targets := targetPasses(size, styles) * c.forward
		f.Step = time.Duration(p.step * c.pixels) // the last level's in the end
		f.Total += time.Duration(c.compilations(len(styles))*float64(p.compiling) + (float64(steps)+targets)*float64(f.Step))
	}
	f.forecastMemory(&job{backend: backend, net: net, o: o}, size, len(sizes))
	return f, nil
}

// forecastMemory fills in what memory the last of some levels takes, and what there is room for.
func (f *Forecast) forecastMemory(j *job, size image.Point, levels int) {
	c, m := j.evaluationOf(size).cost(size), readMemory()
	f.Device = c.device
	before := int64(0) // what small levels leave behind
	if levels > 1 {
		before = min(levelsMemory, c.arrays/2)
	}
	f.Memory = max(m.peak, m.resident+before+c.memory())
	if m.free == 0 {
		return
	}
	f.Free = m.free + m.resident
	room := m.free - before
	f.Largest = j.largest(size, room)
	for tile := 512; tile <= 2048 && !f.Fits(); tile *= 2 {
		tiled := *j
		if tiled.o.Tile = tile; tiled.o.checkTiles(j.net) == nil && tiled.evaluationOf(size).cost(size).memory() <= room {
			f.Tile = tile
		}
	}
}

// largest returns the longer side of the largest picture that a number of bytes has room for.
func (j *job) largest(size image.Point, bytes int64) int {
	return sort.Search(1<<17, func(side int) bool {
		larger := picture.WithLongSide(size, side+1)
		return j.evaluationOf(larger).cost(larger).memory() > bytes
	})
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
	state, err := FromContent().state(values, h, w, o.Optimizer)
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
	running := time.Duration((targetPasses(image.Pt(w, h), small[1:])*forwardShare + 1) * float64(step)) // the targets and the first step
	compiling := max(0, ends[0]-running-(net.UploadTime()-before))
	return &probe{compiling, float64(step) / float64(h*w)}, nil
}

// targetPasses returns how many forward passes over as many pixels as the picture has describing the targets takes: one for the
// content, and those of the styles.
func targetPasses(size image.Point, styles []image.Image) float64 {
	pixels := float64(size.X * size.Y)
	for _, style := range styles {
		pixels += float64(style.Bounds().Dx() * style.Bounds().Dy())
	}
	return pixels / float64(size.X*size.Y)
}

// memory is this process's, in bytes; 0 where the system does not tell.
type memory struct {
	resident, peak int64
	free           int64 // more that the process may have
}

// readMemory asks Linux.
func readMemory() (m memory) {
	if self, err := procfs.Self(); err == nil {
		if status, err := self.NewStatus(); err == nil {
			m.resident, m.peak = int64(status.VmRSS), int64(status.VmHWM)
		}
	}
	if fs, err := procfs.NewDefaultFS(); err == nil {
		if info, err := fs.Meminfo(); err == nil && info.MemAvailable != nil {
			m.free = int64(*info.MemAvailable) << 10
		}
	}
	if limit, used := number("/sys/fs/cgroup/memory.max"), number("/sys/fs/cgroup/memory.current"); limit > 0 { // a container's
		m.free = min(m.free, max(1, limit-used))
	}
	return m
}

// number returns the number that is all of a file; 0 if there is none.
func number(file string) int64 {
	text, _ := os.ReadFile(file)
	n, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n
}
