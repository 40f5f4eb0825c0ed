//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"time"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
)

const betweenUsage = "paint so many `PICTURES`, from the first of two styles to the second in even steps, as one row"

// checkBetween finds what is wrong with -between.
func (p *painting) checkBetween() error {
	switch {
	case p.Between == 0:
		return nil
	case p.Between < 2 || len(p.Style) != 2:
		return fmt.Errorf("-between needs at least 2 pictures and exactly 2 styles, found %d and %d", p.Between, len(p.Style))
	case len(p.StyleMix) > 0:
		return errors.New("-between goes through all shares; leave out -style-mix")
	case p.Frames != "" || p.Trace != "" || p.plan:
		return errors.New("-between paints several pictures; -frames, -trace and -plan are for one")
	}
	return nil
}

// paintBetween paints a row of pictures from one style to another. The result is the last one's, with the row as its
// picture; where it was stopped, the row is shorter.
func (s *studio) paintBetween(ctx context.Context, p *painting, report func(stylelib.Step)) (*stylelib.Result, error) {
	defer func() { p.StyleMix = nil }()
	var row []image.Image
	var last *stylelib.Result
	var err error
	started := time.Now()
	for i := 0; i < p.Between && err == nil && (last == nil || !last.Stopped); i++ {
		share := float64(i) / float64(p.Between-1)
		p.StyleMix = []float64{1 - share, share}
		before := time.Since(started)
		counted := func(step stylelib.Step) { // as one of all
			step.N, step.Total, step.Elapsed = step.N+i*p.Steps, p.Between*p.Steps, step.Elapsed+before
			report(step)
		}
		var result *stylelib.Result
		if result, err = s.paintOne(ctx, p, counted); result != nil && len(result.Steps) > 0 {
			row, last = append(row, result.Picture), result
		} else if last != nil {
			last.Stopped = true
		} else {
			last = result
		}
	}
	if len(row) == 0 {
		return last, err
	}
	picture, rowErr := picture.Row(row...)
	if rowErr != nil {
		return nil, errors.Join(err, rowErr)
	}
	size := picture.Bounds().Size()
	last.Picture, p.Width, p.Height = picture, size.X, size.Y
	return last, err
}
