//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"math"
	"os"
	"strconv"
	"time"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/vgg"

	"github.com/gomlx/compute"
)

// lossPainted is what the process of one painting writes, as JSON.
type lossPainted struct {
	lossTimes
	At      time.Time `json:"at"`   // when the mark was reached, or painting ended
	Rate    float64   `json:"rate"` // as in stepTimes
	Backend string    `json:"backend"`
}

// benchLossCommand is the process of one painting, see benchmark.reach.
func benchLossCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(benchLoss, flag.ContinueOnError)
	name := flags.String("weights", "random", "")
	others, err := parse(flags, args, "CONTENT", "STYLE", "LOSS")
	if err != nil {
		return err
	}
	mark, err := strconv.ParseFloat(others[2], 64)
	if err != nil {
		return usageError{fmt.Errorf("loss %q, want a number", others[2])}
	}
	content, err := picture.Open(others[0], 0)
	if err != nil {
		return err
	}
	style, err := picture.Open(others[1], 0)
	if err != nil {
		return err
	}
	network, backend, err := openBench(ctx, *name)
	if err != nil {
		return err
	}
	defer backend.Finalize()
	painted, err := paintToLoss(ctx, backend, vgg.New(network), content, style, mark)
	if err != nil {
		return err
	}
	if painted.Rate, err = matrixRate(backend); err != nil {
		return err
	}
	painted.Backend = backendName(backend)
	return json.NewEncoder(os.Stdout).Encode(painted)
}

// paintToLoss paints until the loss at the content picture's size is at or below the mark, or paintOn ends.
func paintToLoss(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content, style image.Image, mark float64) (*lossPainted, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	painted := &lossPainted{}
	painted.Loss = math.MaxFloat64 // which JSON can hold
	var looked time.Duration       // at pictures, only to know their size; it does not count
	full, began := false, time.Now()
	err := paintOn(inner, backend, net, content, style, func(step stylelib.Step) error {
		painted.Steps++
		painted.At = time.Now().Add(-looked)
		if !full {
			since := time.Now()
			shown, err := step.Picture()
			if err != nil {
				return err
			}
			full = shown.Bounds().Size() == content.Bounds().Size()
			looked += time.Since(since)
		}
		if full {
			painted.Loss = min(painted.Loss, step.Loss)
		}
		if painted.Loss <= mark {
			painted.Reached = true
			stop()
		}
		return nil
	})
	painted.Seconds = painted.At.Sub(began).Seconds()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return painted, err
}

// paintOn paints as StyleNet does by default, here alone for -to-loss. Where that ends, it takes twice as many steps more from there.
func paintOn(ctx context.Context, backend compute.Backend, net *vgg.Extractor, content, style image.Image, onStep func(stylelib.Step) error) error {
	o, styles := stylelib.Options{Every: 1, OnStep: onStep}, []image.Image{style}
	result, err := stylelib.Pyramid(ctx, backend, net, content, styles, o, nil)
	if err != nil || ctx.Err() != nil {
		return err
	}
	o.From, o.Steps = result.State, 2*len(result.Steps)
	_, err = stylelib.Transfer(ctx, backend, net, content, styles, o)
	return err
}
