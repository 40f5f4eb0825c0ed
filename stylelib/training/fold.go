package training

import (
	"errors"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/weights"
)

// foldBatches is from how many batches the means and deviations are taken that go into the convolutions.
const foldBatches = 30

// fold returns the network as it is now, its normalisation a part of its convolutions.
func (s *session) fold() (*weights.Network, error) {
	measured, err := s.measure()
	if err != nil {
		return nil, err
	}
	state, err := s.fetch()
	if err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for i, v := range s.variables {
		values[v.name] = state[i]
	}
	n := newNetwork(fmt.Sprintf("stylenet: trained on %d painted pictures, seed %d", s.pictures, s.o.Seed))
	var sizes []float64
	for i, l := range layers {
		n.Convs = append(n.Convs, folded(l, values, measured[2*i], measured[2*i+1]))
		sizes = append(sizes, rectifiedSize(values[l.name+".scale"], values[l.name+".shift"]))
	}
	magnify(n, sizes)
	return n, nil
}

// newNetwork returns a network without convolutions.
func newNetwork(origin string) *weights.Network {
	n := &weights.Network{Origin: origin, Licence: "Apache-2.0 (StyleNet); nobody else's pictures or numbers went into it"}
	for c := range 3 {
		n.Input.Matrix[c][c], n.Input.Offset[c] = 1/pixelDeviation, -pixelMean/pixelDeviation
	}
	return n
}

// Untrained returns the network with which a training of this seed starts: random kernels, as He et al. (2015) want them,
// and biases of 0.
func Untrained(seed uint64) *weights.Network {
	n := newNetwork(fmt.Sprintf("random, seed %d, as narrow as stylenet: untrained", seed))
	start := startValues(seed, networkVariables())
	for i, l := range layers {
		n.Convs = append(n.Convs, weights.Conv{Name: l.name, In: l.in, Out: l.out, Kernel: start[3*i], Bias: start[3*i+2]})
	}
	return n
}

// folded returns a convolution with the normalisation that follows it: scale·(x - mean)/deviation + shift.
func folded(l layer, values map[string][]float32, mean, square []float64) weights.Conv {
	kernel, scale, shift := values[l.name+".kernel"], values[l.name+".scale"], values[l.name+".shift"]
	c := weights.Conv{Name: l.name, In: l.in, Out: l.out, Kernel: make([]float32, len(kernel)), Bias: make([]float32, l.out)}
	for o := range l.out {
		factor := float64(scale[o]) / math.Sqrt(max(square[o]-mean[o]*mean[o], 0)+epsilon)
		c.Bias[o] = float32(float64(shift[o]) - factor*mean[o])
		for i := o; i < len(kernel); i += l.out {
			c.Kernel[i] = float32(factor * float64(kernel[i]))
		}
	}
	return c
}

// rectifiedSize returns the root mean square of a layer's ReLU, its channels being about normal with these means (shift) and
// deviations (scale), as normalisation leaves them.
func rectifiedSize(scale, shift []float32) float64 {
	sum := 0.
	for i := range scale {
		mean, deviation := float64(shift[i]), math.Abs(float64(scale[i]))+epsilon
		z := mean / deviation
		below, density := math.Erfc(-z/math.Sqrt2)/2, math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
		sum += (mean*mean+deviation*deviation)*below + mean*deviation*density
	}
	return math.Sqrt(sum / float64(len(scale)))
}

// magnify multiplies a network's features, whose root mean squares are sizes, to those of the table of layers. ReLU and
// pooling pass a factor on, so the network sees what it saw, and relative losses do not notice; but other programs weight
// their losses for features as large as VGG-19's. With the table's sizes, of that order, their presets keep content and take
// style (testdata/sizes.md). Powers of two leave the numbers' digits as they are.
func magnify(n *weights.Network, sizes []float64) {
	before := 1.
	for i := range n.Convs {
		c := &n.Convs[i]
		factor := math.Exp2(math.Round(math.Log2(layers[i].size / sizes[i])))
		for k := range c.Kernel {
			c.Kernel[k] *= float32(factor / before)
		}
		for k := range c.Bias {
			c.Bias[k] *= float32(factor)
		}
		before = factor
	}
}

// measure returns the mean and the mean square of every channel over fresh pictures, layer after layer.
func (s *session) measure() ([][]float64, error) {
	exec, err := NewExec(s.backend, func(nodes []*Node) []*Node {
		_, all := see(s.named(nodes), nodes[len(nodes)-1])
		var out []*Node
		for _, x := range all {
			out = append(out, x.mean, x.square)
		}
		return out
	})
	if err != nil {
		return nil, fmt.Errorf("eyes: %w", err)
	}
	defer exec.Finalize()
	sums := make([][]float64, 2*len(layers))
	for k := range foldBatches {
		b := newBatch(s.painter, 1<<40+k, s.late)
		var arguments []any
		for _, x := range s.state[:len(s.variables)] {
			arguments = append(arguments, x)
		}
		out, err := exec.Exec(append(arguments, b.arguments[0])...)
		if err != nil {
			return nil, fmt.Errorf("eyes: measuring activations: %w", err)
		}
		for i, x := range out {
			values, err := tensors.CopyFlatData[float32](x)
			if err = errors.Join(err, x.FinalizeAll()); err != nil {
				return nil, fmt.Errorf("eyes: measuring activations: %w", err)
			}
			if k == 0 {
				sums[i] = make([]float64, len(values))
			}
			for c, v := range values {
				sums[i][c] += float64(v) / foldBatches
			}
		}
		if err := b.free(); err != nil {
			return nil, err
		}
	}
	return sums, nil
}
