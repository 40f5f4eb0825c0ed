package training

import (
	"errors"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/weights"
)

// foldBatches is the number of batches from which the statistics for the folded network are computed.
const foldBatches = 30

// fold returns the current network with its batch normalisation folded into the convolutions.
func (s *session) fold() (*weights.Network, error) {
	all, err := s.statistics()
	if err != nil {
		return nil, err
	}
	state, err := s.download()
	if err != nil {
		return nil, err
	}
	values := map[string][]float32{}
	for i, v := range s.variables {
		values[v.name] = state[i]
	}
	n := newNetwork(fmt.Sprintf("stylenet: trained on %d procedural pictures, seed %d", s.pictures, s.o.Seed))
	var sizes []float64
	for i, l := range layers {
		n.Convs = append(n.Convs, folded(l, values, all[2*i], all[2*i+1]))
		sizes = append(sizes, reluRMS(values[l.name+".scale"], values[l.name+".shift"]))
	}
	rescale(n, sizes)
	return n, nil
}

// newNetwork returns a network without convolutions.
func newNetwork(origin string) *weights.Network {
	n := &weights.Network{Origin: origin, AveragePooling: true, Licence: "Apache-2.0 (StyleNet); nobody else's pictures or numbers went into it"}
	for c := range 3 {
		n.Input.Matrix[c][c], n.Input.Offset[c] = 1/pixelDeviation, -pixelMean/pixelDeviation
	}
	return n
}

// Untrained returns the network from which a training of this seed starts: random kernels (He et al. 2015) and biases of 0.
func Untrained(seed uint64) *weights.Network {
	n := newNetwork(fmt.Sprintf("random, seed %d, as narrow as stylenet: untrained", seed))
	values := initialValues(seed, networkVariables())
	for i, l := range layers {
		n.Convs = append(n.Convs, weights.Conv{Name: l.name, In: l.in, Out: l.out, Kernel: values[3*i], Bias: values[3*i+2]})
	}
	return n
}

// folded returns a convolution that includes its normalisation, scale·(x - mean)/deviation + shift.
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

// reluRMS returns the root mean square of a layer's ReLU, if each channel before it is normally distributed with mean shift
// and standard deviation scale.
func reluRMS(scale, shift []float32) float64 {
	sum := 0.
	for i := range scale {
		mean, deviation := float64(shift[i]), math.Abs(float64(scale[i]))+epsilon
		z := mean / deviation
		positive, density := math.Erfc(-z/math.Sqrt2)/2, math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
		sum += (mean*mean+deviation*deviation)*positive + mean*deviation*density
	}
	return math.Sqrt(sum / float64(len(scale)))
}

// rescale multiplies each layer's features, whose root mean square is in sizes, by a power of two, to about the rms of the
// table of layers. ReLU and pooling commute with the factor, and the next kernel is divided by it, so relative losses stay the
// same. But the losses of other programs have weights for features as large as VGG-19's; with the table's values their
// presets balance content and style (testdata/sizes.md). A power of two causes no rounding.
func rescale(n *weights.Network, sizes []float64) {
	before := 1.
	for i := range n.Convs {
		c := &n.Convs[i]
		factor := math.Exp2(math.Round(math.Log2(layers[i].rms / sizes[i])))
		for k := range c.Kernel {
			c.Kernel[k] *= float32(factor / before)
		}
		for k := range c.Bias {
			c.Bias[k] *= float32(factor)
		}
		before = factor
	}
}

// statistics returns the mean and the mean square of each channel over pictures that the training did not use: for each
// layer two lists [c].
func (s *session) statistics() ([][]float64, error) {
	exec, err := NewExec(s.backend, func(nodes []*Node) []*Node {
		_, all := forward(s.byName(nodes), nodes[len(nodes)-1])
		var out []*Node
		for _, x := range all {
			out = append(out, x.mean, x.square)
		}
		return out
	})
	if err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	defer exec.Finalize()
	means := make([][]float64, 2*len(layers))
	for k := range foldBatches {
		b := newBatch(s.generator, 1<<40+k, s.late)
		out, err := exec.Exec(append(arguments(s.state[:len(s.variables)]), b.arguments[0])...)
		if err != nil {
			return nil, fmt.Errorf("training: statistics for folding: %w", err)
		}
		for i, x := range out {
			values, err := float64s(x)
			if err != nil {
				return nil, err
			}
			if k == 0 {
				means[i] = make([]float64, len(values))
			}
			for c, v := range values {
				means[i][c] += v / foldBatches
			}
		}
		if err := b.free(); err != nil {
			return nil, err
		}
	}
	return means, nil
}

// float64s returns a tensor's values and frees it.
func float64s(x *tensors.Tensor) ([]float64, error) {
	values, err := tensors.CopyFlatData[float32](x)
	if err = errors.Join(err, x.FinalizeAll()); err != nil {
		return nil, fmt.Errorf("training: %w", err)
	}
	wide := make([]float64, len(values))
	for i, v := range values {
		wide[i] = float64(v)
	}
	return wide, nil
}
