//go:build cgo

package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"stylenet/kernelext/internal/memory"
	"stylenet/kernelext/internal/setup"
)

// peer is another program that does the same work.
type peer struct{ name, command string }

// peers are those given by -peer.
type peers []peer

// String is for the flag package.
func (p peers) String() string { return "" }

// Set takes in [NAME: ]COMMAND.
func (p *peers) Set(text string) error {
	name, command, ok := strings.Cut(text, ": ")
	if !ok {
		name, command = "peer", text
		if len(*p) > 0 {
			name = fmt.Sprintf("peer %d", len(*p)+1)
		}
	}
	if strings.TrimSpace(command) == "" {
		return fmt.Errorf("no command in %q; want one such as 'PyTorch: python3 step.py {size} {steps}'", text)
	}
	*p = append(*p, peer{name, command})
	return nil
}

// steps lets the peer take so many steps and returns their times, the first left out, and its memory. If it is stopped, it
// returns the steps that were timed, if there are any.
func (p peer) steps(ctx context.Context, size string, steps int, weights string) (*stepTimes, error) {
	command, out, ended, err := p.run(ctx, "{size}", size, "{steps}", strconv.Itoa(steps), "{weights}", weights)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	t := &stepTimes{}
	for line := range strings.Lines(out) {
		if ms, err := strconv.ParseFloat(strings.TrimSpace(line), 64); err == nil && ms > 0 {
			t.Steps = append(t.Steps, ms)
		}
	}
	if len(t.Steps) < 2 {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("peer %s: printed %d times of steps, want at least 2, in milliseconds, one a line", command, len(t.Steps))
	}
	t.First, t.Steps = t.Steps[0], t.Steps[1:]
	t.Peak = float64(memory.PeakOf(ended)) / (1 << 20)
	return t, nil
}

// run runs the peer's command with the values that its placeholders stand for, {size} and a size and so on. It returns the command as
// it ran, what that printed, and its end.
func (p peer) run(ctx context.Context, values ...string) (command, out string, ended *os.ProcessState, err error) {
	command = strings.NewReplacer(values...).Replace(p.command)
	cmd := setup.Command(ctx, "sh", "-c", command)
	if tunables := setup.Tunables(); tunables != "" {
		cmd.Env = append(os.Environ(), setup.TunablesVar+"="+tunables) // as we have it
	}
	var printed, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &said
	if err = cmd.Run(); err != nil {
		err = fmt.Errorf("peer %s: %w: %s", command, err, bytes.TrimSpace(said.Bytes()))
	}
	return command, printed.String(), cmd.ProcessState, err
}

// losses lets the peer optimise and returns what its losses came to.
func (p peer) losses(ctx context.Context, values ...string) (*peerLosses, error) {
	began := time.Now()
	command, out, _, err := p.run(ctx, values...)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	l := parseLosses(out)
	if math.IsInf(l.Loss, 0) || !(l.Seconds > 0) {
		return nil, fmt.Errorf("peer %s: printed %d evaluations in %g seconds, the lowest loss %g; want for each a line of the seconds since the first began, "+
			"a space and the loss, and one that is finite", command, l.Evaluations, l.Seconds, l.Loss)
	}
	l.FromExec = time.Since(began).Seconds()
	return l, nil
}

// parseLosses reads lines of seconds and a loss; others say nothing. Of losses that are not finite only the time counts.
func parseLosses(out string) *peerLosses {
	type evaluation struct{ seconds, loss float64 }
	var all []evaluation
	l := &peerLosses{Loss: math.Inf(1)}
	for line := range strings.Lines(out) {
		var e evaluation
		if n, _ := fmt.Sscan(line, &e.seconds, &e.loss); n < 2 || len(strings.Fields(line)) > 2 {
			continue
		}
		all = append(all, e)
		l.Evaluations, l.Seconds = len(all), e.seconds
		if e.loss < l.Loss { // false for NaN
			l.Loss = e.loss
		}
	}
	near := slices.IndexFunc(all, func(e evaluation) bool { return e.loss <= l.mark() })
	if near >= 0 {
		l.Near = all[near].seconds
	}
	return l
}
