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

	"stylenet/stylelib/conv"
	"stylenet/weights"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// benchLayers times every convolution of a network, for a picture of this size, by every method.
func benchLayers(ctx context.Context, out io.Writer, name string, size image.Point) error {
	network, backend, err := openBench(ctx, name)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	fmt.Fprintf(out, "\nmilliseconds of each convolution and its gradient, for a picture of %dx%d: the fastest of several.\n"+
		"All but short runs take Winograd for every layer, where it is to be had\n", size.X, size.Y)
	if err := conv.WinogradOn(backend); err != nil {
		fmt.Fprintf(out, "Here it is not, and both are plain: %v\n", err)
	}
	fmt.Fprintln(out, "LAYER         SIZE    CHANNELS    PLAIN  WINOGRAD")
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
		fmt.Fprintln(out)
	}
	return nil
}

// timeLayer returns the shortest time of one convolution, forward and backward.
func timeLayer(ctx context.Context, backend compute.Backend, m conv.Method, c *weights.Conv, size image.Point) (time.Duration, error) {
	args := []any{noise(size, c.In), noise(size, c.Out)}
	exec, err := NewExec(backend, func(in []*Node) []*Node {
		y := conv.Apply(m, weights.ZeroPadding, in[0], c.Out, func(form conv.Form) *Node { return in[2+slices.Index(conv.Forms, form)] })
		return []*Node{y, Gradient(ReduceAllSum(Mul(y, in[1])), in[0])[0]}
	})
	if err != nil {
		return 0, err
	}
	defer exec.Finalize()
	for _, form := range conv.Forms {
		values, dimensions := conv.Prepare(form, c)
		args = append(args, tensors.FromFlatDataAndDimensions(values, dimensions...))
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
