package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
)

// ReadNotebook reads a notebook of nbformat 4. One older than 4.5 gets the cell ids that 4.5 asks for.
func ReadNotebook(path string) (*Notebook, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n, err := parse(bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	return n, nil
}

// parse reads the text of a notebook file. Its errors go on from the file's name.
func parse(data []byte) (*Notebook, error) {
	if err := checkText(data); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	n := &Notebook{}
	if err := decoder.Decode(&n.fields); err != nil {
		return nil, fmt.Errorf("is not a notebook: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("is not a notebook: there is more text behind its end")
	}
	if major := fmt.Sprint(n.fields["nbformat"]); major != "4" {
		return nil, fmt.Errorf("has nbformat %s, want 4", major)
	}
	cells, ok := n.fields["cells"].([]any)
	if !ok {
		return nil, errors.New("is not a notebook: it has no list of cells")
	}
	if language := n.language(); language != "" && !isGo.MatchString(language) {
		return nil, fmt.Errorf("is written in %s; only Go runs here", language)
	}
	n.fields["nbformat_minor"] = 5
	return n, n.readCells(cells)
}

var (
	conflict = regexp.MustCompile(`(?m)^(?:<<<<<<< |>>>>>>> |=======\r?$)`)
	webPage  = regexp.MustCompile(`(?i)^\s*<(?:!doctype html|html|head)\b`)
)

// checkText names what often stands in a file in place of a notebook.
func checkText(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("is empty; want a notebook")
	}
	if webPage.Match(data) {
		return errors.New("is a web page, not a notebook; download the raw file")
	}
	if at := conflict.FindIndex(data); at != nil {
		return fmt.Errorf("has the marks of a merge conflict in line %d; resolve it first", 1+bytes.Count(data[:at[0]], []byte("\n")))
	}
	return nil
}

// isGo matches the language of our notebooks, and the names of kernels for Go.
var isGo = regexp.MustCompile(`(?i)^(?:go(?:lang|nb|phernotes)?|stylenet)\b`)

// language returns what the notebook says of its language, and nothing where it does not. Colab and VS Code leave
// kernelspec.language out.
func (n *Notebook) language() string {
	for _, field := range []any{n.metadata("kernelspec", "language"), n.metadata("language_info", "name"), n.metadata("kernelspec", "name")} {
		if name, _ := field.(string); name != "" {
			return name
		}
	}
	return ""
}

// readCells reads the code cells, and the headings above them.
func (n *Notebook) readCells(cells []any) error {
	heading := ""
	for i, c := range cells {
		fields, ok := c.(map[string]any)
		if !ok {
			return fmt.Errorf("is not a notebook: cell %d is not an object", i+1)
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
	return nil
}
