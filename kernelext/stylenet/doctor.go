package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"strconv"
	"strings"

	"stylenet/kernelext/internal/setup"
	"stylenet/weights"
)

func doctorCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	bench := flags.Bool("bench", false, "then time the network's convolutions, by every method")
	sizeText := flags.String("size", "224x224", "`WxH` of the picture in pixels, for -bench")
	name := flags.String("weights", "random", "network `NAME` or file, for -bench; random has VGG-19's full size")
	if _, err := parse(flags, args); err != nil {
		return err
	}
	size, err := parseSize(*sizeText)
	if err != nil {
		return usageError{err}
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
	if *bench {
		if err := benchLayers(ctx, os.Stdout, *name, size); err != nil {
			return err
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
		f.Err = errors.New("no published network: the built-in one stands in")
	}
	return f
}

// parseSize reads WxH.
func parseSize(text string) (image.Point, error) {
	width, height, _ := strings.Cut(text, "x")
	w, err := strconv.Atoi(width)
	h, err2 := strconv.Atoi(height)
	if err != nil || err2 != nil || min(w, h) < 16 {
		return image.Point{}, fmt.Errorf("size %q, want WxH with at least 16 pixels a side, such as 512x512", text)
	}
	return image.Pt(w, h), nil
}
