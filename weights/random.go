package weights

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// vgg19Convs are the convolutions of VGG-19 in order (Simonyan & Zisserman, 2015, configuration E).
var vgg19Convs = [16]struct {
	name string
	out  int // channels
}{
	{"conv1_1", 64}, {"conv1_2", 64},
	{"conv2_1", 128}, {"conv2_2", 128},
	{"conv3_1", 256}, {"conv3_2", 256}, {"conv3_3", 256}, {"conv3_4", 256},
	{"conv4_1", 512}, {"conv4_2", 512}, {"conv4_3", 512}, {"conv4_4", 512},
	{"conv5_1", 512}, {"conv5_2", 512}, {"conv5_3", 512}, {"conv5_4", 512},
}

// Random returns a VGG-19 of full size whose kernels are noise: uniform with mean 0 and variance 2/(9·In), which
// keeps the size of the activations from layer to layer, and biases of 0. Such a network has learned nothing and
// still tells textures apart (He, Wang & Hopcroft, "A Powerful Generative Model Using Random Weights for the Deep
// Image Representation", 2016). A seed gives the same bytes on every computer.
func Random(seed uint64) *Network {
	n := &Network{
		Input:   torchvisionInput(),
		Padding: ZeroPadding,
		Origin:  fmt.Sprintf("random, seed %d: untrained", seed),
		Licence: "none needed: made by a generator of numbers",
	}
	in := 3
	for _, c := range vgg19Convs {
		kernel := make([]float32, 9*in*c.out)
		n.Convs = append(n.Convs, Conv{Name: c.name, In: in, Out: c.out, Kernel: kernel, Bias: make([]float32, c.out)})
		in = c.out
	}
	fillRandom(n.Convs, seed)
	return n
}

// fillRandom fills the kernels in blocks, on all processors. What a value is depends on the seed and its place only.
func fillRandom(convs []Conv, seed uint64) {
	const size = 1 << 16 // values in a block; even, see fillUniform
	type block struct{ conv, start int }
	var blocks []block
	for i, c := range convs {
		for start := 0; start < len(c.Kernel); start += size {
			blocks = append(blocks, block{i, start})
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(blocks)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(blocks)); i = next.Add(1) - 1 {
				b := blocks[i]
				c := convs[b.conv]
				key := mix(seed + (uint64(b.conv)+1)*golden)
				part := c.Kernel[b.start:min(b.start+size, len(c.Kernel))]
				fillUniform(part, key, uint64(b.start)/2, math.Sqrt(2/float64(3*c.In)))
			}
		})
	}
	workers.Wait()
}

// fillUniform sets dst, of even length, to values uniform in (-limit, limit), of variance limit²/3. The hash of a counter that starts
// at count gives two of them. Each is an odd whole number below 2²³, which float32 holds exactly, times a scale:
// one rounding, the same everywhere.
func fillUniform(dst []float32, key, count uint64, limit float64) {
	scale := float32(limit / (1 << 23))
	for ; len(dst) > 1; dst = dst[2:] {
		count++
		bits := mix(key + count*golden)
		dst[0] = float32(int32(bits)>>9*2+1) * scale
		dst[1] = float32(int32(bits>>32)>>9*2+1) * scale
	}
}

// golden is 2⁶⁴ divided by the golden ratio, made odd: the step of SplitMix64's counter.
const golden = 0x9e3779b97f4a7c15

// mix is the output function of SplitMix64 (Steele, Lea & Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
