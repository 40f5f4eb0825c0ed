package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
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

var uninteresting = regexp.MustCompile(`^\s*(//|/?\*/?)?\s*($|%|import\b|"|\))`)

// title names a code cell: the heading just above it, else its first comment or line that says something.
func title(heading, source string) string {
	if heading != "" {
		return heading
	}
	for line := range strings.Lines(source) {
		if !uninteresting.MatchString(line) {
			return strings.TrimLeft(strings.TrimSpace(line), "/* ")
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

// has tells whether the cell has a tag.
func (c *codeCell) has(tag string) bool {
	metadata, _ := c.fields["metadata"].(map[string]any)
	tags, _ := metadata["tags"].([]any)
	return slices.Contains(tags, any(tag))
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
