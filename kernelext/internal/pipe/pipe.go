// Package pipe waits for the kernel at the other end of the pipe through which a program displays.
package pipe

import (
	"time"

	"github.com/janpfeifer/gonb/gonbui"
)

// Sync waits until the kernel has what was displayed. Outside a notebook it returns at once.
func Sync() {
	if !gonbui.IsNotebook {
		return
	}
	done := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second): // the kernel is gone
	}
}
