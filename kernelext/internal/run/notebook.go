package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/renameio/v2"
)

// Notebook is a Jupyter notebook, nbformat 4. Fields that we know nothing of are kept as they are.
type Notebook struct {
	fields map[string]any
	code   []*codeCell
}

// codeCell is a cell with Go code.
type codeCell struct {
	number int // among the code cells, from 1
	title  string
	source string
	count  int // how many cells the kernel has run, this one included; 0 where it did not run
	fields map[string]any
}

// ReadNotebook reads a notebook of nbformat 4. One older than 4.5 gets the cell ids that 4.5 asks for.
func ReadNotebook(path string) (*Notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	n := &Notebook{}
	if err := decoder.Decode(&n.fields); err != nil {
		return nil, fmt.Errorf("%s is not a notebook: %w", path, err)
	}
	if major := fmt.Sprint(n.fields["nbformat"]); major != "4" {
		return nil, fmt.Errorf("%s has nbformat %s, want 4", path, major)
	}
	cells, ok := n.fields["cells"].([]any)
	if !ok {
		return nil, fmt.Errorf("%s is not a notebook: it has no list of cells", path)
	}
	if language, ok := n.metadata("kernelspec", "language").(string); ok && language != "go" {
		return nil, fmt.Errorf("%s is written in %s; only Go runs here", path, language)
	}
	n.fields["nbformat_minor"] = 5
	heading := ""
	for i, c := range cells {
		fields, ok := c.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s: cell %d is not an object", path, i+1)
		}
		if fields["id"] == nil {
			fields["id"] = fmt.Sprintf("cell-%d", i+1)
		}
		source := text(fields["source"])
		if fields["cell_type"] != "code" {
			heading = lastHeading(source)
			continue
		}
		n.code = append(n.code, &codeCell{number: len(n.code) + 1, title: title(heading, source), source: source, fields: fields})
		heading = ""
	}
	return n, nil
}

// text returns a multi-line field, which a notebook may store as one string or as a list of lines.
func text(field any) string {
	switch field := field.(type) {
	case string:
		return field
	case []any:
		var all strings.Builder
		for _, line := range field {
			s, _ := line.(string)
			all.WriteString(s)
		}
		return all.String()
	}
	return ""
}

var headingLine = regexp.MustCompile(`(?m)^#+\s+(.+?)\s*#*$`)

// lastHeading returns the heading under which the cell after this text stands.
func lastHeading(markdown string) string {
	headings := headingLine.FindAllStringSubmatch(markdown, -1)
	if len(headings) == 0 {
		return ""
	}
	return headings[len(headings)-1][1]
}

var uninteresting = regexp.MustCompile(`^\s*(//)?\s*($|%|import\b|"|\))`)

// title names a code cell: the heading just above it, else its first comment or line that says something.
func title(heading, source string) string {
	if heading != "" {
		return heading
	}
	for line := range strings.Lines(source) {
		if !uninteresting.MatchString(line) {
			return strings.TrimLeft(strings.TrimSpace(line), "/ ")
		}
	}
	return "imports"
}

// metadata returns the field that the path leads to in the notebook's metadata, nil where there is none.
func (n *Notebook) metadata(path ...string) any {
	var field any = n.fields["metadata"]
	for _, name := range path {
		object, _ := field.(map[string]any)
		field = object[name]
	}
	return field
}

// Quick returns the parameters with which the notebook runs in a moment, from its metadata.
func (n *Notebook) Quick() map[string]string {
	quick := map[string]string{}
	object, _ := n.metadata("stylenet", "quick").(map[string]any)
	for name, value := range object {
		quick[name] = fmt.Sprint(value)
	}
	return quick
}

// write writes the notebook the way Jupyter does, so that a new run makes a small diff: keys in order, one space
// of indentation, long texts as lists of lines.
func (n *Notebook) write(path string) error {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(n.fields); err != nil {
		return err
	}
	return renameio.WriteFile(path, data.Bytes(), 0o644, renameio.WithTempDir(filepath.Dir(path)))
}

// setOutputs stores what a cell put out; nothing where it did not run.
func (c *codeCell) setOutputs(outputs []output) {
	c.fields["execution_count"] = nil
	if c.count > 0 {
		c.fields["execution_count"] = c.count
	}
	stored := make([]any, len(outputs))
	for i, o := range outputs {
		stored[i] = o.stored()
	}
	c.fields["outputs"] = stored
}
