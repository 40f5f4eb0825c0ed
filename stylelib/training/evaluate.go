package training

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/loss"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"
)

// Measures say what a network tells apart without ever having been asked to.
type Measures struct {
	// Nearest is how often, of four quarters of every picture, the one with the most similar Gram matrices is of
	// the same picture; Grey is the same when colours and contrast are taken away first. By layer, and "all".
	Nearest, Grey map[string]float64

	Dead, Channels int // channels of convolutions that are active in less than a ten-thousandth of places, and all
}

// Measure measures a network on at least two pictures that it has not seen. They are cut to squares and scaled to 320
// pixels a side.
func Measure(backend compute.Backend, net *vgg.Extractor, pictures []image.Image) (*Measures, error) {
	if len(pictures) < 2 {
		return nil, fmt.Errorf("eyes: %d pictures to tell apart; 2 or more are needed", len(pictures))
	}
	e, err := newExaminer(backend, net)
	if err != nil {
		return nil, err
	}
	defer e.exec.Finalize()
	m := &Measures{}
	if m.Nearest, err = e.nearest(pictures, false); err != nil {
		return nil, err
	}
	for _, active := range e.active {
		m.Channels += len(active)
		for _, part := range active {
			if part < 1e-4*float64(e.seen) {
				m.Dead++
			}
		}
	}
	m.Grey, err = e.nearest(pictures, true)
	return m, err
}

// examiner computes Gram matrices, and counts which channels are ever active.
type examiner struct {
	backend compute.Backend
	exec    *graph.Exec
	active  [][]float64 // sum of the parts of places in which a channel is active, by convolution
	seen    int         // pictures
}

func newExaminer(backend compute.Backend, net *vgg.Extractor) (*examiner, error) {
	var relus []string
	for _, c := range net.Weights.Convs {
		relus = append(relus, "relu"+c.Name[len("conv"):])
	}
	exec, err := net.NewExec(backend, func(inputs []*graph.Node) []*graph.Node {
		f := net.Features(inputs[0], append(relus, vgg.StyleLayers...)...)
		var out []*graph.Node
		for _, layer := range vgg.StyleLayers {
			out = append(out, loss.Gram.Of(f[layer]))
		}
		for _, layer := range relus {
			x := f[layer]
			least := graph.MulScalar(graph.ReduceAllMax(x), 1e-6)
			out = append(out, graph.ReduceMean(graph.ConvertDType(graph.GreaterThan(x, least), x.DType()), 0, 1, 2))
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	return &examiner{backend: backend, exec: exec, active: make([][]float64, len(relus))}, nil
}

// nearest returns how often the nearest quarter is of the same picture, by layer.
func (e *examiner) nearest(pictures []image.Image, grey bool) (map[string]float64, error) {
	grams := make([][][]float64, len(vgg.StyleLayers)) // [layer][quarter]
	for _, picture := range pictures {
		square := squared(picture, 320)
		for k := range 4 {
			values := cropped(square, 160*(k%2), 160*(k/2), 160)
			if grey {
				drain(values)
			}
			out, err := e.exec.Exec(tensors.FromFlatDataAndDimensions(values, 1, 160, 160, 3))
			if err != nil {
				return nil, fmt.Errorf("eyes: %w", err)
			}
			if err := e.take(out, grams); err != nil {
				return nil, err
			}
		}
	}
	return neighbours(grams), nil
}

// take keeps what a quarter's run has found.
func (e *examiner) take(out []*tensors.Tensor, grams [][][]float64) error {
	e.seen++
	for i, x := range out {
		values, err := tensors.CopyFlatData[float32](x)
		if err = errors.Join(err, x.FinalizeAll()); err != nil {
			return fmt.Errorf("eyes: %w", err)
		}
		wide := make([]float64, len(values))
		for k, v := range values {
			wide[k] = float64(v)
		}
		if i < len(grams) {
			grams[i] = append(grams[i], wide)
			continue
		}
		active := &e.active[i-len(grams)]
		if *active == nil {
			*active = make([]float64, len(wide))
		}
		for k, v := range wide {
			(*active)[k] += v
		}
	}
	return nil
}

// neighbours returns how often the nearest quarter is of the same picture, by layer and for all layers together, each
// with the same say.
func neighbours(grams [][][]float64) map[string]float64 {
	n := len(grams[0])
	rates, all := map[string]float64{}, make([]float64, n*n)
	for layer, quarters := range grams {
		distances, other, count := make([]float64, n*n), 0.0, 0
		for i := range distances {
			for k, v := range quarters[i/n] {
				d := v - quarters[i%n][k]
				distances[i] += d * d
			}
			if i/n/4 != i%n/4 {
				other, count = other+distances[i], count+1
			}
		}
		for i, d := range distances {
			all[i] += d / other * float64(count)
		}
		rates[vgg.StyleLayers[layer]] = nearestRight(distances, n)
	}
	rates["all"] = nearestRight(all, n)
	return rates
}

// nearestRight returns how often the nearest of n quarters belongs to the same picture; distances is [n, n].
func nearestRight(distances []float64, n int) float64 {
	right := 0
	for i := range n {
		best, least := -1, math.Inf(1)
		for k := range n {
			if k != i && distances[i*n+k] < least {
				best, least = k, distances[i*n+k]
			}
		}
		if best >= 0 && best/4 == i/4 {
			right++
		}
	}
	return float64(right) / float64(n)
}

// squared cuts the middle out of a picture and scales it to side pixels.
func squared(img image.Image, side int) *image.NRGBA {
	b := img.Bounds()
	short := min(b.Dx(), b.Dy())
	square := image.NewNRGBA(image.Rect(0, 0, short, short))
	draw.Draw(square, square.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(square, square.Bounds(), img, b.Min.Add(image.Pt((b.Dx()-short)/2, (b.Dy()-short)/2)), draw.Over)
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.Draw(out, out.Bounds(), picture.ResizeTo(square, side, side), image.Point{}, draw.Src)
	return out
}

// cropped returns the pixels of a square, [side, side, 3] in [0, 1].
func cropped(picture *image.NRGBA, left, top, side int) []float32 {
	var values []float32
	for y := top; y < top+side; y++ {
		for x := left; x < left+side; x++ {
			c := picture.NRGBAAt(x, y)
			values = append(values, float32(c.R)/255, float32(c.G)/255, float32(c.B)/255)
		}
	}
	return values
}

// drain turns pixels to greys of mean 0.5 and deviation 0.2.
func drain(values []float32) {
	var sum, squares float64
	n := float64(len(values) / 3)
	for i := 0; i < len(values); i += 3 {
		grey := float64(values[i]+values[i+1]+values[i+2]) / 3
		sum, squares = sum+grey, squares+grey*grey
	}
	mean := sum / n
	deviation := math.Sqrt(max(squares/n-mean*mean, 0)) + 1e-6
	for i := 0; i < len(values); i += 3 {
		grey := float64(values[i]+values[i+1]+values[i+2]) / 3
		v := float32(min(max(0.5+0.2*(grey-mean)/deviation, 0), 1))
		values[i], values[i+1], values[i+2] = v, v, v
	}
}
