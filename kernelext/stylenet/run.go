package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stylenet/kernelext/internal/run"
	"stylenet/kernelext/internal/setup"
	"stylenet/weights"
)

func setupCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("setup", flag.ContinueOnError)
	if _, err := parse(flags, args); err != nil {
		return err
	}
	_, err := readySetup(ctx)
	return err
}

func runCommand(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	params := params{}
	flags.Var(params, "p", "set a parameter of the notebook, as `name=value`; may be given more than once")
	output := flags.String("o", "", "write the executed notebook to this `file` (default: in place)")
	var timeout time.Duration
	flags.Func("timeout", "interrupt a cell that runs longer than this `TIME`, such as 5m (default: never)", func(text string) (err error) {
		if timeout, err = time.ParseDuration(text); err != nil || timeout < 0 {
			return errors.New("want a time with its unit, such as 90s or 5m, or 0 for never")
		}
		return nil
	})
	others, err := parse(flags, args, "NOTEBOOK")
	if err != nil {
		return err
	}
	s, err := newSetup()
	if err != nil {
		return err
	}
	notebook, err := run.ReadNotebook(others[0])
	if err == nil {
		err = notebook.CheckParams(params)
	}
	if err != nil {
		return usageError{err} // before set-up, which may take minutes
	}
	if err := s.Run(ctx); err != nil {
		return err
	}
	kernel, err := s.Kernelspec(ctx)
	if err != nil {
		return err
	}
	result, err := run.Run(ctx, run.Options{Notebook: others[0], Output: *output, Params: params, Timeout: timeout,
		Kernel: kernel, Log: os.Stdout})
	printResult(result)
	return err
}

// printResult says where the results are, as far as there are any.
func printResult(result run.Result) {
	if result.Notebook != "" {
		fmt.Println("notebook:", result.Notebook)
	}
	if result.Pictures > 0 {
		fmt.Printf("pictures: %s (%d)\n", result.Folder, result.Pictures)
	}
}

// params are the parameters given by -p.
type params map[string]string

// String is for the flag package.
func (p params) String() string { return "" }

// Set takes in name=value.
func (p params) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return errors.New("want name=value")
	}
	p[name] = value
	return nil
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
