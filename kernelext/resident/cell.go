// Package resident is what the code calls that a kernel makes of cells, in the program in which they run. People do not call
// it.
//
// The program stays as long as the kernel: what a cell leaves, later cells find. cell.go has what cells call, serve.go asks
// the kernel for cells, run.go runs one, input.go watches the standard input, keep.go writes the variables beside the
// program, so that another one can go on after a fatal error.
package resident

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"reflect"
	"sync/atomic"

	"stylenet/kernelext"
	"stylenet/kernelext/internal/current"
	"stylenet/kernelext/internal/report"
)

var (
	stop  atomic.Bool  // loops are to end
	alive atomic.Int64 // goroutines that cells have started
)

// Begin returns the cell that begins.
func Begin() *Running { return now.Load() }

// Done says that the first n statements of the cell are done.
func (r *Running) Done(n int) { r.done.Store(int64(n)) }

// Var notes a variable that the cell has set or used, by a pointer to it.
func (r *Running) Var(name string, at any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.noted[name] = at
}

// Poll ends a loop of a cell that was stopped. It stands in every loop.
func Poll() {
	if stop.Load() {
		panic(stopped{})
	}
}

// stopped is what Poll panics with.
type stopped struct{}

// Go returns the function as a goroutine of a cell is to run it: a panic in it is shown, and ends the goroutine alone. A cell
// that still runs then, and goes on running, fails with it: it may wait for that goroutine.
func Go[F any](f F) F {
	alive.Add(1)
	v := reflect.ValueOf(f)
	call := v.Call
	if v.Type().IsVariadic() {
		call = v.CallSlice
	}
	run := func(args []reflect.Value) []reflect.Value {
		defer alive.Add(-1)
		defer caught()
		return call(args)
	}
	return reflect.MakeFunc(v.Type(), run).Interface().(F)
}

// caught takes in the panic of a goroutine: the cell that runs tells it, or its own words do.
func caught() {
	where := stack()
	value := recover()
	if _, isExit := value.(exit); value == nil || isExit || value == (stopped{}) {
		return
	}
	card := failed(value)
	card.Stack = where
	if r := now.Load(); r == nil || !r.heard(card) {
		print(card)
	}
}

// print writes what is wrong with a goroutine.
func print(card *report.Card) {
	fmt.Fprintf(os.Stderr, "%s, in a goroutine\n%s", card.What, report.InCells(card.Stack))
}

// Show shows the values of a cell's last expression.
func Show(values ...any) { kernelext.Display(values...) }

// Fail fails the cell if the last of the values, which a call has returned, is an error.
func Fail(values ...any) {
	if n := len(values); n > 0 {
		if err, ok := values[n-1].(error); ok {
			panic(current.Failure{Err: err})
		}
	}
}

// Call shows the values that a call has returned. If the last one is an error, the cell fails; if it is no error, it is not
// shown.
func Call(values ...any) {
	Fail(values...)
	if n := len(values); n > 0 && values[n-1] == nil {
		values = values[:n-1]
	}
	Show(values...)
}

// exit is what ends a cell in place of the program.
type exit int

// Exit stands in a cell for os.Exit: it ends the cell, and the program stays.
func Exit(code int) { panic(exit(code)) }

// Fatal stands in a cell for log.Fatal.
func Fatal(v ...any) {
	log.Output(2, fmt.Sprint(v...))
	panic(exit(1))
}

// Fatalf stands in a cell for log.Fatalf.
func Fatalf(format string, v ...any) {
	log.Output(2, fmt.Sprintf(format, v...))
	panic(exit(1))
}

// Fatalln stands in a cell for log.Fatalln.
func Fatalln(v ...any) {
	log.Output(2, fmt.Sprintln(v...))
	panic(exit(1))
}

// Notify stands in a cell for signal.Notify.
func Notify(c chan<- os.Signal, signals ...os.Signal) {
	current.Latest().Hears()
	signal.Notify(c, signals...)
}

// NotifyContext stands in a cell for signal.NotifyContext.
func NotifyContext(parent context.Context, signals ...os.Signal) (context.Context, context.CancelFunc) {
	current.Latest().Hears()
	return signal.NotifyContext(parent, signals...)
}
