//go:build cgo

package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"stylenet/stylelib"
	"stylenet/stylelib/training"
)

// trainCommand trains a network such as the built-in one.
func trainCommand(ctx context.Context, args []string) error {
	var o training.Options
	var output string
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	flags.StringVar(&output, "o", "out/network.safetensors", "result `FILE`")
	flags.Float64Var(&o.Minutes, "minutes", 35, "how long to train; time in which the program was held up does not count")
	flags.Uint64Var(&o.Seed, "seed", 0, "of the pictures and of the first filters")
	flags.IntVar(&o.Steps, "steps", 0, "how many steps to train, whatever time they take; 0: as -minutes says")
	flags.StringVar(&o.Checkpoint, "checkpoint", "", "`FILE` to go on from and to keep up to date; none: OUTPUT.checkpoint")
	flags.IntVar(&o.Classes, "classes", 0, "how many classes of textures; 0: 40 for each family")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	if o.Minutes <= 0 {
		return usageError{fmt.Errorf("train: -minutes must be above 0, found %g", o.Minutes)}
	}
	if o.Checkpoint == "" {
		o.Checkpoint = output + ".checkpoint"
	}
	if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil { // now, not when all is learned
		return err
	}
	backend, err := stylelib.OpenBackend()
	if err != nil {
		return err
	}
	defer backend.Finalize()
	o.OnReport = reportTraining
	result, err := training.Train(ctx, backend, o)
	if err != nil {
		return err
	}
	if err := result.Network.SaveHalf(output, result.Metadata); err != nil {
		return err
	}
	if result.Stopped {
		fmt.Println("stopped early; the same command goes on from", o.Checkpoint)
	}
	fmt.Printf("network: %s\nrecipe: %s\n", output, result.Metadata["recipe"])
	return nil
}

// reportTraining prints how far a training has come.
func reportTraining(r training.Report) error {
	fmt.Fprintf(os.Stderr, "step %d  %d pictures, %.0f a second  loss %.3f  textures named right %.1f %%  %s left\n ",
		r.Step, r.Pictures, r.Rate, r.Loss, 100*r.Accuracy, r.Left.Round(time.Second))
	for _, name := range training.TermNames() {
		fmt.Fprintf(os.Stderr, " %s %.3f", name, r.Terms[name])
	}
	fmt.Fprintln(os.Stderr)
	return nil
}
