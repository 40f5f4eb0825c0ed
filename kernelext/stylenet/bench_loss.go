//go:build cgo

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"stylenet/kernelext/internal/setup"
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
)

// lossReport is what -json writes with -to-loss.
type lossReport struct {
	Machine benchMachine `json:"machine"`
	Results []lossResult `json:"results"`
}

// lossResult is one network and size beside one peer.
type lossResult struct {
	Network string      `json:"network"`
	Size    string      `json:"size"`
	Peer    string      `json:"peer"`
	Ratio   *float64    `json:"ratio"` // median of the rounds', where one that did not reach the mark is infinite; null: it is infinite
	Rounds  []lossRound `json:"rounds"`
}

// lossRound is a peer's run, and ours until a loss near to its lowest.
type lossRound struct {
	Peer  peerLosses `json:"peer"`
	Ours  lossTimes  `json:"ours"`
	Ratio *float64   `json:"ratio"` // our Seconds by the peer's Near; null: ours did not reach the mark
}

// peerLosses is what a peer's losses came to. Its seconds count from the start of its first evaluation.
type peerLosses struct {
	Loss        float64 `json:"loss"` // the lowest; the mark for ours is 1 % above it
	Evaluations int     `json:"evaluations"`
	Seconds     float64 `json:"seconds"`           // to the end of the last evaluation
	Near        float64 `json:"seconds_near"`      // to the end of the first one whose loss is at or below the mark
	FromExec    float64 `json:"seconds_from_exec"` // from the start of its process to its end
}

// mark is the loss that ours has to reach. The last percent is not asked of it: a peer's picture may leave [0, 1], ours may not.
func (l *peerLosses) mark() float64 { return 1.01 * l.Loss }

// lossTimes is what our painting came to: at the first step whose loss at full size is at or below the mark, or at its end.
type lossTimes struct {
	Reached  bool    `json:"reached"`
	Loss     float64 `json:"loss"`              // the lowest at full size
	Steps    int     `json:"steps"`             // taken, of all sizes
	Seconds  float64 `json:"seconds"`           // from the start of painting; compiling, or loading what was compiled, included
	FromExec float64 `json:"seconds_from_exec"` // from the start of the process
}

// add takes in one round.
func (r *lossResult) add(p *peerLosses, ours *lossTimes) {
	round := lossRound{Peer: *p, Ours: *ours}
	if ours.Reached {
		ratio := ours.Seconds / p.Near
		round.Ratio = &ratio
	}
	r.Rounds = append(r.Rounds, round)
	ratios := make([]float64, len(r.Rounds))
	for i, round := range r.Rounds {
		if ratios[i] = math.Inf(1); round.Ratio != nil {
			ratios[i] = *round.Ratio
		}
	}
	if r.Ratio = nil; !math.IsInf(median(ratios), 1) {
		ratio := median(ratios)
		r.Ratio = &ratio
	}
}

// compareLosses times painting until a loss near to a peer's lowest is reached, for every network and size.
func (b *benchmark) compareLosses(ctx context.Context) error {
	var report lossReport
	err := b.reachLosses(ctx, &report)
	if len(report.Results) == 0 {
		return err
	}
	report.Machine.fill()
	if failed := writeReport(b.json, &report); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// reachLosses puts into the report what was measured until it returns.
func (b *benchmark) reachLosses(ctx context.Context, report *lossReport) error {
	content, style, err := b.openPictures()
	if err != nil {
		return err
	}
	for network := range strings.SplitSeq(b.weights, ",") {
		if b.file, err = b.saveNetwork(ctx, network); err != nil {
			return err
		}
		for _, size := range b.sizes {
			pair, err := b.savePictures(content, style, size)
			if err != nil {
				return err
			}
			results := make([]lossResult, len(b.peers))
			for i, p := range b.peers {
				results[i] = lossResult{Network: network, Size: fmt.Sprintf("%dx%d", size.X, size.Y), Peer: p.name}
			}
			err = b.takeTurns(ctx, pair, results, &report.Machine)
			for _, result := range results {
				if len(result.Rounds) > 0 {
					report.Results = append(report.Results, result)
				}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// openPictures opens the content and the style picture at their own sizes.
func (b *benchmark) openPictures() (content, style image.Image, err error) {
	styleFile := b.style
	if styleFile == "" {
		module, err := moduleRoot()
		if err != nil {
			return nil, nil, err
		}
		styleFile = filepath.Join(module, "notebooks", "pictures", "night_sky.jpg")
	}
	if content, err = picture.Open(photograph(b.content), 0); err != nil {
		return nil, nil, err
	}
	style, err = picture.Open(styleFile, 0)
	return content, style, err
}

// picturePair are the files of a content and a style picture.
type picturePair struct{ content, style string }

// savePictures writes the pictures at a size, for ours and the peers alike: with 8 bits a channel, in place of the last ones.
func (b *benchmark) savePictures(content, style image.Image, size image.Point) (picturePair, error) {
	pair := picturePair{filepath.Join(b.folder, "content.png"), filepath.Join(b.folder, "style.png")}
	style, err := picture.Resize(style, max(size.X, size.Y))
	if err != nil {
		return pair, err
	}
	if err := picture.Save(pair.content, picture.Cover(content, size.X, size.Y)); err != nil {
		return pair, err
	}
	return pair, picture.Save(pair.style, style)
}

// takeTurns lets each peer optimise and ours paint until the peer's mark, in turns. results has one result for each peer.
func (b *benchmark) takeTurns(ctx context.Context, pair picturePair, results []lossResult, machine *benchMachine) error {
	for round := range b.rounds {
		for i, p := range b.peers {
			r := &results[i]
			fmt.Fprintf(os.Stderr, "%s, %s, round %d of %d:  %s", r.Network, r.Size, round+1, b.rounds, p.name)
			theirs, err := p.losses(ctx, "{size}", r.Size, "{steps}", strconv.Itoa(b.steps), "{weights}", b.file,
				"{content}", pair.content, "{style}", pair.style, "{terms}", termWeights(stylelib.DefaultTerms()))
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, " %.1f s, loss %.4g", theirs.Seconds, theirs.Loss)
			ours, err := b.reach(ctx, pair, theirs.mark())
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, "  ours %.1f s, loss %.4g\n", ours.Seconds, ours.Loss)
			r.add(theirs, &ours.lossTimes)
			machine.note(ours.Rate, ours.Backend)
		}
	}
	return nil
}

// termWeights returns the terms' weights as the peers are given them: content=1,style=100,tv=10.
func termWeights(terms []stylelib.Term) string {
	var list []string
	for _, term := range terms {
		list = append(list, fmt.Sprintf("%s=%g", term.Name, term.Weight))
	}
	return strings.Join(list, ",")
}

// reach lets ours paint in a process of its own until the loss is at or below the mark.
func (b *benchmark) reach(ctx context.Context, pair picturePair, mark float64) (*lossPainted, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := setup.Command(ctx, self, benchLoss, pair.content, pair.style, strconv.FormatFloat(mark, 'g', -1, 64), "-weights", b.file)
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("painting: %w: %s", err, bytes.TrimSpace(said.Bytes()))
	}
	painted := &lossPainted{}
	if err := json.Unmarshal(out, painted); err != nil {
		return nil, err
	}
	painted.FromExec = painted.At.Sub(began).Seconds()
	return painted, nil
}

// print writes the report for people.
func (r *lossReport) print(out io.Writer) error {
	r.Machine.print(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "NETWORK\tSIZE\tPEER\tEVALUATIONS\tLOSS\tS\tS NEAR IT\tOUR STEPS\tOUR LOSS\tOUR S\tFROM EXEC\tOURS/PEER\t")
	ratio := func(r *float64) string {
		if r == nil {
			return "not reached"
		}
		return fmt.Sprintf("%.2f", *r)
	}
	for _, result := range r.Results {
		for _, round := range result.Rounds {
			p, o := &round.Peer, &round.Ours
			fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%.4g\t%.1f\t%.1f\t%d\t%.4g\t%.1f\t%.1f\t%s\t\n", result.Network, result.Size, result.Peer,
				p.Evaluations, p.Loss, p.Seconds, p.Near, o.Steps, o.Loss, o.Seconds, o.FromExec, ratio(round.Ratio))
		}
		fmt.Fprintf(table, "\t\t\t\t\t\t\t\t\t\tmedian\t%s\t\n", ratio(result.Ratio))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\nLosses are the lowest, ours at full size. A peer's seconds count from its first evaluation to its last, S NEAR IT to the first one within 1 %\n"+
		"of its lowest loss. Ours count from the call that paints, compiling included, to the first step within 1 % of the peer's lowest loss.")
	return err
}
