package training

import (
	"errors"
	"fmt"
	"image"
	"math"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/training/textures"
	"stylenet/stylelib/vgg"
)

// The textures of the probe: of every family some classes beyond all that are trained, three canvases of each, two
// pieces of each canvas, in colours that are no palette. The third canvas is for the test.
const (
	probeClasses = 7 // of a family
	probeFirst   = 1000
	probePieces  = 2
)

// HeldOut returns how often a linear answer, fitted to two canvases of every class, names the class of a third right, for
// classes that no training has seen, and how many classes there are. What the answer sees are the means and the root mean
// squares of the channels at [vgg.StyleLayers].
func HeldOut(backend compute.Backend, net *vgg.Extractor) (rate float64, classes int, err error) {
	exec, err := net.NewExec(backend, func(inputs []*graph.Node) []*graph.Node {
		f := net.Features(inputs[0], vgg.StyleLayers...)
		var parts []*graph.Node
		for _, layer := range vgg.StyleLayers {
			parts = append(parts, graph.ReduceMean(f[layer], 0, 1, 2), graph.Sqrt(graph.ReduceMean(graph.Square(f[layer]), 0, 1, 2)))
		}
		return []*graph.Node{graph.Concatenate(parts, 0)}
	})
	if err != nil {
		return 0, 0, err
	}
	defer exec.Finalize()
	var learn, test examples
	classes = probeClasses * families
	for class := range classes {
		for n := range 3 {
			canvas, err := textures.Paint(probeFirst*families+class, n)
			if err != nil {
				return 0, 0, err
			}
			for piece := range probePieces {
				values, err := describe(exec, canvas, class, n*probePieces+piece)
				if err != nil {
					return 0, 0, err
				}
				if n < 2 {
					learn.add(values, class)
				} else {
					test.add(values, class)
				}
			}
		}
	}
	return namedRight(learn, test, classes), classes, nil
}

// describe returns what the probe sees of piece number k of a class.
func describe(exec *graph.Exec, canvas textures.Canvas, class, k int) ([]float64, error) {
	const side = 128
	left, top := (class*37+k*53)%side, (class*71+k*29)%side
	picture := canvas.Coloured(uint64(class*100 + k)).(*image.NRGBA)
	out, err := exec.Exec(tensors.FromFlatDataAndDimensions(cropped(picture, left, top, side), 1, side, side, 3))
	if err != nil {
		return nil, fmt.Errorf("eyes: %w", err)
	}
	values, err := tensors.CopyFlatData[float32](out[0])
	if err = errors.Join(err, out[0].FinalizeAll()); err != nil {
		return nil, fmt.Errorf("eyes: %w", err)
	}
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide, nil
}

// examples are descriptions and their classes.
type examples struct {
	x     [][]float64
	class []int
}

func (e *examples) add(x []float64, class int) { e.x, e.class = append(e.x, x), append(e.class, class) }

// namedRight fits a ridge regression to the classes of some examples and returns how many of the others it names right.
// How stiff the ridge is is chosen on every fourth of the first.
func namedRight(learn, test examples, classes int) float64 {
	var fit, check examples
	for i := range learn.x {
		part := &fit
		if i%4 == 1 {
			part = &check
		}
		part.add(learn.x[i], learn.class[i])
	}
	best, stiffness := -1.0, 0.0
	for _, s := range []float64{0.1, 1, 10, 100, 1000, 10000} {
		if rate := ridge(fit, check, classes, s); rate > best {
			best, stiffness = rate, s
		}
	}
	return ridge(learn, test, classes, stiffness)
}

// ridge returns how many of the tests the regression names right: with K = XXᵀ + stiffness·1, the answers to t are
// tXᵀK⁻¹Y, Y being 1 for an example's class.
func ridge(learn, test examples, classes int, stiffness float64) float64 {
	x, t := standardise(learn.x, test.x)
	n := len(x)
	k := make([][]float64, n)
	for i := range k {
		k[i] = make([]float64, n+classes) // K, then Y
		for j := range n {
			k[i][j] = dot(x[i], x[j]) + 1
		}
		k[i][i] += stiffness
		k[i][n+learn.class[i]] = 1
	}
	solve(k)
	right := 0
	for i := range t {
		answers := make([]float64, classes)
		for j := range n {
			near := dot(t[i], x[j]) + 1
			for c := range answers {
				answers[c] += near * k[j][n+c]
			}
		}
		best := 0
		for c, v := range answers {
			if v > answers[best] {
				best = c
			}
		}
		if best == test.class[i] {
			right++
		}
	}
	return float64(right) / float64(len(t))
}

// solve brings [K Y] to [1 K⁻¹Y], K being positive definite, so that no rows need to be exchanged.
func solve(rows [][]float64) {
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

// standardise gives columns the mean 0 and the deviation 1 that they have in the first list, and cuts what lies far off.
func standardise(first, second [][]float64) (a, b [][]float64) {
	d := len(first[0])
	mean, deviation := make([]float64, d), make([]float64, d)
	for _, x := range first {
		for i, v := range x {
			mean[i] += v / float64(len(first))
		}
	}
	for _, x := range first {
		for i, v := range x {
			deviation[i] += (v - mean[i]) * (v - mean[i]) / float64(len(first))
		}
	}
	apply := func(list [][]float64) (out [][]float64) {
		for _, x := range list {
			y := make([]float64, d)
			for i, v := range x {
				y[i] = min(max((v-mean[i])/(math.Sqrt(deviation[i])+1e-6), -6), 6)
			}
			out = append(out, y)
		}
		return out
	}
	return apply(first), apply(second)
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
