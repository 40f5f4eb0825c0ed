package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"stylenet/kernelext/internal/setup"
	"stylenet/weights"
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
	for _, f := range append(s.Examine(ctx), examineWeights()) {
		switch {
		case f.Err == nil:
			fmt.Printf("ok    %-16s %s\n", f.Name, f.Found)
		case f.Optional:
			fmt.Printf("-     %-16s %v (notebooks run without); to get it: %s\n", f.Name, f.Err, f.Mend)
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

// examineWeights lists the trained networks that are on this computer.
func examineWeights() setup.Finding {
	f := setup.Finding{Name: "weights", Optional: true, Mend: "go run ./kernelext/stylenet weights fetch vgg19-slim"}
	var names []string
	for _, p := range weights.Catalog() {
		if p.Here() != "" {
			names = append(names, p.Name)
		}
	}
	f.Found = strings.Join(names, ", ")
	if len(names) == 0 {
		f.Err = errors.New("no trained network: random numbers stand in")
	}
	return f
}
