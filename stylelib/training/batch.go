package training

import (
	"fmt"
	"runtime"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/training/textures"
)

// batchSize is the number of pictures in a batch, and their height and width.
type batchSize struct{ n, side int }

// singles returns how many pictures of a batch of n have one texture and no shapes. They come first; the next three tenths
// have one shape, the rest two.
func singles(n int) int { return n * 4 / 10 }

// shapesIn returns the number of shapes in picture i of a batch of n.
func shapesIn(i, n int) int {
	switch {
	case i < singles(n):
		return 0
	case i < n*7/10:
		return 1
	}
	return 2
}

// batch is a batch of pictures and their labels, as arguments of the step's graph.
type batch struct{ arguments []any }

// inputs are the nodes of a batch, for n pictures with three regions each: see [textures.Sample].
type inputs struct {
	pixels                *Node // [n, h, w, 3]
	coverage8, coverage16 *Node // [n, 3, h/8·w/8] and [n, 3, h/16·w/16]
	class, palette        *Node // [n, 3], int32
	present               *Node // [3n]: 1 for regions large enough to be classified, else 0
	shapes                *Node // [n, kinds]
}

const batchInputs = 7

// inputsOf returns a batch's nodes, which are in the order of its arguments.
func inputsOf(nodes []*Node) inputs {
	return inputs{pixels: nodes[0], coverage8: nodes[1], coverage16: nodes[2], class: nodes[3], palette: nodes[4],
		present: nodes[5], shapes: nodes[6]}
}

// newBatch makes batch number k of a size, on all processors. No two numbers share pictures.
func newBatch(g *textures.Generator, k int, size batchSize) batch {
	samples := make([]*textures.Sample, size.n)
	var wait sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), size.n)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < size.n; i += workers {
				samples[i] = g.Sample(uint64(k)<<16|uint64(size.side)<<8|uint64(i), size.side, shapesIn(i, size.n))
			}
		})
	}
	wait.Wait()
	var pixels, coverage8, coverage16, present, shapes []float32
	var class, palette []int32
	for _, s := range samples {
		pixels, shapes = append(pixels, s.Pixels...), append(shapes, s.Shapes[:]...)
		for region := range 3 {
			coverage8, coverage16 = append(coverage8, s.Coverage8[region]...), append(coverage16, s.Coverage16[region]...)
			class, palette = append(class, int32(s.Class[region])), append(palette, int32(s.Palette[region]))
			large := float32(0)
			if s.Coverage[region] > 0.06 {
				large = 1
			}
			present = append(present, large)
		}
	}
	n, h := size.n, size.side
	return batch{[]any{
		tensors.FromFlatDataAndDimensions(pixels, n, h, h, 3),
		tensors.FromFlatDataAndDimensions(coverage8, n, 3, h/8*(h/8)), tensors.FromFlatDataAndDimensions(coverage16, n, 3, h/16*(h/16)),
		tensors.FromFlatDataAndDimensions(class, n, 3), tensors.FromFlatDataAndDimensions(palette, n, 3),
		tensors.FromFlatDataAndDimensions(present, 3*n), tensors.FromFlatDataAndDimensions(shapes, n, textures.Shapes),
	}}
}

// free frees the batch's tensors.
func (b batch) free() error {
	for _, a := range b.arguments {
		if err := a.(*tensors.Tensor).FinalizeAll(); err != nil {
			return fmt.Errorf("training: %w", err)
		}
	}
	return nil
}
