package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"stylenet/kernelext/internal/repl"
	"stylenet/kernelext/internal/report"
	"stylenet/kernelext/internal/wire"
)

// resident is the program in which the cells run.
type resident struct {
	process        Process
	conn           net.Conn
	in             *json.Decoder
	out            *json.Encoder
	stdout, stderr *stream
	crash          *report.Crash
	ended          chan struct{} // closed when it has
	exit           error         // how it ended; read after that
}

// patience is how long the program may take to start, and to hand over what a cell wrote.
const patience = 20 * time.Second

// startResident starts the program and waits until it calls.
func (e *Engine) startResident() error {
	socket := e.file("socket")
	os.Remove(socket)
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer listener.Close()
	r := &resident{stdout: newStream(), stderr: newStream(), crash: &report.Crash{To: io.Discard}, ended: make(chan struct{})}
	r.stderr.direct(r.crash)
	path, env := e.base.Program()
	if r.process, err = e.start(path, nil, append(env, wire.SocketVar+"="+socket), r.stdout, r.stderr); err != nil {
		return err
	}
	go func() {
		r.exit = <-r.process.Ended()
		close(r.ended)
	}()
	e.env = nil
	listener.(*net.UnixListener).SetDeadline(time.Now().Add(patience))
	if r.conn, err = listener.Accept(); err != nil {
		r.process.Signal(syscall.SIGKILL)
		return fmt.Errorf("the program of the cells did not start: %w", err)
	}
	r.in, r.out = json.NewDecoder(r.conn), json.NewEncoder(r.conn)
	e.resident = r
	return nil
}

// Close ends the program. A nil Engine has none.
func (e *Engine) Close() {
	if !e.isReady() {
		return
	}
	e.closed.Store(true)
	if r := e.resident; r != nil {
		e.resident = nil
		r.conn.Close()
		select {
		case <-r.ended:
		case <-time.After(time.Second):
			r.process.Signal(syscall.SIGKILL)
			<-r.ended
		}
	}
}

// run has the program run a cell. An error means that the program has ended.
func (r *resident) run(command wire.Command, stdout, stderr io.Writer) (answer wire.Answer, err error) {
	r.stdout.forget()
	r.stderr.forget()
	r.stdout.direct(stdout)
	r.stderr.between(func() { r.crash.To = stderr })
	if err := r.out.Encode(command); err != nil {
		return answer, err
	}
	if err := r.in.Decode(&answer); err != nil {
		return answer, err
	}
	for _, s := range []*stream{r.stdout, r.stderr} {
		select {
		case <-s.ends:
		case <-time.After(patience):
		}
	}
	r.stderr.between(r.crash.Flush)
	return answer, nil
}

// runResident runs a cell in the program that stays.
func (e *Engine) runResident(ctx context.Context, c Cell, prepared *repl.Cell) (*report.Card, error) {
	library, err := e.build(ctx, prepared)
	if err != nil {
		return nil, err
	}
	defer os.Remove(library.Path) // the program keeps it open
	if e.resident == nil {
		if err := e.startResident(); err != nil {
			return nil, err
		}
	}
	r, stops, over := e.resident, 0, make(chan struct{})
	defer close(over)
	e.onStop(func() {
		stops++
		interrupt(r.process)
		if stops == 2 {
			go r.killUnless(over)
		}
	})
	if ctx.Err() != nil { // it was stopped meanwhile
		return nil, ctx.Err()
	}
	answer, err := r.run(e.command(c, prepared, library), c.Stdout, c.Stderr)
	e.onStop(nil)
	if err != nil {
		return e.died(r, c, stops > 0), nil
	}
	e.session.Commit(prepared, answer.Done)
	e.session.Kept(answer.Kept, answer.Lost)
	if answer.Card != nil {
		return e.cells.Complete(answer.Card, c.Number), nil
	}
	return nil, nil
}

// killUnless kills the program, which hears nothing, unless the cell is over in a while.
func (r *resident) killUnless(over <-chan struct{}) {
	select {
	case <-over:
	case <-time.After(patience / 4):
		r.process.Signal(syscall.SIGKILL)
	}
}

// interrupt stops the cell that runs in a program.
func interrupt(p Process) {
	p.Signal(syscall.SIGINT)
	p.Signal(wire.Stop)
}

// died starts the program again after it has ended, and reads the variables back. It returns a card that says what is lost.
func (e *Engine) died(r *resident, c Cell, stopped bool) *report.Card {
	<-r.ended
	exit := r.exit
	r.conn.Close()
	e.resident = nil
	e.linker.Forget()
	if e.closed.Load() {
		return &report.Card{Kind: "interrupted", What: "stopped", Where: []report.Place{{Cell: c.Number}}}
	}
	if exit == nil {
		exit = errors.New("exit status 0")
	}
	end := report.End{Err: exit, Crash: r.crash, Interrupted: stopped, Cells: e.cells}
	card := end.Card()
	if len(card.Where) == 0 {
		card.Where = []report.Place{{Cell: c.Number}}
	}
	back := e.restore(c, e.session.Variables())
	lost := e.session.Lose(fmt.Sprintf("it was lost when the program ended in [%d]", c.Number), back)
	card.Advice = strings.TrimSpace(card.Advice + " The program that held the variables has ended, and was started again.")
	if len(back) > 0 {
		card.Advice += " Back as they were before this cell: " + strings.Join(back, ", ") + "."
	}
	if len(lost) > 0 {
		card.Advice += " Lost: " + strings.Join(lost, ", ") + "; run the cells again that make them."
	}
	return card
}

// restore reads variables back that another program has written. It returns the names of those that it could read.
func (e *Engine) restore(c Cell, names []string) []string {
	if e.resident == nil {
		if err := e.startResident(); err != nil {
			fmt.Fprintln(c.Stderr, err)
			return nil
		}
	}
	if len(names) == 0 {
		return nil
	}
	cell := e.session.Restoring(names)
	library, err := e.build(context.Background(), cell)
	if err != nil {
		fmt.Fprintln(c.Stderr, err)
		return nil
	}
	defer os.Remove(library.Path)
	command := e.command(c, cell, library)
	command.Restore = true
	answer, err := e.resident.run(command, c.Stdout, c.Stderr)
	if err != nil {
		e.resident.process.Signal(syscall.SIGKILL)
		e.resident = nil
		return nil
	}
	e.session.Kept(answer.Kept, answer.Lost)
	return answer.Kept
}
