package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"stylenet/kernelext/internal/setup"
)

func cleanCommand(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("clean", flag.ContinueOnError)
	yes := flags.Bool("yes", false, "delete what set-up made, and compiled programs; without this flag it is only listed")
	networks := flags.Bool("weights", false, "delete the networks in the folder weights as well")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	s, err := newSetup()
	if err != nil {
		return err
	}
	found, err := s.Leftovers()
	if err != nil {
		return err
	}
	kept := s.Weights()
	if *networks && kept.Size > 0 {
		found, kept = append(found, kept), setup.Leftover{}
	}
	total, err := cleanAway(found, *yes)
	if err != nil {
		return err
	}
	if *yes {
		os.Remove(kept.Path) // only if nothing is in it
		os.Remove(s.Home)    // likewise
		fmt.Printf("%10s  deleted\n", setup.Bytes(total))
	} else {
		fmt.Printf("%10s  in all; -yes deletes it\n", setup.Bytes(total))
	}
	if kept.Size > 0 {
		fmt.Printf("\n%10s  %s: networks, which stay; -yes -weights deletes them too\n", setup.Bytes(kept.Size), kept.Path)
	}
	fmt.Println("\nWhat Go has compiled and downloaded lies in its own caches, which other Go programs use too;\n" +
		"go clean -cache -modcache empties them.")
	return nil
}

// cleanAway lists what was found, deletes it if told so, and returns how many bytes it is in all.
func cleanAway(found []setup.Leftover, deleting bool) (total int64, err error) {
	for _, l := range found {
		fmt.Printf("%10s  %s", setup.Bytes(l.Size), l.Path)
		if len(l.Processes) > 0 {
			fmt.Printf("  and processes %v of a killed kernel", l.Processes)
		}
		fmt.Println()
		if deleting {
			if err := l.Remove(); err != nil {
				return total, err
			}
		}
		total += l.Size
	}
	return total, nil
}
