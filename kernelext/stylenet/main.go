// Command stylenet sets StyleNet up, runs its notebooks and tests, and paints from the command line.
//
//	go run ./kernelext/stylenet run notebooks/1_first_picture.ipynb
//
// It exits with 0 if all went well, 1 if something failed, and 2 if it was called wrongly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one subcommand.
type command struct {
	name, help string
	run        func(ctx context.Context, args []string) error
}

// commands returns the subcommands in the order in which a newcomer meets them.
func commands() []command {
	return []command{
		{"run", "run a notebook without a browser", runCommand},
		{"setup", "make ready what the notebooks need", setupCommand},
	}
}

func main() {
	os.Exit(dispatch(os.Args[1:]))
}

// dispatch runs the subcommand that the arguments name and returns the exit code.
func dispatch(args []string) int {
	if len(args) == 0 {
		usage(os.Stderr)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(os.Stdout)
		return 0
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends us at once
	for _, c := range commands() {
		if c.name == args[0] {
			return exitCode(c.run(ctx, args[1:]))
		}
	}
	fmt.Fprintf(os.Stderr, "stylenet: there is no command %q\n\n", args[0])
	usage(os.Stderr)
	return 2
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "usage: go run ./kernelext/stylenet COMMAND [ARGUMENTS]\n\ncommands:")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-15s %s\n", c.name, c.help)
	}
	fmt.Fprintln(out, "\nCOMMAND -h lists a command's arguments.")
}

// usageError is a wrong call; the command's own usage has been printed already.
type usageError struct{ error }

func exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &usage):
		return 2
	}
	fmt.Fprintf(os.Stderr, "stylenet: %v\n", err)
	return 1
}

// parse reads the arguments of a subcommand: flags may stand before, between and after the others, of which there
// must be as many as names. It returns the others.
func parse(flags *flag.FlagSet, args []string, names ...string) ([]string, error) {
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "usage: stylenet %s", flags.Name())
		for _, name := range names {
			fmt.Fprintf(flags.Output(), " %s", name)
		}
		fmt.Fprintln(flags.Output(), " [FLAGS]")
		flags.PrintDefaults()
	}
	var others []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, usageError{err}
		}
		if flags.NArg() == 0 {
			break
		}
		others = append(others, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if len(others) != len(names) {
		err := fmt.Errorf("got %d arguments, want %d", len(others), len(names))
		fmt.Fprintf(flags.Output(), "stylenet %s: %v\n", flags.Name(), err)
		flags.Usage()
		return nil, usageError{err}
	}
	return others, nil
}
