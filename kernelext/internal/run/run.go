// Package run runs a notebook without a browser and without Python: it starts the kernel, sends it the code cells one after
// the other by the Jupyter protocol, and stores the outputs in the notebook.
//
// run.go runs a notebook, read.go reads one, notebook.go has its fields and writes it, param.go finds its parameters. kernel.go and stop.go start and
// stop the kernel, execute.go runs a cell, message.go signs messages; outputs.go collects the outputs, picture.go writes
// their pictures to files, failure.go describes a cell that failed.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stylenet/kernelext/internal/setup"
)

// Options say which notebook to run and how.
type Options struct {
	Notebook string            // the file to run; its folder is the cells' working directory
	Output   string            // the file to write; empty: Notebook itself
	Params   map[string]string // parameters of the notebook, each one that a cell asks for by kernelext.Param
	Timeout  time.Duration     // for each cell; 0: none
	Kernel   setup.Kernelspec
	Log      io.Writer // where the progress lines go
}

// Result says where the results of a run are.
type Result struct {
	Notebook string // the executed notebook; empty where nothing was run
	Folder   string // of the pictures: out/<the notebook's name> beside it
	Pictures int    // how many there are
}

// Run runs the notebook's code cells in order up to the first that fails. The notebook is written in any case,
// with the outputs of the cells that ran, and so are their pictures. Where a cell fails the error is a
// *cellError. A cell with the tag raises-exception may fail; one with the tag skip-execution is not run and keeps its
// outputs.
func Run(ctx context.Context, o Options) (Result, error) {
	notebook, err := ReadNotebook(o.Notebook)
	if err != nil {
		return Result{}, err
	}
	if err := notebook.CheckParams(o.Params); err != nil {
		return Result{}, err
	}
	if o.Output == "" {
		o.Output = o.Notebook
	}
	if _, err := os.Stat(filepath.Dir(o.Output)); err != nil {
		return Result{}, err // now, not after an hour of painting
	}
	params, err := paramVariable(o.Params)
	if err != nil {
		return Result{}, err
	}
	k, err := startKernel(ctx, o.Kernel, filepath.Dir(o.Notebook), []string{params})
	if err != nil {
		return Result{}, err
	}
	defer k.stop()
	outputs, failure := runCells(ctx, k, notebook, o)
	result, err := store(notebook, outputs, o.Output)
	return result, errors.Join(failure, err)
}

// The tags of cells, as nbconvert and JupyterLab know them.
const (
	raisesTag = "raises-exception"
	skipTag   = "skip-execution"
)

// runCells runs the cells up to the first that fails, and returns the outputs of those that ran by their numbers.
func runCells(ctx context.Context, k *kernel, notebook *Notebook, o Options) (map[int][]output, error) {
	var collected outputs
	cells := map[int][]output{}
	for _, cell := range notebook.code {
		if strings.TrimSpace(cell.source) == "" {
			continue
		}
		fmt.Fprintf(o.Log, "cell %d/%d  %s ", cell.number, len(notebook.code), cell.padded())
		if cell.has(skipTag) {
			fmt.Fprintln(o.Log, "skipped")
			continue
		}
		start := time.Now()
		answer, err := k.execute(ctx, cell.source, o.Timeout, func(m message) error {
			return collected.add(m.Header.Type, m.Content)
		})
		cells[cell.number] = collected.next()
		cell.count = answer.ExecutionCount
		if err == nil && answer.Status != "ok" && !cell.has(raisesTag) {
			err = errFailed
		}
		if errors.Is(err, errTimeout) {
			cells[cell.number] = timedOut(cells[cell.number], o.Timeout, cell.count)
			answer.Traceback = nil // it takes the interrupt for a press on Stop
		}
		fmt.Fprintf(o.Log, "%.1f s\n", time.Since(start).Seconds())
		if err != nil {
			return cells, newCellError(cell, saidLast(cells[cell.number], answer.Traceback), err, o)
		}
	}
	return cells, nil
}

// store writes the executed notebook and its pictures.
func store(notebook *Notebook, cells map[int][]output, path string) (Result, error) {
	for _, cell := range notebook.code {
		if !cell.has(skipTag) {
			cell.setOutputs(cells[cell.number])
		}
	}
	if err := notebook.write(path); err != nil {
		return Result{}, err
	}
	result := Result{Notebook: path, Folder: pictureFolder(path)}
	var err error
	result.Pictures, err = writePictures(result.Folder, cells)
	return result, err
}

// padded returns the cell's title in a fixed width, with dots to the number of seconds.
func (c *codeCell) padded() string {
	const width = 48
	title := []rune(c.title)
	if len(title) > width {
		title = append(title[:width-1], '…')
	}
	return string(title) + " " + strings.Repeat(".", width+2-len(title))
}
