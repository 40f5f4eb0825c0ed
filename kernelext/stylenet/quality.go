//go:build cgo

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stylenet/stylelib"
	"stylenet/stylelib/picture"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"
)

// qualityPairs are the pictures that quality is measured on, content and style, of notebooks/pictures. They have one size,
// so that each case is compiled once.
var qualityPairs = [][2]string{{"autumn", "mosaic"}, {"night_sky", "meadow"}}

// qualityCases are the options that quality is measured for, as flags of stylize. The presets come after them.
var qualityCases = []string{
	"", "-pyramid=false", "-optimizer adam -pyramid=false", "-optimizer adam", "-optimizer adam -lr-decay 1",
	"-init content", "-init noise", "-init mixed", "-init style",
	"-content-layers relu2_2", "-content-layers relu3_2", "-style-layers relu1_1,relu2_1,relu3_1",
	"-style-weight 10", "-style-weight 1000", "-style-scale 0.5", "-tv-weight 0",
	"-pooling max", "-pooling avg", "-padding zero", "-clip " + stylelib.ClipShown.String(),
	"-colour keep", "-colour match", "-colour histogram", "-colour transport",
}

// quality is what `stylenet quality` was asked for, and what it has measured.
type quality struct {
	weights, judge, json string

	session    session
	pictures   string // their folder
	own, other *weights.Network
	evaluators map[string]*stylelib.Evaluator // by network and layers
	report     qualityReport
}

// qualityCommand paints fixed pictures in many ways and measures the results. If it is stopped, or something fails, it
// reports what was measured until then.
func qualityCommand(ctx context.Context, args []string) error {
	q, err := parseQuality(args)
	if err != nil {
		return err
	}
	if err := q.open(ctx); err != nil {
		return err
	}
	cases := qualityCases
	for _, name := range preset.Names() {
		cases = append(cases[:len(cases):len(cases)], "-preset "+name)
	}
	err = q.measureAll(ctx, cases)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if len(q.report.Rows) == 0 {
		return err
	}
	if failed := q.write(); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

func parseQuality(args []string) (*quality, error) {
	q := &quality{}
	flags := flag.NewFlagSet("quality", flag.ContinueOnError)
	flags.IntVar(&q.report.Size, "size", 160, "`LONGSIDE` of the pictures in pixels")
	flags.IntVar(&q.report.Steps, "steps", 100, "how many steps to paint; 0: as many as each case has as its own, a preset up to 10000")
	flags.StringVar(&q.weights, "weights", weights.OwnName, "network `NAME` or file that paints")
	flags.StringVar(&q.judge, "judge", "", "network `NAME` or file that measures beside it; none: vgg19-slim where it is at hand, else random")
	flags.StringVar(&q.json, "json", "", "write the results, pair by pair, to `FILE` as JSON; - is standard output")
	if _, err := parse(flags, args); err != nil {
		return nil, err
	}
	if q.report.Size < 32 || q.report.Steps < 0 {
		return nil, usageError{fmt.Errorf("quality: -size must be at least 32, -steps at least 0, found %d and %d", q.report.Size, q.report.Steps)}
	}
	return q, nil
}

// open finds the pictures, and opens the networks that paint and that measure.
func (q *quality) open(ctx context.Context) error {
	module, err := moduleRoot()
	if err != nil {
		return err
	}
	q.pictures = filepath.Join(module, "notebooks", "pictures")
	if q.own, err = weights.Open(ctx, q.weights); err != nil {
		return err
	}
	if q.judge == "" {
		q.judge = "random"
		if n, err := (weights.Options{Offline: true}).Open(ctx, "vgg19-slim"); err == nil {
			q.other = n
		}
	}
	if q.other == nil {
		if q.other, err = weights.Open(ctx, q.judge); err != nil {
			return err
		}
	}
	q.report.Network, q.report.Judge = q.own.Origin, q.other.Origin
	q.session.quiet, q.evaluators = true, map[string]*stylelib.Evaluator{}
	return q.session.open()
}

// measureAll measures the pictures themselves, for comparison, and the cases.
func (q *quality) measureAll(ctx context.Context, cases []string) error {
	for _, pair := range qualityPairs {
		if err := q.measureInputs(ctx, pair); err != nil {
			return err
		}
	}
	for _, flags := range cases {
		fmt.Fprintf(os.Stderr, "%s:", caseName(flags))
		if err := q.measureCase(ctx, flags); err != nil {
			fmt.Fprintln(os.Stderr)
			return err
		}
		fmt.Fprintln(os.Stderr)
	}
	return nil
}

// measureCase measures a case, unless the network has not its layers.
func (q *quality) measureCase(ctx context.Context, flags string) error {
	for _, pair := range qualityPairs {
		s, err := q.settings(pair, flags)
		if err != nil {
			return err
		}
		for _, layer := range slices.Concat(s.loss.ContentLayers, s.loss.StyleLayers) {
			if !slices.Contains(vgg.New(q.own).Layers(), layer) {
				fmt.Fprintf(os.Stderr, " left out: the network has no layer %s", layer)
				return nil
			}
		}
		result := qualityResult{Case: caseName(flags), Content: pair[0], Style: pair[1]}
		started := time.Now()
		picture, err := q.paint(ctx, s)
		result.Steps, result.Seconds = s.run.Steps, time.Since(started).Seconds()
		if err == nil {
			err = q.evaluate(ctx, s, picture, &result)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", result.Case, err)
		}
		q.report.Rows = append(q.report.Rows, result)
		fmt.Fprintf(os.Stderr, " %.1f s", result.Seconds)
	}
	return nil
}

// measureInputs measures the content picture as it is, and the style picture brought to its size.
func (q *quality) measureInputs(ctx context.Context, pair [2]string) error {
	s, err := q.settings(pair, "")
	if err != nil {
		return err
	}
	for i, img := range []string{s.pictures.Content, s.pictures.Styles[0]} {
		content, err := picture.Open(s.pictures.Content, s.pictures.Size)
		if err != nil {
			return err
		}
		opened, err := picture.Open(img, 0)
		if err != nil {
			return err
		}
		size := content.Bounds().Size()
		result := qualityResult{Case: []string{"the content picture", "the style picture"}[i], Content: pair[0], Style: pair[1]}
		if err := q.evaluate(ctx, s, picture.ResizeTo(opened, size.X, size.Y), &result); err != nil {
			return err
		}
		q.report.Rows = append(q.report.Rows, result)
	}
	return nil
}

// settings are those of a case of a pair: flags of stylize.
func (q *quality) settings(pair [2]string, flags string) (*settings, error) {
	file := func(name string) string { return filepath.Join(q.pictures, name+".jpg") }
	common := []string{"-content", file(pair[0]), "-style", file(pair[1]), "-weights", q.weights, "-size", fmt.Sprint(q.report.Size)}
	if q.report.Steps > 0 {
		common = append(common, "-steps", fmt.Sprint(q.report.Steps))
	}
	s, _, err := parseSettings(common, strings.Fields(flags))
	return s, err
}

// paint paints a case of a pair, to the end.
func (q *quality) paint(ctx context.Context, s *settings) (image.Image, error) {
	p, err := q.session.prepare(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	painted, err := q.session.paint(ctx, p, func(stylelib.Step) {})
	if err == nil && painted.Stopped {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return painted.Picture, nil
}

// evaluate measures a picture by the network that painted it, at the case's layers, and by the other one.
func (q *quality) evaluate(ctx context.Context, s *settings, img image.Image, result *qualityResult) error {
	content, err := picture.Open(s.pictures.Content, s.pictures.Size)
	if err != nil {
		return err
	}
	style, err := picture.Open(s.pictures.Styles[0], s.pictures.Size)
	if err != nil {
		return err
	}
	own := q.evaluator(q.own, s.loss.ContentLayers, s.loss.StyleLayers)
	if result.Own.Style, result.Own.Content, err = own.Errors(ctx, img, content, style); err != nil {
		return err
	}
	judge := q.evaluator(q.other, nil, nil)
	result.Judged.Style, result.Judged.Content, err = judge.Errors(ctx, img, content, style)
	return err
}

// evaluator returns that of these layers of a network, made at its first use.
func (q *quality) evaluator(network *weights.Network, contentLayers, styleLayers []string) *stylelib.Evaluator {
	key := fmt.Sprint(network.Origin, contentLayers, styleLayers)
	if q.evaluators[key] == nil {
		q.evaluators[key] = stylelib.NewEvaluator(q.session.backend, vgg.New(network), contentLayers, styleLayers)
	}
	return q.evaluators[key]
}
