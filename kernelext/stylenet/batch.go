//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stylenet/stylelib"
)

// batch is many paintings under way.
type batch struct {
	jobs    []*job
	session session

	painted, finished int
	failed            []string // the names of the jobs that did
	last              string   // the result of the last job that has one
}

const batchUsage = `usage: stylenet batch JOBS.jsonl [FLAGS]
       stylenet batch FOLDER -style FILE [FLAGS]

JOBS.jsonl has one painting a line, a JSON object whose fields are the flags below:
  {"content": "cat.jpg", "style": "night_sky.jpg", "size": 512, "o": "out/cat.png"}
  {"content": "cat.jpg", "style": ["waves.jpg", "mosaic.jpg"], "style-mix": [3, 1]}
FOLDER has pictures, each of which is painted, such as the frames of a video. With -init previous a frame starts from the
result of the one before; take -optimizer lbfgs with it, for Adam's first steps shake every pixel. What stands still then
becomes calm; strokes do not follow what moves.

FLAGS hold for all, where a job does not say otherwise, but for -o, the folder of the results (default out/batch); a job
without "o" is given a name that follows from what it says. A result that is there is not painted again: its recipe says
what it was made of. A job that fails is named and the others go on. Jobs of the same settings, one after the other, share
what is compiled.
`

// batchCommand paints many pictures, one after the other.
func batchCommand(ctx context.Context, args []string) error {
	b := &batch{}
	var err error
	if b.jobs, err = parseBatch(args); err != nil {
		return err
	}
	if err := b.checkPlaces(); err != nil {
		return usageError{err}
	}
	for i, j := range b.jobs {
		if ctx.Err() != nil {
			break
		}
		done, err := b.do(ctx, j)
		switch {
		case err == nil:
			fmt.Printf("[%d of %d] %s\n", i+1, len(b.jobs), done)
		case ctx.Err() == nil:
			b.failed = append(b.failed, j.name)
			fmt.Fprintf(os.Stderr, "[%d of %d] %s failed: %v\n", i+1, len(b.jobs), j.name, err)
		}
	}
	return b.end(ctx)
}

// parseBatch reads the arguments: what to paint, and flags for all.
func parseBatch(args []string) ([]*job, error) {
	if len(args) > 0 && slices.Contains([]string{"-h", "-help", "--help"}, args[0]) {
		fmt.Print(batchUsage)
		_, err := parse(standardSettings(true, true).flags(), args)
		return nil, err
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil, usageError{errors.New("batch: first what to paint, a file of jobs or a folder of pictures, then flags; -h lists them")}
	}
	common, s := args[1:], standardSettings(true, true)
	if err := s.parse(common); err != nil {
		return nil, err
	}
	for _, o := range s.options() {
		if o.single && s.given[o.name] {
			return nil, usageError{fmt.Errorf("batch: -%s belongs to one picture; a job in a file of jobs may have it", o.name)}
		}
	}
	folder := filepath.Join("out", "batch")
	if s.given["o"] {
		folder = s.output.File
	}
	info, err := os.Stat(args[0])
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return readJobs(args[0], common, folder)
	}
	if there, err := os.Stat(folder); err == nil && os.SameFile(info, there) {
		return nil, usageError{fmt.Errorf("batch: the results would go among the pictures in %s; -o names another folder", folder)}
	}
	return readFolder(args[0], common, folder)
}

// checkPlaces finds jobs that would write to the same place.
func (b *batch) checkPlaces() error {
	writer := map[string]string{}
	for _, j := range b.jobs {
		for _, place := range []string{j.asked.output.File, j.asked.output.Trace, j.asked.output.Frames} {
			if place == "" {
				continue
			}
			place, err := filepath.Abs(place)
			if err != nil {
				return err
			}
			if other := writer[place]; other != "" {
				return fmt.Errorf("%s and %s would both write %s", other, j.name, place)
			}
			writer[place] = j.name
		}
	}
	return nil
}

// do paints a job, unless that was done before, and returns what was done. A panic is that job's error.
func (b *batch) do(ctx context.Context, j *job) (done string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("a fault of the program: %v", fault)
		}
	}()
	asked := j.asked
	if j.follows {
		if asked.start.Init = b.last; b.last == "" {
			asked.start.Init = "colour"
		}
	}
	if err := checkSources(asked); err != nil {
		return "", err
	}
	p, err := b.session.prepare(ctx, asked, j.from)
	if err != nil {
		return "", err
	}
	output := asked.output.File
	finished, err := p.finished()
	if err != nil {
		return "", err
	}
	if finished {
		b.finished, b.last = b.finished+1, output
		return output + ": finished before", nil
	}
	if err := asked.output.checkPlaces(); err != nil {
		return "", err
	}
	started := time.Now()
	result, err := b.paint(ctx, p)
	if err == nil {
		err = p.save(result)
	}
	if err != nil {
		return "", err
	}
	b.painted, b.last = b.painted+1, output
	return fmt.Sprintf("%s: %d steps in %.1f s", output, len(result.Steps), time.Since(started).Seconds()), nil
}

// paint paints to the end; half a picture is an error. A terminal shows how far it is.
func (b *batch) paint(ctx context.Context, p *painting) (*stylelib.Result, error) {
	progress := newProgress(os.Stderr, p.asked.output.Every)
	report := progress.step
	if !progress.terminal {
		report = func(stylelib.Step) {}
	}
	result, err := b.session.paint(ctx, p, report)
	progress.end()
	if err == nil && result.Stopped {
		err = ctx.Err()
	}
	return result, err
}

// end sums up.
func (b *batch) end(ctx context.Context) error {
	fmt.Printf("%d painted, %d finished before, %d failed", b.painted, b.finished, len(b.failed))
	if left := len(b.jobs) - b.painted - b.finished - len(b.failed); left > 0 {
		fmt.Printf(", %d not painted: the same command goes on", left)
	}
	fmt.Println()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(b.failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(b.failed, ", "))
	}
	return nil
}
