//go:build cgo

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"stylenet/kernelext/internal/memory"
	"stylenet/stylelib"
)

// forecast prints what a painting is expected to take. One that there is no room for is an error.
func (s *session) forecast(ctx context.Context, p *painting, o stylelib.Options) (*stylelib.Forecast, error) {
	f, err := stylelib.Plan(ctx, s.backend, p.extractor, p.in.content, p.in.styles, o, p.levels()...)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "forecast: %dx%d pixels, %s at the peak%s, %s a step, %s for %d steps\n",
		p.resolved.Width, p.resolved.Height, gigabytes(f.Memory), ofFree(f), f.Step.Round(time.Millisecond), f.Total.Round(time.Second), o.Steps)
	if f.Device > 0 {
		fmt.Fprintf(os.Stderr, "forecast: a step needs %s on each of %d devices, beside the network\n", gigabytes(f.Device), o.Devices)
	}
	if f.Largest > 0 {
		fmt.Fprintf(os.Stderr, "forecast: the largest picture that fits is %d pixels long\n", f.Largest)
	}
	if f.Fits() {
		return f, nil
	}
	if f.Tile > 0 {
		return nil, fmt.Errorf("there is no room for it: it takes %s%s; with -tile %d it fits", gigabytes(f.Memory), ofFree(f), f.Tile)
	}
	return nil, fmt.Errorf("there is no room for it: it takes %s%s; a smaller -size fits, up to %d", gigabytes(f.Memory), ofFree(f), f.Largest)
}

// levels returns the longer sides of a pyramid's levels; none without one.
func (p *painting) levels() []int {
	if !p.asked.run.Pyramid {
		return nil
	}
	return stylelib.PyramidSizes(max(p.resolved.Width, p.resolved.Height))
}

// compare prints what a painting took beside what was expected.
func compare(f *stylelib.Forecast, result *stylelib.Result) {
	if result.Stopped || len(result.Steps) < 2 {
		return
	}
	text := "took:"
	if measured, err := memory.Peak(); err == nil {
		text += fmt.Sprintf(" %s at the peak (%+.0f %%),", gigabytes(measured), percent(float64(measured), float64(f.Memory)))
	}
	fmt.Fprintf(os.Stderr, "%s %s for %d steps (%+.0f %%)\n", text, result.Elapsed.Round(time.Second), len(result.Steps),
		percent(float64(result.Elapsed), float64(f.Total)))
}

// percent returns how far a number is above another.
func percent(measured, expected float64) float64 { return 100 * (measured/expected - 1) }

func gigabytes(n int64) string { return fmt.Sprintf("%.2f GB", float64(n)/1e9) }

// ofFree says how much memory there is, where that is known.
func ofFree(f *stylelib.Forecast) string {
	if f.Free == 0 {
		return ""
	}
	return " of " + gigabytes(f.Free)
}
