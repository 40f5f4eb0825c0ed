package weights

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"stylenet/weights/internal/array"
)

// arrange makes a network of a file's arrays.
func (o Options) arrange(c contents) (*Network, error) {
	l, found, err := chooseLayout(c)
	if err != nil {
		return nil, err
	}
	axes, err := l.axesOf(found["conv1_1"].kernel)
	if err != nil {
		return nil, err
	}
	if o.SeedTranspose {
		axes = []int{axes[1], axes[0], axes[2], axes[3]}
	}
	n := &Network{Padding: l.padding}
	chain, err := n.chain(found, axes)
	if err != nil {
		return nil, err
	}
	if err := n.fill(chain, axes); err != nil {
		return nil, err
	}
	n.SHA256 = c.sum()
	return n, o.introduce(n, c, l)
}

// chooseLayout returns the first layout that names a conv1_1 in the file, and the arrays it names.
func chooseLayout(c contents) (layout, map[string]parts, error) {
	var known []string
	for _, l := range layouts {
		if found, err := l.find(c); found["conv1_1"].kernel != nil {
			return l, found, err
		}
		known = append(known, l.about)
	}
	var names []string
	for _, a := range c.arrays[:min(4, len(c.arrays))] {
		names = append(names, a.Name)
	}
	return layout{}, nil, array.Unsupported("%d arrays, the first %.80q, and no conv1_1 among them; known are %s",
		len(c.arrays), names, strings.Join(known, ", "))
}

// maxKernel is the largest number of values a kernel may have: those of VGG-19's largest.
const maxKernel = 9 * 512 * 512

// chain sets the names and channels of the convolutions from conv1_1 on to the last there is, and returns their
// arrays. Each must take as many channels as the one before gives.
func (n *Network) chain(found map[string]parts, axes []int) ([]parts, error) {
	var chain []parts
	in := 3
	for _, c := range vgg19Convs {
		p, ok := found[c.name]
		if !ok {
			break
		}
		out, err := p.check(in, axes)
		if err != nil {
			return nil, err
		}
		n.Convs = append(n.Convs, Conv{Name: c.name, In: in, Out: out})
		chain = append(chain, p)
		in = out
	}
	if len(chain) < len(found) {
		return nil, array.Unsupported("%s is missing, but there are later convolutions: is it a VGG-16?", vgg19Convs[len(chain)].name)
	}
	return chain, nil
}

// check compares the shapes of a convolution's arrays with what it must be after the given number of channels, and
// returns how many channels it gives.
func (p parts) check(in int, axes []int) (out int, err error) {
	if p.kernel == nil {
		return 0, array.Bad("a bias without its kernel").In(p.bias.Name)
	}
	shape, name := p.kernel.Shape, p.kernel.Name
	if p.bias == nil {
		return 0, array.Bad("a kernel without its bias").In(name)
	}
	if len(shape) != 4 {
		return 0, array.Bad("shape %v, want 4 axes", shape).In(name)
	}
	out = shape[axes[3]]
	if got, want := (array.Permute(shape, axes)), []int{3, 3, in, out}; !slices.Equal(got, want) || out < 1 {
		return 0, array.Bad("shape %v is height, width, in, out = %v; want %v", shape, got, want).In(name)
	}
	if out > maxKernel/(9*in) {
		return 0, array.Unsupported("%d to %d channels; up to %d values are read", in, out, maxKernel).In(name)
	}
	if count, err := array.Count(p.bias.Shape, int64(out)); err != nil || count != out { // MATLAB's are [1 out]
		return 0, array.Bad("shape %v, want [%d] after kernel %v", p.bias.Shape, out, shape).In(p.bias.Name)
	}
	return out, nil
}

// fill reads the arrays of all convolutions, on all processors.
func (n *Network) fill(chain []parts, axes []int) error {
	errs := make([]error, len(chain))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1) - 1); i < len(chain); i = int(next.Add(1) - 1) {
				c := &n.Convs[i]
				if c.Kernel, errs[i] = readFinite(chain[i].kernel, axes...); errs[i] == nil {
					c.Bias, errs[i] = readFinite(chain[i].bias)
				}
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// readFinite reads an array and sees to it that every value is a number.
func readFinite(a *array.Array, axes ...int) ([]float32, error) {
	values, err := a.Float32(axes...)
	if err != nil {
		return nil, err
	}
	const exponent = 0x7f800000
	for i, v := range values {
		if math.Float32bits(v)&exponent == exponent {
			return nil, array.Bad("value %d is %v", i, v).In(a.Name)
		}
	}
	return values, nil
}
