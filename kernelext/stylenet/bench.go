//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"stylenet/kernelext/internal/setup"
	"stylenet/stylelib/conv"
	"stylenet/weights"
)

// The subcommands of one measurement: of steps, and with -to-loss.
const (
	benchStep = "bench-step"
	benchLoss = "bench-loss"
)

// benchmark is what `stylenet bench` was asked for, and what it has measured.
type benchmark struct {
	toLoss  bool
	sizes   []image.Point
	methods []conv.Method
	steps   int
	rounds  int
	weights string
	tile    int
	devices int
	peers   peers
	content string // as the flag has it; this and style with toLoss alone
	style   string
	json    string

	folder string // for the files that peers read
	file   string // the network for the peers, where they want it
	report benchReport
}

// benchCommand times style steps, or painting until a peer's loss is reached. Each size and method, and each peer, is measured in
// a process of its own. If it is stopped, or something fails, it reports what was measured until then.
func benchCommand(ctx context.Context, args []string) error {
	b, err := parseBenchmark(args)
	if err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp("", "stylenet-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder)
	if b.toLoss {
		return b.compareLosses(ctx)
	}
	return b.compareSteps(ctx)
}

// compareSteps times style steps.
func (b *benchmark) compareSteps(ctx context.Context) (err error) {
	if slices.ContainsFunc(b.peers, func(p peer) bool { return strings.Contains(p.command, "{weights}") }) {
		if b.file, err = b.saveNetwork(ctx, b.weights); err != nil {
			return err
		}
	}
	for _, size := range b.sizes {
		if err = b.measure(ctx, size); err != nil {
			break
		}
	}
	if len(b.report.Results) == 0 {
		return err
	}
	if failed := b.write(); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

func parseBenchmark(args []string) (*benchmark, error) {
	b := &benchmark{}
	var sizes, methods string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.BoolVar(&b.toLoss, "to-loss", false, "time painting until the loss is within 1 % of the lowest one of a peer, such as PyTorch's L-BFGS, in so many evaluations;\n"+
		"ours paints as it does by default, then goes on to three times as many steps")
	flags.StringVar(&sizes, "size", "224x224", "`WxH[,…]` of the picture in pixels")
	flags.StringVar(&methods, "method", "auto", "`METHOD[,…]` of convolution: auto (as Transfer chooses), plain (XLA's own), winograd.\n"+
		"On an NVIDIA GPU, with XLA's CUDA plugin and GOMLX_BACKEND=xla:cuda, auto is plain. XLA lets recent GPUs use TF32, of 10 bits\n"+
		"behind the point; for float32's 23 set NVIDIA_TF32_OVERRIDE=0, for a peer too. Not yet run on a GPU")
	flags.IntVar(&b.steps, "steps", 0, "how many steps to time, after the first; with -to-loss a peer's evaluations (default 8, and 300 with -to-loss)")
	flags.IntVar(&b.rounds, "rounds", 0, "how often ours and the peers take turns (default 3 with peers, 1 without)")
	flags.StringVar(&b.weights, "weights", "random", "network `NAME` or file; random has VGG-19's full size. With -to-loss NAME[,…]")
	flags.IntVar(&b.tile, "tile", 0, "paint in tiles of so many `PIXELS`, as stylize -tile does")
	flags.IntVar(&b.devices, "devices", 0, "divide it among so many `DEVICES`, as stylize -devices does")
	flags.Var(&b.peers, "peer", "`[NAME: ]COMMAND` of another program to compare with, run by sh; may be given more than once. {size}, {steps} "+
		"and {weights} in it\nstand for WxH, the number of steps and the network's file (safetensors); it prints each step's milliseconds, one a line. The first\none is not counted. "+
		"With -to-loss {content} and {style} are its pictures, PNG, and {terms} our loss's weights, as content=1,style=100,tv=10; it\n"+
		"prints for each evaluation of the loss the seconds since the first began, a space and the loss")
	flags.StringVar(&b.content, "content", "chelsea", "content picture of -to-loss, cut to each size: a `FILE` or the name of a sample photograph")
	flags.StringVar(&b.style, "style", "", "style picture of -to-loss, scaled to each size's longer side: a `FILE`; none: notebooks/pictures/night_sky.jpg")
	flags.StringVar(&b.json, "json", "", "write the results to `FILE` as JSON; - is standard output")
	if _, err := parse(flags, args); err != nil {
		return nil, err
	}
	for name := range strings.SplitSeq(sizes, ",") {
		size, err := parseSize(name)
		if err != nil {
			return nil, usageError{err}
		}
		b.sizes = append(b.sizes, size)
	}
	for name := range strings.SplitSeq(methods, ",") {
		method, err := parseMethod(name)
		if err != nil {
			return nil, usageError{err}
		}
		b.methods = append(b.methods, method)
	}
	if err := b.checkGiven(flags); err != nil {
		return nil, usageError{err}
	}
	if b.rounds == 0 {
		b.rounds = 1
		if len(b.peers) > 0 {
			b.rounds = 3
		}
	}
	return b, nil
}

// checkGiven finds what is wrong with the flags that were given together, and sets the number of steps where it was not.
func (b *benchmark) checkGiven(flags *flag.FlagSet) error {
	others, mode := []string{"content", "style"}, "belongs to -to-loss"
	usual := 8
	if b.toLoss {
		others, mode = []string{"method", "tile", "devices"}, "changes how ours paints; -to-loss paints as it does by default"
		usual = 300
	}
	var wrong error
	steps := false
	flags.Visit(func(f *flag.Flag) {
		steps = steps || f.Name == "steps"
		if slices.Contains(others, f.Name) {
			wrong = fmt.Errorf("bench: -%s %s", f.Name, mode)
		}
	})
	if !steps {
		b.steps = usual
	}
	switch {
	case wrong != nil:
		return wrong
	case b.steps < 1 || b.rounds < 0:
		return fmt.Errorf("bench: -steps must be at least 1, -rounds at least 0, found %d and %d", b.steps, b.rounds)
	case b.toLoss && len(b.peers) == 0:
		return errors.New("bench: -to-loss needs a peer whose loss is to be reached, -peer COMMAND")
	}
	return nil
}

// parseMethod reads a method's name.
func parseMethod(name string) (conv.Method, error) {
	for _, m := range []conv.Method{conv.Auto, conv.Plain, conv.Winograd} {
		if m.String() == name {
			return m, nil
		}
	}
	return 0, fmt.Errorf("no method %q; there are auto, plain and winograd", name)
}

// saveNetwork writes a network where peers can read it, in place of the last one, and returns the file.
func (b *benchmark) saveNetwork(ctx context.Context, name string) (file string, err error) {
	network, err := weights.Open(ctx, name)
	if err != nil {
		return "", err
	}
	file = filepath.Join(b.folder, "network.safetensors")
	return file, network.Save(file)
}

// measure lets the methods and the peers take turns on one size. The report gets what was measured in any case.
func (b *benchmark) measure(ctx context.Context, size image.Point) error {
	ours := make([]benchResult, len(b.methods))
	for i, m := range b.methods {
		ours[i] = benchResult{Size: fmt.Sprintf("%dx%d", size.X, size.Y), Method: m.String(), Peers: make([]peerResult, len(b.peers))}
	}
	defer func() { b.report.keep(ours) }()
	for round := range b.rounds {
		fmt.Fprintf(os.Stderr, "%s, round %d of %d:", ours[0].Size, round+1, b.rounds)
		for i := range ours {
			t, err := b.ours(ctx, ours[i].Size, ours[i].Method)
			if err != nil {
				return err
			}
			ours[i].add(t)
			b.report.Machine.note(t.Rate, t.Backend)
			fmt.Fprintf(os.Stderr, "  %s %.0f ms", ours[i].Method, median(t.Steps))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		for k, p := range b.peers {
			t, err := p.steps(ctx, ours[0].Size, b.steps+1, b.file)
			if err != nil {
				return err
			}
			for i := range ours {
				ours[i].Peers[k].add(p.name, t, &ours[i])
			}
			fmt.Fprintf(os.Stderr, "  %s %.0f ms", p.name, median(t.Steps))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		fmt.Fprintln(os.Stderr)
	}
	return nil
}

// ours measures once, in a process of its own. If it is stopped, it returns the steps that were timed, if there are any.
func (b *benchmark) ours(ctx context.Context, size, method string) (*stepTimes, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := setup.Command(ctx, self, benchStep, size, method, "-steps", strconv.Itoa(b.steps), "-weights", b.weights,
		"-tile", strconv.Itoa(b.tile), "-devices", strconv.Itoa(b.devices))
	cmd.Env = append(os.Environ(), "STYLENET_PROGRAMS=off") // the first step is to be timed with compiling, as the peers' is
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	t := &stepTimes{}
	switch {
	case ctx.Err() != nil && (json.Unmarshal(out, t) != nil || len(t.Steps) == 0):
		return nil, ctx.Err()
	case ctx.Err() != nil:
		return t, nil
	case err != nil:
		return nil, fmt.Errorf("%s by %s: %w: %s", size, method, err, bytes.TrimSpace(said.Bytes()))
	}
	return t, json.Unmarshal(out, t)
}
