package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"stylenet/weights"
)

const weightsUsage = "weights list | weights fetch NAME | weights show FILE|NAME | weights verify FILE|NAME"

// weightsCommand lists, fetches, shows and verifies networks.
func weightsCommand(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return usageError{fmt.Errorf("weights: what about them? usage: stylenet %s", weightsUsage)}
	}
	switch verb, rest := args[0], args[1:]; verb {
	case "list":
		return listWeights(rest)
	case "fetch":
		return fetchWeights(ctx, rest)
	case "show":
		return showWeights(ctx, rest)
	case "verify":
		return verifyWeights(rest)
	case "help", "-h", "--help":
		fmt.Println("usage: stylenet", weightsUsage)
		return flag.ErrHelp
	default:
		return usageError{fmt.Errorf("weights: no %q; usage: stylenet %s", verb, weightsUsage)}
	}
}

// listWeights prints the catalogue.
func listWeights(args []string) error {
	flags := flag.NewFlagSet("weights list", flag.ContinueOnError)
	if _, err := parse(flags, args); err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tDOWNLOAD\tHERE\tWHAT IT IS\tLICENCE")
	for _, p := range weights.Catalog() {
		here, size := "no", "about 575 MB"
		if p.Here() != "" {
			here = "yes"
		}
		if p.Size > 0 {
			size = megabytes(p.Size)
		}
		if len(p.URLs) == 0 {
			size = "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Name, size, here, p.About, p.Licence)
	}
	fmt.Fprintf(table, "%s\t-\tyes\tthe built-in network, small, trained on painted pictures, up to conv5_1\tApache-2.0 (StyleNet)\n", weights.OwnName)
	fmt.Fprintln(table, "random\t-\tyes\ta VGG-19 of random numbers, which has learned nothing\t-")
	return table.Flush()
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// fetchWeights makes sure that a network is on this computer.
func fetchWeights(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("weights fetch", flag.ContinueOnError)
	names, err := parse(flags, args, "NAME")
	if err != nil {
		return err
	}
	p, err := publishedNamed(names[0])
	if err != nil {
		return err
	}
	bar := newDownloadBar(os.Stderr)
	n, err := weights.Options{Progress: bar.report}.Open(ctx, p.Name)
	bar.end()
	if err != nil {
		return err
	}
	for _, warning := range n.Warnings {
		fmt.Println("warning:", warning)
	}
	fmt.Printf("%s is in %s\nlicence: %s\ncredit: %s\n", p.Name, p.Here(), p.Licence, p.Credit)
	return nil
}

// publishedNamed finds a network of the catalogue.
func publishedNamed(name string) (weights.Published, error) {
	var names []string
	for _, p := range weights.Catalog() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return weights.Published{}, usageError{fmt.Errorf("weights: no published network %q; there are %s", name, strings.Join(names, ", "))}
}

// verifyWeights compares checksums.
func verifyWeights(args []string) error {
	flags := flag.NewFlagSet("weights verify", flag.ContinueOnError)
	names, err := parse(flags, args, "FILE|NAME")
	if err != nil {
		return err
	}
	report, err := weights.Verify(names[0])
	if err != nil {
		return err
	}
	fmt.Println(report)
	return nil
}
