//go:build !cgo

package main

import (
	"context"
	"errors"
	"image"
	"io"
)

// These stand in where Go finds no C compiler: it then builds without cgo, and GoMLX's XLA does not build at all. The
// rest of the command does, so that set-up and doctor can say what is missing.

func stylizeCommand(context.Context, []string) error   { return needsCompiler("stylize") }
func batchCommand(context.Context, []string) error     { return needsCompiler("batch") }
func showCommand(context.Context, []string) error      { return needsCompiler("show") }
func benchCommand(context.Context, []string) error     { return needsCompiler("bench") }
func qualityCommand(context.Context, []string) error   { return needsCompiler("quality") }
func benchStepCommand(context.Context, []string) error { return needsCompiler("bench") }
func benchLossCommand(context.Context, []string) error { return needsCompiler("bench") }
func trainCommand(context.Context, []string) error     { return needsCompiler("train") }

func benchLayers(context.Context, io.Writer, string, image.Point) error {
	return needsCompiler("doctor -bench")
}

const (
	benchStep = "bench-step"
	benchLoss = "bench-loss"
)

func needsCompiler(command string) error {
	return errors.New(command + " needs a C compiler: `stylenet setup` says how to get one")
}
