package weights

import (
	"fmt"
	"strings"
)

// Display says how a notebook shows a network: where it comes from, how large it is, its preprocessing and its warnings, and a
// table of its convolutions.
func (n *Network) Display() []any {
	parameters := 0
	table := [][]string{{"layer", "kernel", "values"}}
	for _, c := range n.Convs {
		parameters += len(c.Kernel) + len(c.Bias)
		table = append(table, []string{c.Name, fmt.Sprintf("3x3x%dx%d", c.In, c.Out), rangeOf(c.Kernel)})
	}
	origin, convolutions, licence := n.Origin, "convolutions", n.Licence
	if origin == "" {
		origin = "origin not stated"
	}
	if len(n.Convs) == 1 {
		convolutions = "convolution"
	}
	if licence == "" {
		licence = "not stated"
	}
	text := fmt.Sprintf("%s; %d %s, %d parameters, %s padding, %s pooling; preprocessing: %s; licence: %s",
		origin, len(n.Convs), convolutions, parameters, n.Padding, n.PoolingName(), n.Input.describe(), licence)
	for _, warning := range n.Warnings {
		text += "\nwarning: " + warning
	}
	return []any{text, table}
}

// describe names the preprocessing where it is a known one, and otherwise says what each channel is given.
func (in Input) describe() string {
	for name, known := range map[string]Input{"torchvision": torchvisionInput(), "caffe": caffeInput(), "matconvnet": matconvnetInput()} {
		if in == known {
			o, _ := originNamed(name)
			return fmt.Sprintf("%s (%s)", o.about, name)
		}
	}
	if in == (Input{}) {
		return "not stated"
	}
	channels := make([]string, 3)
	for c, row := range in.Matrix {
		channels[c] = sumOf(append(row[:], in.Offset[c]))
	}
	return strings.Join(channels, ", ") + " of R, G, B in [0, 1]"
}

// sumOf writes what a channel is given: factors of R, G and B, and what is added, without those that are 0.
func sumOf(factors []float32) string {
	text := ""
	for i, f := range factors {
		switch {
		case f == 0:
			continue
		case text == "" && f < 0:
			text = "-"
		case f < 0:
			text += " - "
		case text != "":
			text += " + "
		}
		text += strings.TrimSpace(fmt.Sprintf("%.4g %s", max(f, -f), []string{"R", "G", "B", ""}[i]))
	}
	if text == "" {
		return "0"
	}
	return text
}

// rangeOf says from where to where values go.
func rangeOf(values []float32) string {
	if len(values) == 0 {
		return "none"
	}
	least, largest := values[0], values[0]
	for _, v := range values {
		least, largest = min(least, v), max(largest, v)
	}
	return fmt.Sprintf("from %.4g to %.4g", least, largest)
}
