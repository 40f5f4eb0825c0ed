package training

import (
	"fmt"
	"image"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
)

// The probe's textures: of each family some classes that no training uses, three canvases of each, two crops of each canvas,
// in colours of no numbered palette. The probe is fitted to the first two canvases and tested on the third.
const (
	probeClasses = 7    // of a family
	probeFirst   = 1000 // number of the first of them
	probeCrops   = 2
)

// HeldOut returns the accuracy, in [0, 1], of a linear probe (Alain and Bengio 2016) on classes of textures that no training
// uses, and their number. The probe is a ridge regression from the means and the root mean squares of each channel at
// [vgg.StyleLayers] to the class.
func HeldOut(backend compute.Backend, net *vgg.Extractor) (accuracy float64, classes int, err error) {
	exec, err := net.NewExec(backend, func(inputs []*graph.Node) []*graph.Node {
		f := net.Features(inputs[0], vgg.StyleLayers...)
		var moments []*graph.Node
		for _, layer := range vgg.StyleLayers {
			moments = append(moments, graph.ReduceMean(f[layer], 0, 1, 2), graph.Sqrt(graph.ReduceMean(graph.Square(f[layer]), 0, 1, 2)))
		}
		return []*graph.Node{graph.Concatenate(moments, 0)}
	})
	if err != nil {
		return 0, 0, err
	}
	defer exec.Finalize()
	var training, test examples
	classes = probeClasses * families
	for class := range classes {
		for n := range 3 {
			canvas, err := textures.Draw(probeFirst*families+class, n)
			if err != nil {
				return 0, 0, err
			}
			for crop := range probeCrops {
				x, err := probeFeatures(exec, canvas, class, n*probeCrops+crop)
				if err != nil {
					return 0, 0, err
				}
				if n < 2 {
					training.add(x, class)
				} else {
					test.add(x, class)
				}
			}
		}
	}
	return probeAccuracy(training, test, classes), classes, nil
}

// probeFeatures returns the probe's input for crop k of a class, 128 pixels a side.
func probeFeatures(exec *graph.Exec, canvas textures.Canvas, class, k int) ([]float64, error) {
	const side = 128
	left, top := (class*37+k*53)%side, (class*71+k*29)%side
	crop := canvas.Coloured(uint64(class*100 + k)).SubImage(image.Rect(left, top, left+side, top+side))
	out, err := exec.Exec(vgg.Tensor(crop))
	if err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	return float64s(out[0])
}

// examples are inputs of the probe and their classes.
type examples struct {
	x     [][]float64
	class []int
}

func (e *examples) add(x []float64, class int) { e.x, e.class = append(e.x, x), append(e.class, class) }

// probeAccuracy fits the probe to the training examples and returns its accuracy on the test examples. Every fourth training
// example validates the regularisation.
func probeAccuracy(training, test examples, classes int) float64 {
	var fit, validation examples
	for i := range training.x {
		set := &fit
		if i%4 == 1 {
			set = &validation
		}
		set.add(training.x[i], training.class[i])
	}
	best, regularisation := -1.0, 0.0
	for _, candidate := range []float64{0.1, 1, 10, 100, 1000, 10000} {
		if accuracy := ridgeAccuracy(fit, validation, classes, candidate); accuracy > best {
			best, regularisation = accuracy, candidate
		}
	}
	return ridgeAccuracy(training, test, classes, regularisation)
}

// ridgeAccuracy fits a ridge regression and returns its accuracy on the test examples. In its dual form, with
// K = XXᵀ + regularisation·1, the outputs for t are tXᵀK⁻¹Y, where Y is 1 at an example's class and 0 elsewhere.
func ridgeAccuracy(training, test examples, classes int, regularisation float64) float64 {
	x, t := standardise(training.x, test.x)
	n := len(x)
	k := make([][]float64, n) // [K Y]
	for i := range k {
		k[i] = make([]float64, n+classes)
		for j := range n {
			k[i][j] = dot(x[i], x[j]) + 1 // the 1 is the bias's share
		}
		k[i][i] += regularisation
		k[i][n+training.class[i]] = 1
	}
	eliminate(k)
	correct := 0
	for i := range t {
		outputs := make([]float64, classes)
		for j := range n {
			similarity := dot(t[i], x[j]) + 1
			for c := range outputs {
				outputs[c] += similarity * k[j][n+c]
			}
		}
		best := 0
		for c, v := range outputs {
			if v > outputs[best] {
				best = c
			}
		}
		if best == test.class[i] {
			correct++
		}
	}
	return float64(correct) / float64(len(t))
}

// eliminate brings [K Y] to [1 K⁻¹Y] by Gauss-Jordan elimination. K is positive definite, so it needs no pivoting.
func eliminate(rows [][]float64) {
	for i := range rows {
		pivot := rows[i][i]
		for c := i; c < len(rows[i]); c++ {
			rows[i][c] /= pivot
		}
		for j := range rows {
			if factor := rows[j][i]; j != i && factor != 0 {
				for c := i; c < len(rows[j]); c++ {
					rows[j][c] -= factor * rows[i][c]
				}
			}
		}
	}
}

// standardise shifts and scales the columns of both lists so that those of the first have mean 0 and standard deviation 1, and
// clamps all values to ±6.
func standardise(first, second [][]float64) (a, b [][]float64) {
	d := len(first[0])
	mean, variance := make([]float64, d), make([]float64, d)
	for _, x := range first {
		for i, v := range x {
			mean[i] += v / float64(len(first))
		}
	}
	for _, x := range first {
		for i, v := range x {
			variance[i] += (v - mean[i]) * (v - mean[i]) / float64(len(first))
		}
	}
	apply := func(list [][]float64) (out [][]float64) {
		for _, x := range list {
			y := make([]float64, d)
			for i, v := range x {
				y[i] = min(max((v-mean[i])/(math.Sqrt(variance[i])+1e-6), -6), 6)
			}
			out = append(out, y)
		}
		return out
	}
	return apply(first), apply(second)
}

// dot returns the scalar product of two vectors.
func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
