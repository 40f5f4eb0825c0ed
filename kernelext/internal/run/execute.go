package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// killAfter is how long a cell may take to end after it was interrupted. The kernel itself kills the cell's
// program after five seconds.
var killAfter = 8 * time.Second

// reply is the kernel's answer to a request to run a cell.
type reply struct {
	Status         string `json:"status"` // ok, error or aborted
	ExecutionCount int    `json:"execution_count"`
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
	limit := after(timeout)
	var kill, again <-chan time.Time
	var cause error // why the cell was interrupted
	var answer reply
	for replied, idle := false, false; !replied || !idle; {
		done := ctx.Done()
		if cause != nil {
			done, limit = nil, nil
		}
		select {
		case m := <-k.messages:
			if m.Parent.ID != id {
				continue
			}
			switch {
			case m.Header.Type == "execute_reply":
				replied = true
				err = json.Unmarshal(m.Content, &answer)
			case m.Header.Type == "status":
				idle = isIdle(m)
			default:
				err = publish(m)
			}
			if err != nil {
				return answer, err
			}
			continue
		case <-k.died:
			return answer, errors.Join(cause, k.deathError())
		case <-kill:
			k.kill()
			return answer, fmt.Errorf("%w; the cell did not stop, so the kernel was killed", cause)
		case <-limit:
			cause = errTimeout
		case <-done:
			cause = ctx.Err()
		case <-again: // an interrupt that comes while the cell is being compiled has no effect
		}
		if kill == nil {
			kill = after(killAfter)
		}
		again = after(time.Second)
		k.send(k.control, "interrupt_request", struct{}{})
	}
	return answer, cause
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
