//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"time"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"stylenet/stylelib"
	"stylenet/stylelib/conv"
	"stylenet/weights"
)

// benchLayers times every convolution of a network, seeing a picture of this size, by every method.
func benchLayers(ctx context.Context, out io.Writer, name string, size image.Point) error {
	network, err := weights.Open(ctx, name)
	if err != nil {
		return err
	}
	backend, err := stylelib.OpenBackend()
	if err != nil {
		return err
	}
	defer backend.Finalize()
	fmt.Fprintf(out, "\nmilliseconds of each convolution and its gradient, for a picture of %dx%d: the fastest of several.\n"+
		"A long run on a CPU asks for Winograd; CHOSEN is what a layer of so many channels does then, and what WINOGRAD timed\n", size.X, size.Y)
	fmt.Fprintln(out, "LAYER         SIZE    CHANNELS    PLAIN  WINOGRAD  CHOSEN")
	for i := range network.Convs {
		c := &network.Convs[i]
		if pooledBefore(network, i) {
			size = halved(size)
		}
		fmt.Fprintf(out, "%s %10s  %10s", c.Name, fmt.Sprintf("%dx%d", size.X, size.Y), fmt.Sprintf("%d to %d", c.In, c.Out))
		for _, m := range []conv.Method{conv.Plain, conv.Winograd} {
			d, err := timeLayer(ctx, backend, m, c, size)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, " %8.2f", milliseconds(d))
		}
		fmt.Fprintf(out, "  %s\n", conv.Chosen(conv.Winograd, c.In, c.Out))
	}
	return nil
}

// timeLayer returns the shortest time of one convolution, forward and backward.
func timeLayer(ctx context.Context, backend compute.Backend, m conv.Method, c *weights.Conv, size image.Point) (time.Duration, error) {
	var forms []conv.Form
	args := []any{noise(size, c.In), noise(size, c.Out)}
	exec, err := NewExec(backend, func(in []*Node) []*Node {
		y := conv.Apply(m, weights.ZeroPadding, in[0], c.Out, func(form conv.Form) *Node { return in[2+slices.Index(forms, form)] })
		return []*Node{y, Gradient(ReduceAllSum(Mul(y, in[1])), in[0])[0]}
	})
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	for _, form := range []conv.Form{conv.Kernel, conv.Transformed, conv.Turned, conv.Bias} {
		values, dimensions := conv.Prepare(form, c)
		forms, args = append(forms, form), append(args, tensors.FromFlatDataAndDimensions(values, dimensions...))
	}
	shortest := time.Hour
	err = repeat(func() error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out, err := exec.Exec(args...)
		if err != nil {
			return err
		}
		return errors.Join(out[0].FinalizeAll(), out[1].FinalizeAll())
	}, func(d time.Duration) { shortest = min(shortest, d) })
	for _, a := range args {
		err = errors.Join(err, a.(*tensors.Tensor).FinalizeAll())
	}
	return shortest, err
}

// noise returns features [1, h, w, channels] between 0 and 1.
func noise(size image.Point, channels int) *tensors.Tensor {
	values := make([]float32, size.X*size.Y*channels)
	for i := range values {
		values[i] = float32(uint32(i)*2654435761>>8) / (1 << 24)
	}
	return tensors.FromFlatDataAndDimensions(values, 1, size.Y, size.X, channels)
}
