package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stylenet/kernelext/internal/setup"
)

func doctorCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	if _, err := parse(flags, args); err != nil {
		return err
	}
	s, err := newSetup()
	if err != nil {
		return err
	}
	missing := false
	for _, f := range append(s.Examine(ctx), examineWeights(s.Home)) {
		switch {
		case f.Err == nil:
			fmt.Printf("ok    %-16s %s\n", f.Name, f.Found)
		case f.Optional:
			fmt.Printf("-     %-16s %v (not needed to run notebooks); to get it: %s\n", f.Name, f.Err, f.Mend)
		default:
			missing = true
			fmt.Printf("FAIL  %-16s %v; to mend it: %s\n", f.Name, f.Err, f.Mend)
		}
	}
	if missing {
		return errReported
	}
	return nil
}

// examineWeights lists the networks in StyleNet's own folder.
func examineWeights(home string) setup.Finding {
	f := setup.Finding{Name: "weights", Found: "none of their own: notebooks use the random network"}
	paths, err := filepath.Glob(filepath.Join(home, "weights", "[^.]*"))
	if err != nil || len(paths) == 0 {
		return f
	}
	var names []string
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			names = append(names, fmt.Sprintf("%s (%s)", filepath.Base(path), setup.Bytes(info.Size())))
		}
	}
	f.Found = strings.Join(names, ", ")
	return f
}

func cleanCommand(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("clean", flag.ContinueOnError)
	yes := flags.Bool("yes", false, "delete it; without this flag it is only listed")
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
	var total int64
	for _, l := range found {
		fmt.Printf("%10s  %s", setup.Bytes(l.Size), l.Path)
		if len(l.Processes) > 0 {
			fmt.Printf("  and processes %v of a killed kernel", l.Processes)
		}
		fmt.Println()
		total += l.Size
		if *yes {
			if err := l.Remove(); err != nil {
				return err
			}
		}
	}
	if *yes {
		os.Remove(s.Home) // only if nothing else is in it
		fmt.Printf("%10s  deleted\n", setup.Bytes(total))
		return nil
	}
	fmt.Printf("%10s  in all; -yes deletes it\n", setup.Bytes(total))
	return nil
}
