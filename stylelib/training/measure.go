package training

import (
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

// Measures are the results of [Measure].
type Measures struct {
	// Nearest is the accuracy of retrieval by Gram matrices, in [0, 1]: of the quarters of all pictures, how many have a quarter
	// of the same picture as their nearest neighbour. Grey is the same for pictures in grey of equal mean and contrast. Both are
	// by layer, "relu1_1" to "relu5_1", and "all" for the layers together.
	Nearest, Grey map[string]float64

	Dead, Channels int // how many channels are active at less than a ten-thousandth of their positions, and how many there are
}

// Measure measures a network on two or more pictures. From each it takes the central square, scaled to 320x320 pixels.
func Measure(backend compute.Backend, net *vgg.Extractor, pictures []image.Image) (*Measures, error) {
	if len(pictures) < 2 {
		return nil, fmt.Errorf("training: %d pictures to measure a network on; 2 or more are needed", len(pictures))
	}
	d, err := newDescriber(backend, net)
	if err != nil {
		return nil, err
	}
	defer d.exec.Finalize()
	m := &Measures{}
	if m.Nearest, err = d.retrieval(pictures, false); err != nil {
		return nil, err
	}
	for _, active := range d.active {
		m.Channels += len(active)
		for _, sum := range active {
			if sum < 1e-4*float64(d.quarters) {
				m.Dead++
			}
		}
	}
	m.Grey, err = d.retrieval(pictures, true)
	return m, err
}

// describer computes the Gram matrices of quarters of pictures, and how often channels are active.
type describer struct {
	exec     *graph.Exec
	active   [][]float64 // by convolution and channel: the sum over all quarters of the fraction of active positions
	quarters int         // how many
}

func newDescriber(backend compute.Backend, net *vgg.Extractor) (*describer, error) {
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
	return &describer{exec: exec, active: make([][]float64, len(relus))}, nil
}

// retrieval returns the accuracy of retrieval by layer, see Measures.
func (d *describer) retrieval(pictures []image.Image, grey bool) (map[string]float64, error) {
	grams := make([][][]float64, len(vgg.StyleLayers)) // by layer and quarter
	for _, p := range pictures {
		square := centralSquare(p, 320)
		for k := range 4 {
			corner := image.Pt(160*(k%2), 160*(k/2))
			quarter, h, w := picture.Values(square.SubImage(image.Rectangle{corner, corner.Add(image.Pt(160, 160))}))
			if grey {
				toGrey(quarter)
			}
			out, err := d.exec.Exec(tensors.FromFlatDataAndDimensions(quarter, 1, h, w, 3))
			if err != nil {
				return nil, fmt.Errorf("training: %w", err)
			}
			if err := d.add(out, grams); err != nil {
				return nil, err
			}
		}
	}
	return retrievalAccuracies(grams), nil
}

// add adds the outputs for a quarter to grams and to d.active.
func (d *describer) add(out []*tensors.Tensor, grams [][][]float64) error {
	d.quarters++
	for i, x := range out {
		values, err := float64s(x)
		if err != nil {
			return err
		}
		if i < len(grams) {
			grams[i] = append(grams[i], values)
			continue
		}
		active := &d.active[i-len(grams)]
		if *active == nil {
			*active = make([]float64, len(values))
		}
		for k, v := range values {
			(*active)[k] += v
		}
	}
	return nil
}

// retrievalAccuracies returns the accuracy for the Gram matrices of each layer, and "all" for the sum of the layers' squared
// distances, each divided by its mean over the pairs from different pictures.
func retrievalAccuracies(grams [][][]float64) map[string]float64 {
	n := len(grams[0])
	accuracies, all := map[string]float64{}, make([]float64, n*n)
	for layer, quarters := range grams {
		distances, sum, pairs := make([]float64, n*n), 0.0, 0
		for i := range distances {
			for k, v := range quarters[i/n] {
				d := v - quarters[i%n][k]
				distances[i] += d * d
			}
			if i/n/4 != i%n/4 {
				sum, pairs = sum+distances[i], pairs+1
			}
		}
		for i, d := range distances {
			all[i] += d / sum * float64(pairs)
		}
		accuracies[vgg.StyleLayers[layer]] = retrievalAccuracy(distances, n)
	}
	accuracies["all"] = retrievalAccuracy(all, n)
	return accuracies
}

// retrievalAccuracy returns how many of n quarters have a nearest neighbour from the same picture; distances is [n, n].
func retrievalAccuracy(distances []float64, n int) float64 {
	correct := 0
	for i := range n {
		best, least := -1, math.Inf(1)
		for k := range n {
			if k != i && distances[i*n+k] < least {
				best, least = k, distances[i*n+k]
			}
		}
		if best >= 0 && best/4 == i/4 {
			correct++
		}
	}
	return float64(correct) / float64(n)
}

// centralSquare crops a picture to its central square and scales it to side pixels. Transparent pixels become white.
func centralSquare(img image.Image, side int) *image.NRGBA {
	b := img.Bounds()
	short := min(b.Dx(), b.Dy())
	square := image.NewNRGBA(image.Rect(0, 0, short, short))
	draw.Draw(square, square.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(square, square.Bounds(), img, b.Min.Add(image.Pt((b.Dx()-short)/2, (b.Dy()-short)/2)), draw.Over)
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.Draw(out, out.Bounds(), picture.ResizeTo(square, side, side), image.Point{}, draw.Src)
	return out
}

// toGrey replaces pixels, RGB in [0, 1], by greys of mean 0.5 and standard deviation 0.2, in place.
func toGrey(values []float32) {
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
