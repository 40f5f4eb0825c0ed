package training

import (
	"fmt"
	"runtime"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib/training/textures"
)

// batchSize says how many pictures of which size a step sees.
type batchSize struct{ n, side int }

// singles returns how many pictures of a batch of n, the first ones, are of one texture. The next three tenths have one
// shape on them, the others two.
func singles(n int) int { return n * 4 / 10 }

// shapesOn returns how many shapes picture i of a batch of n has.
func shapesOn(i, n int) int {
	switch {
	case i < singles(n):
		return 0
	case i < n*7/10:
		return 1
	}
	return 2
}

// batch is a batch of pictures and their labels, as the arguments of a step.
type batch struct{ arguments []any }

// inputs are the same in a graph.
type inputs struct {
	pixels         *Node // [n, h, w, 3]
	clean          *Node // [n, h/2, w/2, 3]
	eighth, coarse *Node // [n, 3, h/8·w/8] and [n, 3, h/16·w/16]
	class, palette *Node // [n, 3], int32
	present        *Node // [3n]: 1 where a layer is large enough to be known
	shapes         *Node // [n, kinds]
}

const batchInputs = 8

// inputsOf names the nodes of a batch's arguments.
func inputsOf(nodes []*Node) inputs {
	return inputs{pixels: nodes[0], clean: nodes[1], eighth: nodes[2], coarse: nodes[3], class: nodes[4], palette: nodes[5],
		present: nodes[6], shapes: nodes[7]}
}

// newBatch paints batch number k of its size, on all processors. Batches of other numbers have other pictures.
func newBatch(p *textures.Painter, k int, size batchSize) batch {
	samples := make([]*textures.Sample, size.n)
	var wait sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), size.n)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < size.n; i += workers {
				samples[i] = p.Paint(uint64(k)<<16|uint64(size.side)<<8|uint64(i), size.side, shapesOn(i, size.n))
			}
		})
	}
	wait.Wait()
	var pixels, clean, eighth, coarse, present, shapes []float32
	var class, palette []int32
	for _, s := range samples {
		pixels, clean, shapes = append(pixels, s.Pixels...), append(clean, s.Clean...), append(shapes, s.Shapes[:]...)
		for layer := range 3 {
			eighth, coarse = append(eighth, s.Eighth[layer]...), append(coarse, s.Coarse[layer]...)
			class, palette = append(class, int32(s.Class[layer])), append(palette, int32(s.Palette[layer]))
			seen := float32(0)
			if s.Visible[layer] > 0.06 {
				seen = 1
			}
			present = append(present, seen)
		}
	}
	n, h := size.n, size.side
	return batch{[]any{
		tensors.FromFlatDataAndDimensions(pixels, n, h, h, 3), tensors.FromFlatDataAndDimensions(clean, n, h/2, h/2, 3),
		tensors.FromFlatDataAndDimensions(eighth, n, 3, h/8*(h/8)), tensors.FromFlatDataAndDimensions(coarse, n, 3, h/16*(h/16)),
		tensors.FromFlatDataAndDimensions(class, n, 3), tensors.FromFlatDataAndDimensions(palette, n, 3),
		tensors.FromFlatDataAndDimensions(present, 3*n), tensors.FromFlatDataAndDimensions(shapes, n, textures.Shapes),
	}}
}

// free gives the batch's memory back.
func (b batch) free() error {
	for _, a := range b.arguments {
		if err := a.(*tensors.Tensor).FinalizeAll(); err != nil {
			return fmt.Errorf("eyes: %w", err)
		}
	}
	return nil
}
