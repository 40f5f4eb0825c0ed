package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"

	"stylenet/weights"
)

// networkFacts is what `stylenet weights show -json` prints.
type networkFacts struct {
	Origin   string        `json:"origin"`
	Licence  string        `json:"licence"`
	SHA256   string        `json:"sha256"` // of the file, where it was computed
	Padding  string        `json:"padding"`
	Pooling  string        `json:"pooling"`
	Input    weights.Input `json:"input"`
	Warnings []string      `json:"warnings"`
	Layers   []layerFacts  `json:"layers"`
}

type layerFacts struct {
	Name      string  `json:"name"`
	Shape     [4]int  `json:"shape"` // height, width, in, out
	Mean      float64 `json:"mean"`  // of the kernel's values
	Deviation float64 `json:"std"`
	Kernel    string  `json:"kernel_sha256"` // of its values as little-endian float32 in the order of Shape
	Bias      string  `json:"bias_sha256"`
}

// showWeights prints what is in a network.
func showWeights(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("weights show", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON")
	options := weights.Options{Offline: true}
	flags.StringVar(&options.Origin, "origin", "", "the network's preprocessing, where the file does not tell: torchvision, caffe or matconvnet")
	flags.BoolVar(&options.SeedTranspose, "seed-transpose", false, "swap height and width of the kernels, as the first TensorFlow programs did")
	names, err := parse(flags, args, "FILE|NAME")
	if err != nil {
		return err
	}
	n, err := options.Open(ctx, names[0])
	if err != nil {
		return err
	}
	facts := factsOf(n)
	if *asJSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(facts)
	}
	return facts.print(os.Stdout)
}

func factsOf(n *weights.Network) networkFacts {
	facts := networkFacts{Origin: n.Origin, Licence: n.Licence, SHA256: n.SHA256, Padding: n.Padding.String(), Pooling: n.PoolingName(), Input: n.Input,
		Warnings: append([]string{}, n.Warnings...)}
	for _, c := range n.Convs {
		mean, deviation := moments(c.Kernel)
		facts.Layers = append(facts.Layers, layerFacts{Name: c.Name, Shape: [4]int{3, 3, c.In, c.Out},
			Mean: mean, Deviation: deviation, Kernel: sumOf(c.Kernel), Bias: sumOf(c.Bias)})
	}
	return facts
}

// moments returns the mean and the standard deviation.
func moments(values []float32) (mean, deviation float64) {
	for _, v := range values {
		mean += float64(v)
	}
	mean /= float64(len(values))
	for _, v := range values {
		deviation += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, math.Sqrt(deviation / float64(len(values)))
}

// sumOf returns the SHA-256 of values as little-endian float32, in hex.
func sumOf(values []float32) string {
	h := sha256.New()
	binary.Write(h, binary.LittleEndian, values) // a hash takes all it is given
	return hex.EncodeToString(h.Sum(nil))
}

func (f networkFacts) print(out io.Writer) error {
	fmt.Fprintf(out, "origin   %s\nlicence  %s\npadding  %s\npooling  %s\n", f.Origin, f.Licence, f.Padding, f.Pooling)
	if f.SHA256 != "" {
		fmt.Fprintf(out, "file     SHA-256 %s\n", f.SHA256)
	}
	fmt.Fprintln(out, "input    from R, G and B in [0, 1]")
	for c, row := range f.Input.Matrix {
		fmt.Fprintf(out, "         channel %d = %.5g R %+.5g G %+.5g B %+.5g\n", c+1, row[0], row[1], row[2], f.Input.Offset[c])
	}
	for _, warning := range f.Warnings {
		fmt.Fprintln(out, "warning ", warning)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nLAYER\tSHAPE\tMEAN\tSTD\tSHA-256 OF KERNEL\tOF BIAS")
	for _, l := range f.Layers {
		fmt.Fprintf(table, "%s\t%v\t%.6f\t%.6f\t%s\t%s\n", l.Name, l.Shape, l.Mean, l.Deviation, l.Kernel, l.Bias)
	}
	return table.Flush()
}
