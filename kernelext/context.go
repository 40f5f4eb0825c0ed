package kernelext

import (
	"context"
	"os"
	"os/signal"
	"sync"

	"stylenet/kernelext/internal/current"
)

// Context returns the context that the notebook's Stop button cancels, and Control-C outside a notebook. A transfer with
// this context then returns its picture so far, and the cell goes on and can show and keep that. The kernel waits for it for
// 60 seconds after Stop, or until a second Stop; then it goes on with the next cell. Outside a notebook, a second Control-C
// kills the program.
func Context() context.Context {
	if cell := current.Latest(); cell != nil {
		return cell.Context()
	}
	return stoppable()
}

var stoppable = sync.OnceValue(func() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // the next signal kills the program
	return ctx
})
