package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"stylenet/kernelext/internal/run"
)

// runCommand runs a notebook without a browser.
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
