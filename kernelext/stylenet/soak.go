package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"stylenet/kernelext/internal/selftest"
)

// soakCommand runs random cells with known answers in the program that holds the values of notebooks, for as long as one likes.
func soakCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	length := flags.Duration("for", 20*time.Minute, "how long to run cells")
	seed := flags.Uint64("seed", uint64(time.Now().Unix()), "`NUMBER` that says which cells; each 500 cells take the next one")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	s, err := newSetup()
	if err != nil {
		return err
	}
	if err := s.Run(ctx); err != nil {
		return err
	}
	settings := s.CellSettings()
	settings.Why = ""
	cells := 0
	err = selftest.Soak(ctx, settings, *seed, time.Now().Add(*length), func(seed uint64, r selftest.Result, took time.Duration) {
		cells += r.Cells
		fmt.Printf("seed %d: %d cells of %d kinds in %s, no wrong answer\n", seed, r.Cells, len(r.Kinds), took.Round(time.Second))
	})
	if err == nil {
		fmt.Printf("%d cells, no wrong answer\n", cells)
	}
	return err
}
