//go:build cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// qualityReport is what -json writes.
type qualityReport struct {
	Size    int             `json:"size"`
	Steps   int             `json:"steps"` // asked for; 0: each case's own
	Network string          `json:"network"`
	Judge   string          `json:"judge"`
	Rows    []qualityResult `json:"rows"`
}

// qualityResult is one case on one pair of pictures.
type qualityResult struct {
	Case    string    `json:"case"`
	Content string    `json:"content"`
	Style   string    `json:"style"`
	Steps   int       `json:"steps"`
	Own     distances `json:"own"`     // by the network that painted, at the layers optimised
	Judged  distances `json:"judged"`  // by the judge
	Seconds float64   `json:"seconds"` // compiling included
}

// distances are those of [stylelib.Evaluator].
type distances struct {
	Style   float64 `json:"style"`
	Content float64 `json:"content"`
}

// caseName names a case for people.
func caseName(flags string) string {
	if flags == "" {
		return "the defaults"
	}
	return flags
}

// write prints the table and writes the JSON.
func (q *quality) write() error {
	data, err := json.MarshalIndent(q.report, "", " ")
	if err != nil {
		return err
	}
	data = append(data, '\n')
	switch q.json {
	case "-":
		if _, err := os.Stdout.Write(data); err != nil {
			return err
		}
		return q.report.print(os.Stderr)
	case "":
	default:
		if err := os.WriteFile(q.json, data, 0o666); err != nil {
			return err
		}
	}
	return q.report.print(os.Stdout)
}

// print writes the means over the pairs.
func (r *qualityReport) print(out io.Writer) error {
	fmt.Fprintf(out, "%d pixels\nnetwork: %s\njudge: %s\n\n", r.Size, r.Network, r.Judge)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "STYLE\tCONTENT\tJUDGED STYLE\tJUDGED CONTENT\tSTEPS\tSECONDS\t  \tCASE")
	seen := map[string]bool{}
	for _, row := range r.Rows {
		if !seen[row.Case] {
			seen[row.Case] = true
			m := r.mean(row.Case)
			fmt.Fprintf(table, "%.3f\t%.3f\t%.3f\t%.3f\t%d\t%.1f\t  \t%s\n", m.Own.Style, m.Own.Content, m.Judged.Style, m.Judged.Content, m.Steps, m.Seconds, m.Case)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\nDistances are relative squared errors, means over the pairs of pictures: 0 is the same, about 1 knows nothing of it. STYLE and\n"+
		"CONTENT are measured by the network that painted, at the layers of the case; JUDGED by a network that nothing was\npainted for, at the layers of Gatys et al.")
	return err
}

// mean returns the means of one case.
func (r *qualityReport) mean(name string) qualityResult {
	m, n := qualityResult{Case: name}, 0.
	for _, row := range r.Rows {
		if row.Case != name {
			continue
		}
		n++
		m.Steps = row.Steps
		for to, v := range map[*float64]float64{&m.Own.Style: row.Own.Style, &m.Own.Content: row.Own.Content, &m.Judged.Style: row.Judged.Style,
			&m.Judged.Content: row.Judged.Content, &m.Seconds: row.Seconds} {
			*to += (v - *to) / n
		}
	}
	return m
}
