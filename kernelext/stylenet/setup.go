package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"stylenet/kernelext/internal/setup"
	"stylenet/weights"
)

// setupCommand makes everything ready that a notebook needs.
func setupCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("setup", flag.ContinueOnError)
	if _, err := parse(flags, args); err != nil {
		return err
	}
	_, err := readySetup(ctx)
	return err
}

// readySetup returns the set-up of newSetup with everything made ready that a notebook needs.
func readySetup(ctx context.Context) (*setup.Setup, error) {
	s, err := newSetup()
	if err != nil {
		return nil, err
	}
	return s, s.Run(ctx)
}

// newSetup returns the set-up of the module we are in, in StyleNet's own folder.
func newSetup() (*setup.Setup, error) {
	home, err := weights.Home()
	if err != nil {
		return nil, err
	}
	module, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	return &setup.Setup{Home: home, Module: module, Out: os.Stdout}, nil
}

// moduleRoot returns the folder of the module stylenet: the working directory or one above it.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for start := dir; ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module stylenet\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside a clone of StyleNet: cd into the clone first", start)
		}
	}
}
