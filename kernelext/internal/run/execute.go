package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stylenet/kernelext/internal/program"
)

// killAfter is how long a cell may take to end after it was interrupted. The kernel itself kills the cell's
// program first.
var killAfter = program.WaitToKill + 5*time.Second

// reply is the kernel's answer to a request to run a cell.
type reply struct {
	Status         string   `json:"status"` // ok, error or aborted
	ExecutionCount int      `json:"execution_count"`
	Traceback      []string `json:"traceback"` // of an error: what there is to say, in lines
}

// errTimeout is why a cell was interrupted.
var errTimeout = errors.New("timeout")

// execute runs one cell to its end and hands each of the kernel's messages about it to publish. When the timeout
// (0: none) is over or the context done, it interrupts the cell, and in the end kills the kernel: the error then
// wraps errTimeout or the context's error.
func (k *kernel) execute(ctx context.Context, source string, timeout time.Duration, publish func(message) error) (reply, error) {
	id, err := k.send(k.shell, "execute_request", map[string]any{"code": source, "silent": false, "store_history": true,
		"user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true})
	if err != nil {
		return reply{}, err
	}
	e := execution{id: id, publish: publish}
	limit, done, interrupted := after(timeout), ctx.Done(), false
	var kill <-chan time.Time
	var cause error // why the cell is to be interrupted
	for !e.replied || !e.idle {
		select {
		case m := <-k.messages:
			if err := e.handle(m); err != nil {
				return e.answer, err
			}
		case <-k.died:
			return e.answer, errors.Join(cause, k.deathError())
		case <-kill:
			k.kill()
			return e.answer, fmt.Errorf("%w; the cell did not stop, so the kernel was killed", cause)
		case <-limit:
			cause, kill, limit, done = errTimeout, time.After(killAfter), nil, nil
		case <-done:
			cause, kill, limit, done = ctx.Err(), time.After(killAfter), nil, nil
		}
		if cause != nil && e.begun && !interrupted { // once: the kernel kills a cell at a second one
			interrupted = true
			k.send(k.control, "interrupt_request", struct{}{})
		}
	}
	return e.answer, cause
}

// execution is the state of a cell that runs.
type execution struct {
	id            string // of the request
	publish       func(message) error
	answer        reply
	begun         bool // before, an interrupt would come to nothing
	replied, idle bool // when both have come, nothing more will
}

// handle handles a message from the kernel; it ignores those about other requests.
func (e *execution) handle(m message) error {
	switch {
	case m.Parent.ID != e.id:
		return nil
	case m.Header.Type == "execute_reply":
		e.replied = true
		return json.Unmarshal(m.Content, &e.answer)
	case m.Header.Type == "status":
		e.idle = isIdle(m)
		return nil
	case m.Header.Type == "execute_input":
		e.begun = true
	}
	return e.publish(m)
}

// after is time.After, but never for 0.
func after(d time.Duration) <-chan time.Time {
	if d == 0 {
		return nil
	}
	return time.After(d)
}

func isIdle(m message) bool {
	var status struct {
		State string `json:"execution_state"`
	}
	return json.Unmarshal(m.Content, &status) == nil && status.State == "idle"
}
