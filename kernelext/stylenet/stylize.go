//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// stylizeCommand paints one picture: the library on the command line. What was painted before a failure or an interrupt
// is written too.
func stylizeCommand(ctx context.Context, args []string) error {
	asked, from, err := parseSettings(args)
	if err != nil {
		return err
	}
	if err := checkSources(asked); err != nil {
		return err
	}
	if err := asked.output.checkPlaces(); err != nil {
		return err
	}
	var s session // not closed: it may be compiling when Ctrl-C stops the run
	p, err := s.prepare(ctx, asked, from)
	if err != nil {
		return err
	}
	report := newProgress(os.Stderr, asked.output.Every)
	result, err := s.paint(ctx, p, report.step)
	report.end()
	if result == nil {
		return err
	}
	if len(result.Steps) == 0 {
		return errors.Join(err, errors.New("stopped before the first step; nothing is written"))
	}
	if saveErr := p.save(result); saveErr != nil {
		return errors.Join(err, saveErr)
	}
	if result.Stopped {
		fmt.Printf("stopped after step %d of %d\n", len(result.Steps), asked.run.Steps)
	}
	fmt.Printf("picture: %s (%dx%d)\n", asked.output.File, p.resolved.Width, p.resolved.Height)
	return err
}
