package run

import (
	"encoding/json"
	"slices"
	"strings"
)

// output is one output of a cell with the fields of nbformat, but with each text as one string.
type output map[string]any

// outputs collects what the cells of one notebook put out.
type outputs struct {
	cell     []output            // of the cell that is running
	displays map[string][]output // by display id, of all cells: a later cell may redraw an earlier picture
	clear    bool                // the next output replaces those of the cell
}

// next begins a new cell and returns the outputs of the last one.
func (o *outputs) next() []output {
	done := o.cell
	o.cell, o.clear = nil, false
	return done
}

// content is what the kernel's messages about outputs carry, all kinds in one.
type content struct {
	Name           string         `json:"name"` // of a stream: stdout or stderr
	Text           string         `json:"text"`
	Data           map[string]any `json:"data"` // by MIME type
	Metadata       map[string]any `json:"metadata"`
	ExecutionCount int            `json:"execution_count"`
	Wait           bool           `json:"wait"`
	EName          string         `json:"ename"`
	EValue         string         `json:"evalue"`
	Traceback      []string       `json:"traceback"`
	Transient      struct {
		DisplayID string `json:"display_id"`
	} `json:"transient"`
}

// add handles one message of the IOPub socket; it ignores those that are no outputs.
func (o *outputs) add(kind string, raw json.RawMessage) error {
	var c content
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	switch kind {
	case "stream":
		o.stream(c.Name, c.Text)
	case "display_data":
		o.display(c, output{"output_type": kind, "data": c.Data, "metadata": c.Metadata})
	case "execute_result":
		o.display(c, output{"output_type": kind, "data": c.Data, "metadata": c.Metadata,
			"execution_count": c.ExecutionCount})
	case "update_display_data":
		for _, shown := range o.displays[c.Transient.DisplayID] {
			shown["data"], shown["metadata"] = c.Data, c.Metadata
		}
	case "error":
		o.append(output{"output_type": kind, "ename": c.EName, "evalue": c.EValue, "traceback": c.Traceback})
	case "clear_output":
		o.clear = true
		if !c.Wait {
			o.next()
		}
	}
	return nil
}

func (o *outputs) append(out output) {
	if o.clear {
		o.next()
	}
	o.cell = append(o.cell, out)
}

// stream adds text to the stream if it is what was written to last.
func (o *outputs) stream(name, text string) {
	if last := len(o.cell) - 1; !o.clear && last >= 0 && o.cell[last]["name"] == name {
		o.cell[last]["text"] = o.cell[last]["text"].(string) + text
		return
	}
	o.append(output{"output_type": "stream", "name": name, "text": text})
}

func (o *outputs) display(c content, out output) {
	o.append(out)
	if id := c.Transient.DisplayID; id != "" {
		if o.displays == nil {
			o.displays = map[string][]output{}
		}
		o.displays[id] = append(o.displays[id], out)
	}
}

// stored returns the output as a notebook file holds it.
func (o output) stored() map[string]any {
	stored := map[string]any{}
	for name, value := range o {
		stored[name] = value
	}
	if text, ok := o["text"].(string); ok {
		stored["text"] = lines(asTerminal(text))
	}
	if data, ok := o["data"].(map[string]any); ok {
		split := map[string]any{}
		for mime, value := range data {
			text, ok := value.(string)
			if ok && (strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript") {
				split[mime] = lines(text)
				continue
			}
			split[mime] = value
		}
		stored["data"] = split
	}
	return stored
}

// lines splits a text after each line's end.
func lines(text string) []string {
	return slices.AppendSeq([]string{}, strings.Lines(text))
}

// asTerminal removes what a terminal would have overwritten: on each line, all before the last carriage return. So a
// progress bar leaves one line.
func asTerminal(text string) string {
	all := strings.SplitAfter(text, "\n")
	for i, line := range all {
		body := strings.TrimRight(line, "\r\n")
		end := line[len(body):]
		all[i] = body[strings.LastIndexByte(body, '\r')+1:] + strings.ReplaceAll(end, "\r", "")
	}
	return strings.Join(all, "")
}
