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
	"slices"
	"strings"
	"syscall"

	"stylenet/kernelext/internal/setup"
)

// command is one subcommand.
type command struct {
	name, help string // no help: for ourselves only
	run        func(ctx context.Context, args []string) error
}

// commands returns the subcommands in the order in which a newcomer meets them.
func commands() []command {
	return []command{
		{"run", "run a notebook without a browser", runCommand},
		{"lab", "open the notebooks in JupyterLab", labCommand},
		{"stylize", "paint one picture in the manner of another", stylizeCommand},
		{"batch", "paint many pictures, or a video's frames; what is finished is not painted again", batchCommand},
		{"show", "print how a picture was made, from the recipe that it carries", showCommand},
		{"setup", "make ready what the notebooks need; run, lab and test do it by themselves", setupCommand},
		{"weights", "list, fetch, show and verify networks", weightsCommand},
		{"train", "train a network such as the built-in one, on painted pictures", trainCommand},
		{"doctor", "check every part and say how to mend what is missing", doctorCommand},
		{"bench", "time a style step, or painting to a loss, here and beside other programs", benchCommand},
		{"quality", "measure how near painted pictures come to content and style, by presets and options", qualityCommand},
		{benchStep, "", benchStepCommand},
		{benchLoss, "", benchLossCommand},
		{"soak", "run random cells with known answers, to see whether values that live on stay what they are", soakCommand},
		{"test", "run all checks, Go tests and notebooks", testCommand},
		{"install-kernel", "offer our kernel to an existing Jupyter or VS Code", installKernelCommand},
		{"clean", "list what set-up made on this machine, and delete it with -yes", cleanCommand},
	}
}

// runsXLA names the subcommands that run XLA in this very process.
var runsXLA = []string{"stylize", "batch", "quality", "doctor", benchStep, benchLoss}

func main() {
	if len(os.Args) > 1 && slices.Contains(runsXLA, os.Args[1]) {
		os.Setenv(setup.XLAFlagsVar, setup.XLAFlags())
		tuneMalloc()
	}
	os.Exit(dispatch(os.Args[1:]))
}

// tuneMalloc starts this program anew where XLA gains by it, see [setup.Tunables]: glibc looks at its settings
// only when a program starts. It returns where there is nothing to gain, or where the start fails: all works without.
func tuneMalloc() {
	tunables := setup.Tunables()
	path, err := os.Executable()
	if err != nil || tunables == os.Getenv(setup.TunablesVar) || os.Setenv(setup.TunablesVar, tunables) != nil {
		return
	}
	syscall.Exec(path, os.Args, os.Environ()) // returns if it fails
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
		if c.help != "" {
			fmt.Fprintf(out, "  %-15s %s\n", c.name, c.help)
		}
	}
	fmt.Fprintln(out, `
COMMAND -h lists a command's arguments.

environment:
  STYLENET_HOME          the folder of all that is set up, downloaded or compiled
  GOMLX_BACKEND          what computes: xla:cpu, xla:cuda (an NVIDIA GPU), go (needs no plugin, slow)
  STYLENET_HUGEPAGES=0   leave memory in ordinary pages (Linux; with huge pages a step is faster)
  STYLENET_PROGRAMS=off  compile anew in every process, and keep nothing that is compiled`)
}

// errReported is a failure that has been shown already.
var errReported = errors.New("failed")

// usageError is a wrong call.
type usageError struct{ error }

// exitCode shows an error and returns the exit code for it.
func exitCode(err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	switch {
	case err == context.Canceled:
		fmt.Fprintln(os.Stderr, "stylenet: interrupted")
	case !errors.Is(err, errReported):
		fmt.Fprintf(os.Stderr, "stylenet: %v\n", err)
	}
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

// parse reads the arguments of a subcommand: flags may stand before, between and after the others, of which there
// must be as many as names. It returns the others.
func parse(flags *flag.FlagSet, args []string, names ...string) ([]string, error) {
	flags.SetOutput(io.Discard) // errors are shown once, in main
	usage := fmt.Sprintf("usage: stylenet %s", strings.Join(append([]string{flags.Name()}, names...), " "))
	var others []string
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Println(usage, "[FLAGS]")
			flags.SetOutput(os.Stdout)
			flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("%s: %w; -h lists the arguments", flags.Name(), err)}
		}
		if flags.NArg() == 0 {
			break
		}
		others = append(others, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if len(others) != len(names) {
		return nil, usageError{fmt.Errorf("%s: got %d arguments, want %d; %s [FLAGS]", flags.Name(), len(others), len(names), usage)}
	}
	return others, nil
}
