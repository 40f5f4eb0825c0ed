package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"stylenet/kernelext/internal/advice"
	"stylenet/kernelext/internal/link"
	"stylenet/kernelext/internal/repl"
	"stylenet/kernelext/internal/report"
	"stylenet/kernelext/internal/wire"
)

// Cell is a cell to run.
type Cell struct {
	Number         int
	Lines          []string    // those that are not Go are empty
	Mode           int         // of package cell
	Args           []string    // os.Args, without the program's name
	Get            bool        // packages that it imports may be downloaded
	Stopped        func() bool // whether it was stopped before Run; nil: it was not
	Stdout, Stderr io.Writer
}

// Run runs a cell. The error is a [report.Card] where the cell is at fault.
func (e *Engine) Run(c Cell) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e.onStop(cancel)
	defer e.onStop(nil)
	if c.Stopped != nil && c.Stopped() {
		cancel()
	}
	if err := e.Ready(); err != nil {
		return e.compiler(errors.Join(errors.New("what cells may import does not compile"), err))
	}
	e.cells[c.Number] = c.Lines
	e.tell(c)
	e.linker.Get = c.Get
	prepared, err := e.session.Prepare(c.Number, strings.Join(c.Lines, "\n"), c.Mode)
	if err != nil {
		return e.wrong(err)
	}
	for _, note := range prepared.Notes {
		fmt.Fprintln(c.Stderr, note)
	}
	if prepared.Empty {
		e.session.Commit(prepared, 0)
		return nil
	}
	var card *report.Card
	if prepared.Alone {
		card, err = e.runAlone(ctx, c, prepared)
	} else {
		card, err = e.runResident(ctx, c, prepared)
	}
	switch {
	case ctx.Err() != nil && err != nil:
		return &report.Card{Kind: "interrupted", What: "stopped", Where: []report.Place{{Cell: c.Number}}}
	case err != nil:
		return err
	case card != nil:
		card.What = repl.Clean(card.What)
		card.Details = repl.Clean(card.Details)
		if card.Kind == "interrupted" && card.Advice == "" {
			card.Advice = advice.Stopped
		}
		return card
	}
	return nil
}

// tell tells once why each cell is a program of its own.
func (e *Engine) tell(c Cell) {
	if e.session.Programs && !e.told {
		e.told = true
		fmt.Fprintf(c.Stderr, "Each cell runs as a program of its own here, and values go from one to the next in files: %s\n", e.settings.Why)
	}
}

// wrong makes a card of what is wrong with the code of a cell.
func (e *Engine) wrong(err error) error {
	var all repl.Error
	if !errors.As(err, &all) {
		return err
	}
	var places []report.Place
	for _, m := range all {
		p := e.cells.Place(m.Cell, m.Line)
		p.Says = repl.Clean(m.Text)
		places = append(places, p)
	}
	return report.Wrong(places)
}

// build makes a library of a cell.
func (e *Engine) build(ctx context.Context, c *repl.Cell) (link.Library, error) {
	library, err := e.linker.Build(ctx, link.Cell{Name: c.Name, Source: c.Source, Imports: c.Imports})
	if err != nil {
		err = e.compiler(err)
	}
	return library, err
}

// compiler makes a card of what only the compiler or the linker has found wrong.
func (e *Engine) compiler(err error) error {
	said := strings.Split(err.Error(), "\n")
	card := &report.Card{Kind: "compile error", What: said[0]}
	for n, line := range said[1:] {
		if strings.HasPrefix(line, "#") {
			continue
		}
		card.What, card.Stack = line, line
		if at := strings.LastIndex(line, "]:"); at > 0 && strings.Contains(line, "In[") { // behind the line and the column
			_, card.What, _ = strings.Cut(line[at:], ": ")
		}
		card.Details = strings.Join(said[n+2:], "\n")
		break
	}
	return e.cells.Complete(card, 0)
}

// command is what the program is told of a cell.
func (e *Engine) command(c Cell, prepared *repl.Cell, library link.Library) wire.Command {
	folder, _ := os.Getwd() // without it, the program stays where it is
	return wire.Command{Library: library.Path, Symbol: prepared.Symbol, Packages: library.Packages, Folder: folder,
		Args: c.Args, Env: e.changedEnv()}
}

// changedEnv returns the environment variables that are not what the program knows.
func (e *Engine) changedEnv() map[string]string {
	changed := map[string]string{}
	if e.env == nil {
		e.env = map[string]string{}
	}
	for _, line := range os.Environ() {
		name, value, _ := strings.Cut(line, "=")
		if old, ok := e.env[name]; !ok || old != value {
			changed[name], e.env[name] = value, value
		}
	}
	return changed
}
