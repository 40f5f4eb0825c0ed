//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"stylenet/kernelext/internal/setup"
)

// benchReport is what -json writes.
type benchReport struct {
	Machine benchMachine  `json:"machine"`
	Results []benchResult `json:"results"`
}

// benchMachine says where and with what was measured.
type benchMachine struct {
	CPU       string  `json:"cpu"`
	Threads   int     `json:"threads"`
	System    string  `json:"system"`
	HugePages bool    `json:"huge_pages"`
	Backend   string  `json:"backend"` // with its plugin
	Versions  string  `json:"versions"`
	GFLOPS    float64 `json:"gflops"` // of the best matrix product, 10⁹ float32 operations a second
}

// benchResult is one size by one method. Of several rounds, medians and the first step are the median one, the minimum
// is the least and the peak the largest.
type benchResult struct {
	Size      string       `json:"size"`
	Method    string       `json:"method"`
	Min       float64      `json:"ms_min"`
	Median    float64      `json:"ms_median"`
	First     float64      `json:"ms_first"`
	Peak      float64      `json:"peak_mb"`
	Share     float64      `json:"bound_share"`
	PeerRatio *float64     `json:"peer_ratio"` // to the first peer; null without
	Peers     []peerResult `json:"peers,omitempty"`

	flops  float64
	rounds []stepTimes
}

// peerResult is a peer at the same size. Ratio is the median over the rounds of our median step by the peer's.
type peerResult struct {
	Name   string  `json:"name"`
	Min    float64 `json:"ms_min"`
	Median float64 `json:"ms_median"`
	First  float64 `json:"ms_first"` // of its first step alone
	Peak   float64 `json:"peak_mb"`
	Ratio  float64 `json:"ratio"`

	rounds []stepTimes
	ratios []float64
}

// keep adds the results that have at least one round, and of their peers those that have.
func (r *benchReport) keep(results []benchResult) {
	for _, result := range results {
		if len(result.rounds) > 0 {
			result.Peers = slices.DeleteFunc(result.Peers, func(p peerResult) bool { return len(p.rounds) == 0 })
			r.Results = append(r.Results, result)
		}
	}
}

// add takes in one round of ours.
func (r *benchResult) add(t *stepTimes) {
	r.rounds = append(r.rounds, *t)
	r.Min, r.Median, r.First, r.Peak = summary(r.rounds)
	r.flops = t.Flops
}

// add takes in one round of the peer, after the same round of ours.
func (p *peerResult) add(name string, t *stepTimes, ours *benchResult) {
	p.Name = name
	p.rounds = append(p.rounds, *t)
	p.Min, p.Median, p.First, p.Peak = summary(p.rounds)
	p.ratios = append(p.ratios, median(ours.rounds[len(ours.rounds)-1].Steps)/median(t.Steps))
	p.Ratio = median(p.ratios)
	ours.PeerRatio = &ours.Peers[0].Ratio
}

// summary returns the least step, the medians of the rounds' medians and first steps, and the largest peak.
func summary(rounds []stepTimes) (least, middle, first, peak float64) {
	least = slices.Min(rounds[0].Steps)
	var medians, firsts []float64
	for _, t := range rounds {
		least, peak = min(least, slices.Min(t.Steps)), max(peak, t.Peak)
		medians, firsts = append(medians, median(t.Steps)), append(firsts, t.First)
	}
	return least, median(medians), median(firsts), peak
}

// median returns the middle value, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// note keeps what a measurement tells of the machine.
func (m *benchMachine) note(rate float64, backend string) {
	m.GFLOPS = max(m.GFLOPS, rate/1e9)
	m.Backend = backend
}

// write prints the table and writes the JSON.
func (b *benchmark) write() error {
	r := &b.report
	r.Machine.fill()
	for i := range r.Results {
		if r.Machine.GFLOPS == 0 {
			break // we were stopped before we knew
		}
		result := &r.Results[i]
		result.Share = result.flops / (r.Machine.GFLOPS * 1e9) / (result.Median / 1000)
	}
	return writeReport(b.json, r)
}

// writeReport writes a report as JSON to a file, to standard output for -, or nowhere, and prints it for people.
func writeReport(file string, r interface{ print(io.Writer) error }) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	switch file {
	case "-":
		if _, err := os.Stdout.Write(data); err != nil {
			return err
		}
		return r.print(os.Stderr)
	case "":
	default:
		if err := os.WriteFile(file, data, 0o666); err != nil {
			return err
		}
	}
	return r.print(os.Stdout)
}

// fill finds out about the machine and the versions.
func (m *benchMachine) fill() {
	m.CPU, m.Threads, m.System = cpuName(), runtime.NumCPU(), runtime.GOOS+"/"+runtime.GOARCH
	m.HugePages = setup.HugePages()
	m.Versions = runtime.Version()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if name, ok := strings.CutPrefix(d.Path, "github.com/gomlx/"); ok {
				m.Versions += fmt.Sprintf(", %s %s", name, d.Version)
			}
		}
	}
}

// cpuName returns what the processor calls itself, where Linux tells.
func cpuName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// print writes it for people.
func (m *benchMachine) print(out io.Writer) {
	pages := "ordinary pages"
	if m.HugePages {
		pages = "huge pages"
	}
	fmt.Fprintf(out, "%s, %d threads, %s, %s\n%s\n%s\nbest matrix product: %.0f GFLOP/s\n\n", m.CPU, m.Threads, m.System, pages, m.Backend, m.Versions, m.GFLOPS)
}

// print writes the report for people.
func (r *benchReport) print(out io.Writer) error {
	r.Machine.print(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "SIZE\tMETHOD\tMS A STEP\tFASTEST\tFIRST STEP\tPEAK MB\tOF THE BOUND\tOURS/PEER\t")
	for _, result := range r.Results {
		fmt.Fprintf(table, "%s\t%s\t%.1f\t%.1f\t%.0f\t%.0f\t%.0f %%\t\t\n", result.Size, result.Method, result.Median, result.Min, result.First,
			result.Peak, 100*result.Share)
		for _, p := range result.Peers {
			share := result.Share * result.Median / p.Median
			fmt.Fprintf(table, "\t%s\t%.1f\t%.1f\t%.0f\t%.0f\t%.0f %%\t%.2f\t\n", p.Name, p.Median, p.Min, p.First, p.Peak, 100*share, p.Ratio)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\nThe bound is the time of the step's convolutions and Gram matrices, done directly at the best matrix product's rate;\n"+
		"who multiplies less can be faster. FIRST STEP counts milliseconds from the call of Transfer, compiling included; a peer's is its first step alone.")
	return err
}
