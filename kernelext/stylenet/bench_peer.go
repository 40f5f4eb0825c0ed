//go:build cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

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

// run lets the peer take so many steps and returns their times, the first left out, and its memory. If it is stopped, it
// returns the steps that were timed, if there are any.
func (p peer) run(ctx context.Context, size string, steps int, weights string) (*stepTimes, error) {
	command := strings.NewReplacer("{size}", size, "{steps}", strconv.Itoa(steps), "{weights}", weights).Replace(p.command)
	cmd := setup.Command(ctx, "sh", "-c", command)
	if tunables := setup.Tunables(); tunables != "" {
		cmd.Env = append(os.Environ(), setup.TunablesVar+"="+tunables) // as we have it
	}
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("peer %s: %w: %s", command, err, bytes.TrimSpace(said.Bytes()))
	}
	t := &stepTimes{}
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		if ms, err := strconv.ParseFloat(strings.TrimSpace(lines.Text()), 64); err == nil && ms > 0 {
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
	t.Peak = float64(memory.PeakOf(cmd.ProcessState)) / (1 << 20)
	return t, nil
}
